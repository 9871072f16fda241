import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import mqtt, { type MqttClient } from "mqtt";
import { freePort } from "../../e2e/support/mosquitto";
import { succeed } from "../../e2e/support/run";
import type { BrokerKind, Launch } from "./broker-kinds";
import { blockOf, rowOf } from "./broker-page";
import { Server } from "./server";

/** The documented result of a broker with a certain key. */
export type Outcome = "yes" | "does not start" | "does not listen" | "refuses every client";

/** A broker that runs with the configuration of the page. */
export class Broker {
  private constructor(
    private readonly server: Server,
    private readonly beside: readonly Server[],
    private readonly launch: Launch,
    private readonly place: { readonly pki: string; readonly address: string; readonly folder: string },
    private readonly port: number,
  ) {}

  /** Starts a broker with the files of an address, as the user of the page if that user exists. */
  public static async start(kind: BrokerKind, pki: string, address: string, password?: string): Promise<Broker> {
    const folder = mkdtempSync(join(tmpdir(), "broker-"));
    const [port, plainPort] = [await freePort("127.0.0.1"), await freePort("127.0.0.1")];
    const launch = await kind.launch({
      block: (language, index) => blockOf(kind.section, language, { pki, address, port, plainPort }, index),
      folder,
      address,
      plainPort,
      password,
    });
    const user = serviceUser(rowOf(kind.name).fileGroup);
    await giveTo(user, folder);
    const beside = (launch.beside ?? []).map((command) => Server.start(command));
    const server = Server.start({ cwd: folder, ...launch, user });
    return new Broker(server, beside, launch, { pki, address, folder }, port);
  }

  /** The result of its start and of a client, in the page's terms, within some seconds. */
  public async outcome(seconds: number): Promise<Outcome> {
    const end = Date.now() + seconds * 1_000;
    const listens = await this.server.listens(this.port, seconds);
    for (let attempt = 1; listens && !this.server.ended; attempt++) {
      try {
        const client = await this.connectOnce();
        await echo(client);
        await client.endAsync();
        return "yes";
      } catch {
        // It may listen before it is ready.
        if (attempt > 2 && Date.now() > end) {
          return "refuses every client";
        }
        await sleep(1_000);
      }
    }
    return this.server.ended ? "does not start" : "does not listen";
  }

  public endsAtHangup(): Promise<boolean> {
    return this.server.endsAtHangup();
  }

  /** Connects as soon as the broker serves. */
  public async connect(): Promise<MqttClient> {
    const outcome = await this.outcome(60);
    if (outcome !== "yes") {
      throw new Error(`The broker ${outcome}:\n${this.server.log}`);
    }
    return this.connectOnce();
  }

  /** The serial number of the served certificate, after a client has verified it. */
  public serial(): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port: this.port, ca: this.ca, timeout: 20_000 });
      socket.once("secureConnect", () => {
        const { serialNumber } = socket.getPeerX509Certificate() ?? {};
        socket.destroy();
        resolve(serialNumber ?? "");
      });
      socket.once("timeout", () => socket.destroy(new Error("no handshake in 20 s")));
      socket.once("error", reject);
    });
  }

  /** The serial number of the deployed certificate. */
  public get deployed(): string {
    return new X509Certificate(readFileSync(join(this.filesFolder, "server.pem"))).serialNumber;
  }

  /** Runs a reload command, with a `systemctl` that acts like this broker's unit. */
  public async reload(command: string): Promise<void> {
    const programs = join(this.place.folder, "programs");
    mkdirSync(programs, { recursive: true });
    const { reloadSignal, reloadEnv } = this.launch;
    if (reloadSignal !== undefined) {
      writeFileSync(
        join(programs, "systemctl"),
        `#!/bin/sh\n[ "$1" = reload ] && kill -${reloadSignal} ${this.server.pid}\n`,
        { mode: 0o755 },
      );
    }
    const file = (name: string): string => join(this.filesFolder, name);
    await succeed("/bin/sh", ["-c", command], {
      env: {
        ...reloadEnv,
        PATH: `${programs}:${reloadEnv?.["PATH"] ?? process.env["PATH"]}`,
        MQTT_PKI_ADDRESS: this.place.address,
        MQTT_PKI_FOLDER: this.filesFolder,
        MQTT_PKI_KEY: file("server.key"),
        MQTT_PKI_CERTIFICATE: file("server.pem"),
        MQTT_PKI_CA: join(this.place.pki, "ca.pem"),
      },
    });
  }

  /**
   * Waits until the broker serves the deployed certificate.
   *
   * @throws Error if that takes longer
   */
  public async takesUp(seconds: number): Promise<void> {
    const end = Date.now() + seconds * 1_000;
    while ((await this.serial().catch(() => "")) !== this.deployed) {
      if (Date.now() > end) {
        throw new Error(`After ${seconds} s the renewed certificate is not served:\n${this.server.log}`);
      }
      await sleep(250);
    }
  }

  public async stop(): Promise<void> {
    for (const server of [this.server, ...this.beside]) {
      await server.stop();
    }
    rmSync(this.place.folder, { recursive: true, force: true });
  }

  private connectOnce(): Promise<MqttClient> {
    const { username } = this.launch;
    return mqtt.connectAsync(`mqtts://127.0.0.1:${this.port}`, {
      ca: this.ca,
      ...(username !== undefined && { username, password: "anything" }),
      connectTimeout: 20_000,
      reconnectPeriod: 0,
    });
  }

  private get ca(): Buffer {
    return readFileSync(join(this.place.pki, "ca.pem"));
  }

  private get filesFolder(): string {
    return join(this.place.pki, "brokers", this.place.address);
  }
}

/** Sends a message to itself. */
export async function echo(client: MqttClient): Promise<string> {
  const topic = "plant/1/level";
  const received = new Promise<string>((resolve, reject) => {
    client.once("message", (_topic, payload) => {
      resolve(payload.toString());
    });
    setTimeout(() => {
      reject(new Error("no message in 20 s"));
    }, 20_000).unref();
  });
  await client.subscribeAsync(topic);
  await client.publishAsync(topic, "hello");
  return received;
}

/** The user of a broker's package, if root runs the tests and the package is installed. */
export function serviceUser(name: string | undefined): { uid: number; gid: number } | undefined {
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
  return process.getuid?.() === 0 && uid !== undefined ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

async function giveTo(user: { uid: number; gid: number } | undefined, folder: string): Promise<void> {
  if (user !== undefined) {
    chmodSync(folder, 0o755);
    await succeed("chown", ["-R", `${user.uid}:${user.gid}`, folder]);
  }
}
