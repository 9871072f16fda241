import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { machine } from "./machine";

/** A listener: its address and its files. */
export interface Listener {
  readonly host: "127.0.0.1" | "::1";
  /** @default - no TLS */
  readonly certificate?: string;
  readonly key?: string;
  /** The file of authorities for client certificates, which are then required. @default - no client certificates */
  readonly clientsBy?: string;
  /** @default - MQTT */
  readonly protocol?: "websockets";
}

/** The terminal at its start. */
export interface Attendance {
  /** The text typed on its terminal at each prompt for a key's password. */
  readonly typing?: string;
  /** Whether it has no terminal, like a service. */
  readonly unattended?: boolean;
  /** The user that it runs as. @default "root" */
  readonly user?: string;
  /** Additional lines of its configuration. */
  readonly lines?: readonly string[];
}

/** Runs a program on a new terminal, connected to this program's standard input and output. */
const ON_TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

/** Ctrl-C on the terminal, which also interrupts a prompt for a password. */
const INTERRUPT = "\x03";

/** A real mosquitto with TLS listeners on free ports of this machine. */
export class Mosquitto {
  private log = "";
  private answers = 0;
  private hasEnded = false;

  private constructor(
    private readonly process: ChildProcessWithoutNullStreams,
    private readonly folder: string,
    /** The ports of the listeners in their order. */
    public readonly ports: readonly number[],
    private readonly typing: string | undefined,
  ) {
    process.stdout.on("data", this.read);
    process.stderr.on("data", this.read);
    process.stdin.on("error", () => undefined);
    process.once("close", () => {
      this.hasEnded = true;
    });
    if (typing === undefined) {
      process.stdin.end();
    }
  }

  /** @throws Error with the output of mosquitto if it does not start */
  public static async start(listeners: readonly Listener[], attendance: Attendance = {}): Promise<Mosquitto> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await Mosquitto.startOnce(listeners, attendance);
      } catch (error) {
        // Another test may have taken a port that was free a moment ago.
        if (attempt === 3 || !String(error).includes("Address already in use")) {
          throw error;
        }
      }
    }
  }

  private static async startOnce(listeners: readonly Listener[], attendance: Attendance): Promise<Mosquitto> {
    const { typing, unattended = false, user = "root", lines: further = [] } = attendance;
    const { mosquitto, python } = machine();
    const folder = mkdtempSync(join(tmpdir(), "mosquitto-"));
    const ports = await Promise.all(listeners.map((listener) => freePort(listener.host)));
    const lines = listeners.flatMap((listener, index) => [
      `listener ${ports[index]} ${listener.host}`,
      ...(listener.certificate === undefined ? [] : [`certfile ${listener.certificate}`]),
      ...(listener.key === undefined ? [] : [`keyfile ${listener.key}`]),
      ...(listener.protocol === undefined ? [] : [`protocol ${listener.protocol}`]),
      ...(listener.clientsBy === undefined ? [] : [`cafile ${listener.clientsBy}`, "require_certificate true"]),
    ]);
    // "user" matters only if root runs the tests: mosquitto would switch to a user that cannot read the keys.
    writeFileSync(
      join(folder, "mosquitto.conf"),
      [...lines, "allow_anonymous true", `user ${user}`, ...further, ""].join("\n"),
    );
    const command = [mosquitto.program, "-c", join(folder, "mosquitto.conf")];
    const [program = "", ...parameters] =
      typing === undefined ? command : [python.program, "-c", ON_TERMINAL, ...command];
    const process = spawn(program, parameters, {
      // In a new session, it cannot prompt on the terminal of the tests.
      detached: unattended,
      env: {
        ...globalThis.process.env,
        ...(mosquitto.libraryPath !== undefined && { LD_LIBRARY_PATH: mosquitto.libraryPath }),
      },
    });
    const broker = new Mosquitto(process, folder, ports, typing);
    try {
      await broker.says(" running");
    } catch (error) {
      await broker.stop();
      throw error;
    }
    return broker;
  }

  /** Makes it reload its certificates. */
  public async reload(): Promise<void> {
    this.process.kill("SIGHUP");
    await this.says("Reloading config");
  }

  public async stop(): Promise<void> {
    if (!this.hasEnded) {
      const ended = once(this.process, "close");
      if (this.typing === undefined) {
        this.process.kill();
      } else {
        this.process.stdin.write(INTERRUPT);
      }
      await ended;
    }
    rmSync(this.folder, { recursive: true });
  }

  private readonly read = (data: Buffer): void => {
    this.log += data.toString();
    const questions = this.log.split("Enter PEM pass phrase:").length - 1;
    for (; this.typing !== undefined && this.answers < questions; this.answers++) {
      this.process.stdin.write(`${this.typing}\n`);
    }
  };

  /** Waits until its log contains a text. */
  public async says(words: string): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      if (this.log.includes(words)) {
        return;
      }
      if (this.hasEnded) {
        throw new Error(`mosquitto ended with ${this.process.exitCode}:\n${this.log}`);
      }
      await sleep(50);
    }
    throw new Error(`mosquitto does not say "${words.trim()}":\n${this.log}`);
  }
}

/** A port of this machine that nothing listens on. */
export async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
