import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer, type TlsOptions, type TLSSocket } from "node:tls";
import type { Check, CheckedBroker } from "../../../lib/cli/check/checked-broker";
import type { MadeAuthority } from "../../support/authorities";
import { type Files, mqttPki, type World } from "../inventory/support";

/** Servers on free ports of 127.0.0.1, until they are stopped. */
export class Servers {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** @returns its port */
  public async start(server: Server): Promise<number> {
    this.#servers.push(server);
    server
      .on("tlsClientError", () => undefined)
      .on("connection", (socket) => {
        this.#sockets.add(socket.on("error", () => undefined));
      });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  /**
   * A broker that completes the TLS handshake.
   *
   * @param chain the certificates that it presents after its own
   * @returns its port
   */
  public serve(
    { keyFile, certificatePem }: MadeAuthority,
    chain: readonly MadeAuthority[] = [],
    options: TlsOptions = {},
    talk: (socket: TLSSocket) => void = () => undefined,
  ): Promise<number> {
    const cert = [certificatePem, ...chain.map((one) => one.certificatePem)].join("");
    const server = createServer({ key: readFileSync(keyFile), cert, ...options }, (socket) => {
      socket.on("error", () => undefined);
      talk(socket);
    });
    return this.start(server);
  }

  public async stop(): Promise<void> {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await Promise.all(this.#servers.map((server) => once(server.close(), "close")));
  }
}

/** The check, from `--format json`. */
export async function checked(files: Files, args: readonly string[], world: World = {}): Promise<Check> {
  const { output, warnings } = await mqttPki(files, ["check", ...args, "--retries", "0", "--format", "json"], world);
  if (output === "") {
    throw new Error(warnings.join("\n"));
  }
  return JSON.parse(output) as Check;
}

/** A broker that needs no attention. */
export const BROKER: CheckedBroker = {
  source: "pki",
  address: "mqtt-1.example.com",
  dialled: { host: "mqtt-1.example.com", port: 8883, serverName: "mqtt-1.example.com" },
  kinds: ["current"],
  reasons: [],
  accepted: true,
  sameCertificate: true,
  sameKey: true,
  daysLeft: 31,
  protocol: "TLSv1.3",
  cipher: "TLS_AES_256_GCM_SHA384",
  chainLength: 1,
  served: {
    serialNumber: "0A1B",
    fingerprint: "00:FF",
    notBefore: "2026-01-01T00:00:00Z",
    notAfter: "2027-01-01T12:00:00Z",
    names: ["mqtt-1.example.com"],
    keyType: "ECDSA P-256",
    issuer: "Plant CA",
  },
  declared: {
    serialNumber: "0A1B",
    fingerprint: "00:FF",
    notBefore: "2026-01-01T00:00:00Z",
    notAfter: "2027-01-01T12:00:00Z",
  },
};
