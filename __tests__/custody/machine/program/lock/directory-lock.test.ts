import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  linkSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LockedError } from "../../../../../lib/custody/machine/program/lock/claim";
import { DirectoryLock } from "../../../../../lib/custody/machine/program/lock/directory-lock";
import { describeWith, type Tool } from "../../../../e2e/support/machine";

const PROCESSES = 6;

let top: string;
let directory: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "lock-"));
  directory = join(top, "pki");
  mkdirSync(directory);
});

afterEach(() => {
  rmSync(top, { recursive: true });
});

const lockFile = (number: number): string => join(directory, `.lock-${number}`);

/** Makes a file look older, in seconds. */
function age(path: string, seconds: number): void {
  const time = Date.now() / 1000 - seconds;
  utimesSync(path, time, time);
}

async function refusal(): Promise<string> {
  const error: unknown = await DirectoryLock.acquire(directory).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(LockedError);
  return (error as LockedError).message;
}

/** Takes the lock and gives it back. */
async function expectFree(): Promise<void> {
  const lock = await DirectoryLock.acquire(directory);
  lock.assertHeld();
  await lock.release();
}

/** The program of a child, which runs one command after the other and answers each. */
const CHILD = `
const fs = require("node:fs");
const { LockedError } = require(${JSON.stringify(resolve("lib/custody/machine/program/lock/claim.ts"))});
const { DirectoryLock } = require(${JSON.stringify(resolve("lib/custody/machine/program/lock/directory-lock.ts"))});
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
let lock;
async function count({ directory, counter, at }) {
  while (Date.now() < at);
  try {
    lock = await DirectoryLock.acquire(directory);
  } catch (error) {
    return { outcome: error instanceof LockedError ? "locked" : "failed", message: error.message };
  }
  // Fails if another process holds the lock.
  fs.mkdirSync(counter + ".inside");
  const before = Number(fs.readFileSync(counter, "utf8"));
  sleep(1);
  lock.assertHeld();
  fs.writeFileSync(counter, String(before + 1));
  fs.rmdirSync(counter + ".inside");
  await lock.release();
  return { outcome: "held" };
}
const commands = {
  count,
  /** Counts again and again until a time. */
  async storm(task) {
    const outcomes = { held: 0, locked: 0, failed: 0 };
    while (Date.now() < task.until) {
      outcomes[(await count({ ...task, at: 0 })).outcome]++;
    }
    return outcomes;
  },
  async hold({ directory }) {
    lock = await DirectoryLock.acquire(directory);
    return { outcome: "held" };
  },
  block: ({ ms }) => sleep(ms),
  assert() {
    try {
      lock.assertHeld();
      return { outcome: "held" };
    } catch (error) {
      return { outcome: "locked", message: error.message };
    }
  },
  async release() {
    await lock.release();
    return { outcome: "released" };
  },
};
process.on("message", async ([command, task]) => {
  try {
    process.send((await commands[command](task)) ?? {});
  } catch (error) {
    process.send({ outcome: "broken", message: error.stack });
  }
});
process.send({});
`;

interface Answer {
  readonly outcome?: string;
  readonly message?: string;
  readonly held?: number;
  readonly locked?: number;
  readonly failed?: number;
}

class Child {
  private constructor(private readonly process: ChildProcess) {}

  public static async start(before: readonly string[] = []): Promise<Child> {
    const command = [...before, process.execPath, "--import", "tsx", "-e", CHILD];
    const child = new Child(spawn("env", command, { stdio: ["ignore", "inherit", "inherit", "ipc"] }));
    await once(child.process, "message");
    return child;
  }

  public async ask(command: string, task: object = {}): Promise<Answer> {
    const answer = once(this.process, "message") as Promise<[Answer]>;
    this.tell(command, task);
    return (await answer)[0];
  }

  public tell(command: string, task: object = {}): void {
    this.process.send([command, task]);
  }

  public get pid(): number {
    return this.process.pid ?? 0;
  }

  public signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  public async kill(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exit = once(this.process, "exit");
      this.signal("SIGKILL");
      await exit;
    }
  }
}

describe("DirectoryLock", () => {
  it("DirectoryLock lets in one holder at a time, and then the next", async () => {
    const lock = await DirectoryLock.acquire(directory, new Date("2026-01-05T09:00:00Z"));

    expect(await refusal()).toMatch(
      /pki is being written to by process \d+ on \S+, since 2026-01-05T09:00:00.000Z; wait until it has ended, or end it/,
    );
    expect(() => {
      lock.assertHeld();
    }).not.toThrow();
    await lock.release();
    await expectFree();
    expect(readdirSync(directory)).toEqual([]);
  });

  it("DirectoryLock is lost with its file, and then does not release another holder's lock", async () => {
    const lost = await DirectoryLock.acquire(directory);
    rmSync(lockFile(1));
    const lock = await DirectoryLock.acquire(directory);

    expect(() => {
      lost.assertHeld();
    }).toThrow(LockedError);
    await lost.release();
    expect(() => {
      lock.assertHeld();
    }).not.toThrow();
    await lock.release();
  });

  it("DirectoryLock removes old leftovers of other processes, and keeps young ones", async () => {
    for (const [name, seconds] of [
      [".lock-old.tmp", 61],
      [".lock-young.tmp", 30],
    ] as const) {
      writeFileSync(join(directory, name), "");
      age(join(directory, name), seconds);
    }

    await expectFree();

    expect(readdirSync(directory)).toEqual([".lock-young.tmp"]);
  });

  it("DirectoryLock removes leftovers of a process that has ended, at any age", async () => {
    const lock = await DirectoryLock.acquire(directory);
    const identity = JSON.parse(readFileSync(join(directory, ".lock-1"), "utf8")) as object;
    await lock.release();
    const { pid } = spawnSync(process.execPath, ["--version"]);
    writeFileSync(join(directory, ".lock-dead.tmp"), JSON.stringify({ ...identity, pid }));

    await expectFree();

    expect(readdirSync(directory)).toEqual([]);
  });
});

describe("lock file without a usable owner", () => {
  const cases: readonly (readonly [string, () => void])[] = [
    [
      "is empty",
      () => {
        writeFileSync(lockFile(3), "");
      },
    ],
    [
      "is cut off",
      () => {
        writeFileSync(lockFile(3), '{"pid":12');
      },
    ],
    [
      "names all processes",
      () => {
        writeFileSync(lockFile(3), owner({ pid: -1 }));
      },
    ],
    [
      "has control characters",
      () => {
        writeFileSync(lockFile(3), owner({ host: "\u001b[2J" }));
      },
    ],
    [
      "is huge",
      () => {
        writeFileSync(lockFile(3), owner({ host: "a".repeat(5000) }));
      },
    ],
    ["is a FIFO", () => spawnSync("mkfifo", [lockFile(3)])],
    [
      "is a folder",
      () => {
        mkdirSync(lockFile(3));
      },
    ],
  ];

  it.each(cases)("A lock file without a usable owner blocks only while it is young: it %s", async (_, make) => {
    make();
    expect(await refusal()).toContain("/.lock-3 does not name the process");

    age(lockFile(3), 61);
    await expectFree();
  });

  it("A lock file without a usable owner does not block if its time is in the future", async () => {
    writeFileSync(lockFile(3), "");
    age(lockFile(3), -3600);

    await expectFree();
  });
});

describe("foreign lock file", () => {
  it("DirectoryLock refuses a lock file that is a link, young or old", async () => {
    writeFileSync(join(top, "target"), "");
    age(join(top, "target"), 61);
    symlinkSync(join(top, "target"), lockFile(1));

    expect(await refusal()).toMatch(/\.lock-1 is a symbolic link, not a lock; find out who made it, then remove it/);
  });

  const root: Tool = { program: "chown", ...(process.geteuid?.() !== 0 && { missing: "not root" }) };
  describeWith([root], "lock file of another user", () => {
    it("DirectoryLock refuses a lock file of another user", async () => {
      writeFileSync(lockFile(1), "");
      age(lockFile(1), 61);
      lchownSync(lockFile(1), 65534, 65534);

      expect(await refusal()).toMatch(
        /\.lock-1 belongs to the user with the id 65534, and this runs as root; find out/,
      );
    });
  });
});

/** The content of a lock file. */
function owner(changes: object): string {
  const whole = { pid: 4711, host: "build-7", space: "", start: "", since: "2026-01-05T09:00:00Z", nonce: "n" };
  return JSON.stringify({ ...whole, ...changes });
}

describe("holder on another machine", () => {
  it("A holder on another machine keeps the lock as long as its heartbeat goes on", async () => {
    writeFileSync(lockFile(1), owner({}));
    age(lockFile(1), 55);

    expect(await refusal()).toMatch(
      /by process 4711 on build-7, since 2026-01-05T09:00:00Z; wait until it has ended, or, if it was killed, run this again in 60 s/,
    );
    age(lockFile(1), 61);
    await expectFree();
  });
});

/** Lets all children begin at the same time. */
async function race(children: readonly Child[], counter: string): Promise<readonly Answer[]> {
  const at = Date.now() + 5;
  return Promise.all(children.map((child) => child.ask("count", { directory, counter, at })));
}

describe("several processes", () => {
  let children: readonly Child[];
  let counter: string;

  beforeAll(async () => {
    children = await Promise.all(Array.from({ length: PROCESSES }, () => Child.start()));
  });

  beforeEach(() => {
    counter = join(top, "counter");
    writeFileSync(counter, "0");
  });

  afterAll(async () => {
    await Promise.all(children.map((child) => child.kill()));
  });

  /** The number of holders, after a check that each loser learned who held the lock. */
  function checked(answers: readonly Answer[]): number {
    const losers = answers.filter(({ outcome }) => outcome !== "held");
    const pids = children.map(({ pid }) => pid).join("|");
    for (const { outcome, message } of losers) {
      expect([outcome, message]).toEqual([
        "locked",
        expect.stringMatching(new RegExp(`by process (${pids}) on|several processes want to write`)),
      ]);
    }
    return answers.length - losers.length;
  }

  it("Processes that race for the lock never hold it at the same time", async () => {
    let held = 0;
    for (let round = 0; round < 40; round++) {
      const won = checked(await race(children, counter));
      expect(won).toBeGreaterThan(0);
      held += won;
    }
    expect(readFileSync(counter, "utf8")).toBe(String(held));
    expect(readdirSync(directory)).toEqual([]);
  });

  it("Processes that take and release the lock all the time never hold it at the same time", async () => {
    const until = Date.now() + 1500;
    const answers = await Promise.all(children.map((child) => child.ask("storm", { directory, counter, until })));

    expect(answers.map(({ failed }) => failed)).toEqual(answers.map(() => 0));
    const held = answers.reduce((sum, answer) => sum + (answer.held ?? 0), 0);
    expect(held).toBeGreaterThan(0);
    expect(readFileSync(counter, "utf8")).toBe(String(held));
  });

  it("Only one process at a time inherits the lock of a dead holder, with any number", async () => {
    const victim = await Child.start();
    await victim.ask("hold", { directory });
    const dead = readFileSync(lockFile(1));
    await victim.kill();
    let held = 0;
    for (let round = 0; round < 30; round++) {
      rmSync(lockFile(1), { force: true });
      for (const number of [1, 3].slice(0, 1 + (round % 2))) {
        writeFileSync(lockFile(number), dead);
      }
      const won = checked(await race(children, counter));
      expect(won).toBeGreaterThan(0);
      held += won;
      expect(readdirSync(directory)).toEqual([]);
    }
    expect(readFileSync(counter, "utf8")).toBe(String(held));
  });
});

describe("holder in another process", () => {
  let holder: Child;

  afterEach(() => holder.kill());

  it("A busy holder keeps its lock, and loses it when it is killed", async () => {
    holder = await Child.start();
    await holder.ask("hold", { directory });
    holder.tell("block", { ms: 60_000 });
    // Waits for the first heartbeat.
    await sleep(1000);
    age(lockFile(1), 50);
    const before = statSync(lockFile(1)).mtimeMs;
    const deadline = Date.now() + 8000;
    while (statSync(lockFile(1)).mtimeMs === before && Date.now() < deadline) {
      await sleep(100);
    }
    expect(statSync(lockFile(1)).mtimeMs).toBeGreaterThan(before + 40_000);
    expect(await refusal()).toContain(`by process ${holder.pid} on`);

    await holder.kill();
    await expectFree();
  });

  it("A holder loses its lock if its process is a zombie, or if another process has its id", async () => {
    holder = await Child.start();
    await holder.ask("hold", { directory });
    const content = JSON.parse(readFileSync(lockFile(1), "utf8")) as { readonly start: string };
    if (existsSync("/proc/self/stat")) {
      linkSync(lockFile(1), join(top, "lock"));
      writeFileSync(lockFile(1), JSON.stringify({ ...content, start: "1" }));
      await expectFree();
      linkSync(join(top, "lock"), lockFile(1));
      writeFileSync(lockFile(1), JSON.stringify(content));
      expect(await refusal()).toContain(`by process ${holder.pid} on`);
    }
    holder.signal("SIGKILL");
    // The system keeps the child's id until this process asks for it.
    spawnSync("sleep", ["0.2"]);
    await expectFree();
  });

  const namespace = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const isThere = spawnSync(namespace[0] ?? "", [...namespace.slice(1), "true"]).status === 0;
  const unshare: Tool = { program: "unshare", ...(!isThere && { missing: "no namespace can be made" }) };
  describeWith([unshare], "holder in another namespace", () => {
    it("A holder in another namespace keeps the lock by its heartbeat, and learns if it wakes too late", async () => {
      holder = await Child.start(namespace);
      await holder.ask("hold", { directory });
      expect(await refusal()).toContain("if it was killed, run this again in 60 s");

      const inside = Number(spawnSync("pgrep", ["-P", String(holder.pid)], { encoding: "utf8" }).stdout);
      process.kill(inside, "SIGSTOP");
      age(lockFile(1), 61);
      const lock = await DirectoryLock.acquire(directory);
      process.kill(inside, "SIGCONT");

      expect(await holder.ask("assert")).toEqual({
        outcome: "locked",
        message: expect.stringContaining("is now locked by another process") as unknown,
      });
      await holder.ask("release");
      lock.assertHeld();
      await lock.release();
    });
  });
});
