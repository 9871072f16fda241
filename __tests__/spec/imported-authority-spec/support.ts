import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ImportedAuthorityProps, ImportedAuthoritySpec } from "../../../lib/spec/imported-authority-spec";
import { type AuthorityOptions, makeAuthority, type MadeAuthority } from "../../support/authorities";
import { problemsOf as findProblems } from "../../support/problems";

export let folder: string;

export let root: MadeAuthority;

export let upper: MadeAuthority;

export let lower: MadeAuthority;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "authorities-"));
  root = makeAuthority(folder, "root", { subject: "/C=US/O=Example Ltd/CN=Plant Root CA", days: 1000 });
  upper = makeAuthority(folder, "upper", { issuer: root, days: 500 });
  lower = makeAuthority(folder, "lower", { issuer: upper, days: 700 });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

let made = 0;

/** Makes another authority. */
export function make(options: AuthorityOptions = {}): MadeAuthority {
  made += 1;
  return makeAuthority(folder, `authority-${made}`, options);
}

/** Writes a file. */
export function write(name: string, content: string | Uint8Array, mode = 0o600): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

/** The certificates of the authority that signs and of those above, as one text. */
export function bundle(...authorities: readonly MadeAuthority[]): string {
  return authorities.map(({ certificatePem }) => certificatePem).join("");
}

/** The spec of the first authority, with the others above it. */
export function read(...authorities: readonly [MadeAuthority, ...MadeAuthority[]]): ImportedAuthoritySpec {
  return ImportedAuthoritySpec.fromProps({ certificatePem: bundle(...authorities), keyFile: authorities[0].keyFile });
}

/** The problems, one line each. */
export function flawsOf(props: unknown, now?: Date): string[] {
  const problems = findProblems(() => ImportedAuthoritySpec.fromProps(props as ImportedAuthorityProps, now));
  return problems.map(({ path, reason }) => `${path} ${reason}`);
}

/** Runs `run` with a Terraform variable in the environment. */
export function withVariable<T>(name: string, value: string, run: () => T): T {
  process.env[`TF_VAR_${name}`] = value;
  try {
    return run();
  } finally {
    Reflect.deleteProperty(process.env, `TF_VAR_${name}`);
  }
}
