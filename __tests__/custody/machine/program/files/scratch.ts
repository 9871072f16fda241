import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refused } from "../../../../../lib/custody/machine/program/files/trust";
import { readTrusted } from "../../../../../lib/custody/machine/program/files/trusted-file";
import type { Tool } from "../../../../e2e/support/machine";

export const root: Tool = { program: "chown", ...(process.geteuid?.() !== 0 && { missing: "not root" }) };

const hasAcl = spawnSync("setfacl", ["--version"]).status === 0;
export const setfacl: Tool = { program: "setfacl", ...(!hasAcl && { missing: "no setfacl" }) };

export const NOBODY = 65534;

export const UMASKS: readonly (readonly [string, number])[] = [
  ["000", 0o000],
  ["022", 0o022],
  ["077", 0o077],
];

/** A new directory for each test, with an existing file and a missing folder. */
export let top: string;
export let file: string;
export let folder: string;

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), "trusted-")));
  file = join(top, "server.json");
  folder = join(top, "brokers");
  writeFileSync(file, "content", { mode: 0o600 });
});

afterEach(() => {
  rmSync(top, { recursive: true });
});

export const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

/** Runs `body` under a umask. */
export function under(umask: number, body: () => void): void {
  const before = process.umask(umask);
  try {
    body();
  } finally {
    process.umask(before);
  }
}

export function refusalOf(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(Refused);
    return (error as Refused).message;
  }
  throw new Error("It was not refused.");
}

export const read = (path = file): string | undefined => readTrusted(path, { atMost: 100 })?.toString();
