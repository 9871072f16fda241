import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { machine } from "./machine";

/** One TLS listener: where it listens, and with which files. */
export interface Listener {
  readonly host: "127.0.0.1" | "::1";
  readonly certificate: string;
  readonly key: string;
}

/** A real mosquitto with TLS listeners on free ports of this machine. */
export class Mosquitto {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    /** The listeners' ports, in their order. */
    public readonly ports: readonly number[],
  ) {}

  public static async start(listeners: readonly Listener[]): Promise<Mosquitto> {
    const { program, libraryPath } = machine().mosquitto;
    const folder = mkdtempSync(join(tmpdir(), "mosquitto-"));
    const ports = await Promise.all(listeners.map((listener) => freePort(listener.host)));
    const lines = listeners.flatMap((listener, index) => [
      `listener ${ports[index]} ${listener.host}`,
      `certfile ${listener.certificate}`,
      `keyfile ${listener.key}`,
    ]);
    // "user root" matters where the tests run as root alone: mosquitto would become a user that cannot read the keys.
    writeFileSync(join(folder, "mosquitto.conf"), [...lines, "allow_anonymous true", "user root", ""].join("\n"));
    const process = spawn(program, ["-c", join(folder, "mosquitto.conf")], {
      stdio: "ignore",
      env: { ...globalThis.process.env, ...(libraryPath !== undefined && { LD_LIBRARY_PATH: libraryPath }) },
    });
    const broker = new Mosquitto(process, folder, ports);
    await Promise.all(listeners.map((listener, index) => broker.listens(listener.host, ports[index] ?? 0)));
    return broker;
  }

  public async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.kill()) {
      await once(this.process, "exit");
    }
    rmSync(this.folder, { recursive: true });
  }

  private async listens(host: string, port: number): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      if (this.process.exitCode !== null) {
        throw new Error(`mosquitto ended with ${this.process.exitCode} before it listened on ${host}, port ${port}`);
      }
      if (await isOpen(host, port)) {
        return;
      }
      await sleep(50);
    }
    throw new Error(`mosquitto does not listen on ${host}, port ${port}`);
  }
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
