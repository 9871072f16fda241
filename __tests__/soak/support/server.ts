import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { connect as dial } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface ServerCommand {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Who it runs as: whoever runs the tests, where nothing is said. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** What it finds on its standard input. */
  readonly input?: string;
}

/** A server of any kind, with all of its processes. */
export class Server {
  public log = "";
  private hasEnded = false;

  private constructor(private readonly process: ChildProcessWithoutNullStreams) {
    for (const stream of [process.stdout, process.stderr]) {
      stream.setEncoding("utf8").on("data", (data: string) => {
        this.log += data;
      });
    }
    process.on("error", ({ message }) => {
      this.log += message;
      this.hasEnded = true;
    });
    process.once("close", () => {
      this.hasEnded = true;
    });
    process.stdin.on("error", () => undefined);
  }

  public static start({ program, parameters, env, cwd, user, input = "" }: ServerCommand): Server {
    // A group of its own, so that what it starts ends with it.
    const options = { detached: true, cwd, env: { ...process.env, ...env }, ...user };
    const server = new Server(spawn(program, parameters, options));
    server.process.stdin.end(input);
    return server;
  }

  public get pid(): number | undefined {
    return this.process.pid;
  }

  public get ended(): boolean {
    return this.hasEnded;
  }

  /**
   * Waits until something listens at a port of 127.0.0.1.
   *
   * @returns false where the server ends before, or nothing does for so long
   */
  public async listens(port: number, seconds: number): Promise<boolean> {
    const end = Date.now() + seconds * 1_000;
    while (!this.ended && Date.now() < end) {
      if (await isOpen(port)) {
        return true;
      }
      await sleep(100);
    }
    return false;
  }

  /** Hangs up on it, and waits a moment: whether that ends it. */
  public async endsAtHangup(): Promise<boolean> {
    process.kill(this.pid ?? 0, "SIGHUP");
    for (let attempt = 0; attempt < 50 && !this.ended; attempt++) {
      await sleep(100);
    }
    return this.ended;
  }

  public async stop(): Promise<void> {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      if (this.pid !== undefined && !this.ended) {
        const ended = once(this.process, "close");
        process.kill(-this.pid, signal);
        await Promise.race([ended, sleep(20_000, undefined, { ref: false })]);
      }
    }
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
