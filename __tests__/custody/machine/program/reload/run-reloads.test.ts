import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../../../../../lib/custody/machine/program/context";
import { digestOf } from "../../../../../lib/custody/machine/program/decide";
import type { DirectoryLock } from "../../../../../lib/custody/machine/program/lock/directory-lock";
import { Progress } from "../../../../../lib/custody/machine/program/progress";
import { ReloadFiles } from "../../../../../lib/custody/machine/program/reload/reload-files";
import { type ReloadOutcome, runReloads } from "../../../../../lib/custody/machine/program/reload/run-reloads";
import { sealed, sha256 } from "../../../../../lib/machine-format/record";

const TIME = "2026-11-28T13:49:00Z";
const MADE = `${TIME} new`;
const DUE = `${TIME} its files change`;
const [FIRST, SECOND] = ["brokers/a.example.com", "brokers/b.example.com"] as const;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "run-reloads-"));
  for (const folder of [FIRST, SECOND]) {
    mkdirSync(join(directory, folder), { recursive: true, mode: 0o700 });
    writeFileSync(join(directory, folder, "server.pem"), "a certificate", { mode: 0o644 });
  }
  const record = {
    ...{ token: MADE, intent: "a", issuer: "b", key: "none", key_version: "1", password: "" },
    ...{ not_after: "2029-01-01T00:00:00Z", key_sha256: "", certificate_sha256: sha256("a certificate") },
  };
  const brokers = { removed: "", brokers: { [FIRST]: record, [SECOND]: record } };
  writeFileSync(join(directory, "brokers.records"), sealed(JSON.stringify(brokers)), { mode: 0o600 });
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Runs the due commands of two brokers, which note their addresses in a file. */
function run(
  tokens: readonly (readonly [string, string])[] = [
    [FIRST, DUE],
    [SECOND, DUE],
  ],
  unmade?: ReadonlyMap<string, string>,
): Promise<ReloadOutcome> {
  const broker = (address: string) => ({ key: "none", address, reload: 'echo "$MQTT_PKI_ADDRESS$MQTT_PKI_KEY" >>ran' });
  const context = {
    settings: { time: TIME, decisions: digestOf(new Map(tokens)) },
    declared: { directory, commands: directory, brokers: { [SECOND]: broker("b"), [FIRST]: broker("a") } },
    ...{ directory, shown: directory, time: new Date(TIME), hasConsent: false, umask: 0o022 },
  } as unknown as Context;
  const lock = { assertHeld: () => undefined } as unknown as DirectoryLock;
  return runReloads(context, lock, new Progress(() => undefined), unmade);
}

const ran = (): string[] => {
  const file = join(directory, "ran");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").sort() : [];
};

describe("runReloads", () => {
  it("runReloads runs the commands that are due, and records for which files they succeeded", async () => {
    expect(await run()).toEqual({ run: 2, failures: new Map() });
    expect(ran()).toEqual(["a", "b"]);
    expect(new ReloadFiles(directory).readAll()).toEqual(
      new Map([FIRST, SECOND].map((folder) => [folder, { token: DUE, of: MADE }])),
    );
  });

  it("runReloads runs no command twice for the same files", async () => {
    await run();
    rmSync(join(directory, "ran"));

    expect(await run()).toEqual({ run: 0, failures: new Map() });
    expect(ran()).toEqual([]);
  });

  it("runReloads runs nothing if its decisions differ from the plan's", async () => {
    await expect(run([[FIRST, DUE]])).rejects.toThrow("changed since this was planned");
    expect(ran()).toEqual([]);
  });

  it("runReloads runs no command for files that differ from their record, and does not record a success", async () => {
    writeFileSync(join(directory, SECOND, "server.pem"), "another");
    const { run: count, failures } = await run();

    expect(count).toBe(1);
    expect([...failures]).toEqual([[SECOND, expect.stringContaining("its files differ from their record")]]);
    expect(ran()).toEqual(["a"]);
    expect([...new ReloadFiles(directory).readAll().keys()]).toEqual([FIRST]);
  });

  it("runReloads runs no command for a broker whose files were not made", async () => {
    expect(await run([], new Map([[FIRST, "no room"]]))).toEqual({ run: 1, failures: new Map() });
    expect(ran()).toEqual(["b"]);
  });

  it("runReloads refuses to follow a link to its records", async () => {
    writeFileSync(join(directory, "elsewhere"), sealed('{"reloads": {}}'));
    symlinkSync(join(directory, "elsewhere"), join(directory, "reloads.records"));

    await expect(run()).rejects.toThrow("symbolic link");
    expect(ran()).toEqual([]);
  });
});
