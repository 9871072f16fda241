import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import type { Tool } from "./machine";

/** The maximum time for a server to start, in milliseconds; RabbitMQ is slow on a busy machine. */
const PATIENCE = 120_000;

/** A server of any kind that runs as a separate process. */
export class BrokerProcess {
  private constructor(
    private readonly process: ChildProcessWithoutNullStreams,
    private readonly log: () => string,
  ) {}

  /** Starts the server, and waits until it listens with TLS. */
  public static async start(
    tool: Tool,
    parameters: readonly string[],
    { port, env = {} }: { readonly port: number; readonly env?: NodeJS.ProcessEnv },
  ): Promise<BrokerProcess> {
    const libraries = tool.libraryPath === undefined ? {} : { LD_LIBRARY_PATH: tool.libraryPath };
    const child = spawn(tool.program, parameters, { env: { ...process.env, ...libraries, ...env } });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data: Buffer) => {
        said += data.toString();
      });
    }
    child.on("error", ({ message }) => {
      said += message;
    });
    const broker = new BrokerProcess(child, () => said);
    try {
      await broker.listens(port);
    } catch (error) {
      await broker.stop();
      throw error;
    }
    return broker;
  }

  public get pid(): number {
    return this.process.pid ?? NaN;
  }

  public get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  public async stop(): Promise<void> {
    if (!this.hasEnded) {
      const ended = once(this.process, "exit");
      this.process.kill();
      await ended;
    }
  }

  private async listens(port: number): Promise<void> {
    const end = Date.now() + PATIENCE;
    while (Date.now() < end) {
      if (this.hasEnded) {
        throw new Error(`It ended with ${this.process.exitCode}:\n${this.log()}`);
      }
      if ((await servedSerial(port)) !== undefined) {
        return;
      }
      await sleep(200);
    }
    throw new Error(`It does not listen:\n${this.log()}`);
  }
}

/** The serial number of the certificate on a port of this machine; undefined if no server answers. */
export function servedSerial(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
    socket.setTimeout(10_000, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once("secureConnect", () => {
      const { serialNumber } = socket.getPeerCertificate();
      socket.end();
      resolve(serialNumber);
    });
    socket.once("error", () => {
      resolve(undefined);
    });
  });
}

/**
 * Waits a few seconds until a port of this machine serves a certificate: a signal returns before the server reloads.
 *
 * @returns the serial number of the certificate that is served at the end
 */
export async function eventuallyServed(port: number, serial: string): Promise<string | undefined> {
  for (let attempt = 0; attempt < 50 && (await servedSerial(port)) !== serial; attempt++) {
    await sleep(100);
  }
  return servedSerial(port);
}
