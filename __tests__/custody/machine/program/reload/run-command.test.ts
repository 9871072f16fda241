import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { WITHHELD } from "../../../../../lib/errors";
import { runCommand, type Patience } from "../../../../../lib/custody/machine/program/reload/run-command";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "run-command-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(command: string, patience: Partial<Patience> = {}): Promise<void> {
  const options = { cwd: folder, env: { PATH: process.env["PATH"], NAME: "mqtt-1" }, umask: 0o027 };
  return runCommand(command, options, { attempts: 2, pause: 0, seconds: 20, ...patience });
}

/** The lines of the error of a failed command. */
async function reasonFor(command: string, patience?: Partial<Patience>): Promise<string[]> {
  const reason = await run(command, patience).then(
    () => "",
    (error: unknown) => (error as Error).message,
  );
  return reason.split("\n");
}

const attempts = (): number => readFileSync(join(folder, "attempts"), "utf8").length;

describe("runCommand", () => {
  it("runCommand runs a shell command once, in its folder and with its own environment only", async () => {
    await run('printf . >>attempts; env >"$NAME"');

    expect(attempts()).toBe(1);
    expect(readFileSync(join(folder, "mqtt-1"), "utf8")).not.toMatch(/^HOME=/m);
  });

  it("runCommand gives a command its umask, and keeps its own", async () => {
    const before = process.umask(0o077);
    await run("touch written");

    expect(process.umask(before)).toBe(0o077);
    expect(statSync(join(folder, "written")).mode & 0o777).toBe(0o640);
  });

  it("runCommand runs a failed command again, and accepts its success", async () => {
    await run("printf . >>attempts; test -s again || { echo x >again; exit 1; }");

    expect(attempts()).toBe(2);
  });

  it("runCommand reports how a command failed the last time, and its output", async () => {
    expect(await reasonFor("printf . >>attempts; echo out; echo error >&2; exit 3")).toEqual([
      "it failed 2 times, and the last time it ended with 3",
      "    | out",
      "    | error",
    ]);
    expect(attempts()).toBe(2);
    expect(await reasonFor("kill -9 $$")).toEqual(["it failed 2 times, and the last time it ended with SIGKILL"]);
    expect(await reasonFor("no-such-program")).toEqual([
      "it failed 2 times, and the last time it ended with 127",
      expect.stringContaining("no-such-program"),
    ]);
  });

  it("runCommand shows the end of long output, and escapes what a terminal or a CI would interpret", async () => {
    const lines = await reasonFor(
      "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done; printf '\\033[2J##[error]x\\n::error::y\\n'; exit 1",
    );

    expect(lines).toHaveLength(11);
    expect(lines.slice(-3)).toEqual(["    | line 2999", "    | \\u001b[2J# #[error]x", "    | : :error::y"]);
  });

  it("runCommand stops a command that takes too long, and the processes it started", async () => {
    const start = Date.now();

    expect(await reasonFor("(sleep 30; touch late) | cat", { attempts: 1, seconds: 0.3 })).toEqual([
      "it failed 1 times, and the last time it was stopped after 0.3 seconds",
    ]);
    expect(Date.now() - start).toBeLessThan(10_000);
    expect(existsSync(join(folder, "late"))).toBe(false);
  });

  it("runCommand stops a command and its processes that ignore SIGTERM", async () => {
    const ignoring = `trap "" TERM; while :; do echo . >>alive; sleep 0.2; done`;

    expect(await reasonFor(`sh -c '${ignoring}' & wait`, { attempts: 1, seconds: 0.3 })).toEqual([
      "it failed 1 times, and the last time it was stopped after 0.3 seconds",
    ]);
    expect(await reasonFor(ignoring, { attempts: 1, seconds: 0.3 })).toEqual([
      "it failed 1 times, and the last time it was stopped after 0.3 seconds",
    ]);
    const { size } = statSync(join(folder, "alive"));
    await wait(1000);
    expect(statSync(join(folder, "alive")).size).toBe(size);
  }, 40_000);

  it("runCommand withholds output that may be a key", async () => {
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    writeFileSync(join(folder, "server.key"), privateKey);

    expect(await reasonFor("head -n 3 server.key; echo refused; exit 1")).toEqual([
      "it failed 2 times, and the last time it ended with 1",
      ...Array.from({ length: 3 }, () => `    | ${WITHHELD}`),
      "    | refused",
    ]);
  });

  it("runCommand does not wait for background processes of a command", async () => {
    const start = Date.now();
    await run("sleep 20 &");

    expect(Date.now() - start).toBeLessThan(10_000);
  });
});
