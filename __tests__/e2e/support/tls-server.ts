import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:tls";
import type { Result } from "./run";
import { sClient } from "./tls-clients";

/** A TLS server on a free port of 127.0.0.1 that only shakes hands. */
export class TlsServer {
  private constructor(
    private readonly server: Server,
    public readonly port: number,
  ) {}

  /** @param folder the folder of its server.key and its server.pem, with an optional chain */
  public static async start(folder: string): Promise<TlsServer> {
    const file = (name: string): Buffer => readFileSync(`${folder}/${name}`);
    const server = createServer({ key: file("server.key"), cert: file("server.pem") });
    // Tests expect clients that refuse the certificate or hang up.
    server.on("tlsClientError", () => undefined);
    server.on("secureConnection", (socket) => socket.on("error", () => undefined).resume());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new TlsServer(server, (server.address() as AddressInfo).port);
  }

  public async stop(): Promise<void> {
    this.server.close();
    await once(this.server, "close");
  }
}

/**
 * Shakes hands once with a server that has the key and certificate of a folder.
 *
 * @returns the result of a strict client that expects `name` and trusts `ca` alone: status 0 if it verifies the server
 */
export async function shakeHands(folder: string, name: string, ca: string): Promise<Result> {
  const server = await TlsServer.start(folder);
  try {
    return await sClient({ host: "127.0.0.1", port: server.port, name }, ca);
  } finally {
    await server.stop();
  }
}
