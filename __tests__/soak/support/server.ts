import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { connect as dial } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface ServerCommand {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** The user that it runs as. @default - the user of the tests */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** The text on its standard input. */
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
    // In a new process group, so that its child processes end with it.
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
   * @returns false if the server ends before, or if nothing listens within this time
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

  /** Sends SIGHUP and waits a moment. Returns whether the server ended. */
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
