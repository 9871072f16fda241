import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttps } from "node:https";
import { readFileSync } from "node:fs";
import { createServer as createTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { generate, parser } from "mqtt-packet";
import { WebSocketServer } from "ws";
import type { Protocol, Target } from "../../../lib/cli/check/dial/answer";
import { dial } from "../../../lib/cli/check/dial/dial";
import { type MadeAuthority, makeAuthority, RSA_2048 } from "../../support/authorities";
import { makeServer } from "../inventory/support";
import { Servers } from "./support";

const folder = mkdtempSync(join(tmpdir(), "dial-"));
const servers = new Servers();
let server: MadeAuthority;
/** Its key may sign in TLS 1.2, too. */
let broker: MadeAuthority;

beforeAll(() => {
  server = makeAuthority(folder, "server");
  broker = makeServer(folder, "broker", server);
});
afterAll(async () => {
  await servers.stop();
  rmSync(folder, { recursive: true });
});

function target(port: number, protocol: Protocol = "tls"): Target {
  return { host: "127.0.0.1", port, name: "mqtt-1.example.com", serverName: undefined, protocol, path: "/mqtt" };
}

/** The flaw that is found after the handshake. */
async function flawOf(port: number, protocol: Protocol): Promise<string | undefined> {
  const answer = await dial(target(port, protocol), 1000);
  return answer.kind === "served" ? answer.flaw : answer.reason;
}

describe("dial with TLS", () => {
  it("dial accepts any chain in its order, including a weak key and a broken hash", async () => {
    const weak = makeAuthority(folder, "weak", { key: ["RSA", "-pkeyopt", "rsa_keygen_bits:1024"], digest: "sha1" });
    const port = await servers.serve(weak, [server, weak], { ciphers: "DEFAULT:@SECLEVEL=0" });
    const answer = await dial(target(port), 5000);

    expect(answer).toMatchObject({ kind: "served", protocol: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" });
    expect(answer.kind === "served" ? answer.chain.length : 0).toBe(3);
  });

  it("dial accepts an old version of TLS", async () => {
    const rsa = makeAuthority(folder, "rsa", { key: RSA_2048 });
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" } as const;

    expect(await dial(target(await servers.serve(rsa, [], old)), 5000)).toMatchObject({ protocol: "TLSv1" });
  });

  it.each<[string, (socket: Socket) => unknown, object]>([
    [
      "other bytes",
      (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
      { kind: "no-tls", reason: /not with TLS/ },
    ],
    ["an end", (socket) => socket.end(), { kind: "no-tls", reason: /^closes the connection/ }],
    ["a reset", (socket) => socket.resetAndDestroy(), { kind: "no-tls", reason: /^closes the connection/ }],
    ["silence", (socket) => socket.resume(), { kind: "unreachable", reason: /does not answer TLS within 0\.3 s/ }],
  ])("dial reports that no handshake succeeded with %s", async (_, talk, expected) => {
    const port = await servers.start(createTcp(talk));
    const { kind, reason } = expected as { kind: string; reason: RegExp };

    expect(await dial(target(port), 300)).toEqual({ kind, reason: expect.stringMatching(reason) as string });
  });

  it("dial reports a name that DNS does not know", async () => {
    expect(await dial({ ...target(8883), host: "mqtt-1.invalid" }, 10_000)).toMatchObject({
      kind: "unreachable",
      reason: expect.stringMatching(/\((ENOTFOUND|EAI_AGAIN)\)$/) as string,
    });
  });

  it("dial reports a TLS 1.2 server whose certificate fits no cipher", async () => {
    const port = await servers.serve(server, [], { maxVersion: "TLSv1.2" });

    expect(await dial(target(port), 5000)).toMatchObject({
      kind: "unreachable",
      reason: expect.stringContaining("accepts no offered cipher") as string,
    });
  });

  it("dial reads the certificate of a TLS 1.2 server that requires a client certificate", async () => {
    const port = await servers.serve(broker, [server], { requestCert: true, maxVersion: "TLSv1.2" });
    const answer = await dial(target(port), 5000);

    expect(answer).toMatchObject({ kind: "served", protocol: "TLSv1.2", flaw: undefined });
    expect(answer.kind === "served" ? answer.chain.length : 0).toBe(2);
  });
});

describe("dial with MQTT", () => {
  /** A broker that answers the first packet. */
  function answering(answer: (socket: TLSSocket, packet: unknown) => unknown): Promise<number> {
    return servers.serve(server, [], {}, (socket) => {
      const packets = parser();
      packets.on("packet", (packet) => answer(socket, packet));
      socket.on("data", (data: Buffer) => packets.parse(data));
    });
  }

  it.each([0, 5])("dial finds MQTT after a CONNACK with any return code: %i", async (returnCode) => {
    const received: unknown[] = [];
    const port = await answering((socket, packet) => {
      received.push(packet);
      socket.write(generate({ cmd: "connack", returnCode, sessionPresent: false }));
    });

    expect(await flawOf(port, "mqtt")).toBeUndefined();
    // It takes over no session of another client, and leaves none.
    expect(received).toMatchObject([{ cmd: "connect", clientId: "", clean: true, protocolVersion: 4 }]);
  });

  it.each<[string, (socket: TLSSocket) => unknown, string]>([
    ["another packet", (socket) => socket.write(generate({ cmd: "pingresp" })), "a packet other than CONNACK"],
    ["other bytes", (socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"), "but not with MQTT"],
    ["too many bytes", (socket) => socket.write(Buffer.alloc(4000, 0x3f)), "but not with MQTT"],
    ["an end", (socket) => socket.end(), "closes the connection after CONNECT"],
    ["silence", () => undefined, "does not answer CONNECT in time"],
  ])("dial finds no MQTT: %s", async (_, answer, flaw) => {
    expect(await flawOf(await answering(answer), "mqtt")).toContain(flaw);
  });

  it.each<[Protocol, "TLSv1.2" | "TLSv1.3"]>([
    ["mqtt", "TLSv1.2"],
    ["mqtt", "TLSv1.3"],
    ["wss", "TLSv1.2"],
    ["wss", "TLSv1.3"],
  ])("dial reports a broker that requires a client certificate: %s over %s", async (protocol, maxVersion) => {
    const port = await servers.serve(broker, [], { requestCert: true, maxVersion });

    expect(await flawOf(port, protocol)).toBe("requires a client certificate");
  });
});

describe("dial with a WebSocket", () => {
  /** @param protocol the granted protocol */
  async function granting(protocol: string | false): Promise<{ port: number; asked: unknown[] }> {
    const asked: unknown[] = [];
    const https = createHttps({ key: readFileSync(server.keyFile), cert: server.certificatePem });
    new WebSocketServer({ server: https, path: "/mqtt", handleProtocols: () => protocol }).on(
      "connection",
      (_, { headers, url }) => asked.push([headers["sec-websocket-protocol"], headers.host, url]),
    );
    return { port: await servers.start(https), asked };
  }

  it("dial opens a WebSocket for MQTT, by the name of the broker", async () => {
    const { port, asked } = await granting("mqtt");

    expect(await flawOf(port, "wss")).toBeUndefined();
    expect(asked).toEqual([["mqtt", `mqtt-1.example.com:${port}`, "/mqtt"]]);
  });

  it("dial refuses a WebSocket with another subprotocol, or on another path", async () => {
    const { port } = await granting("mqtt");
    const { port: other } = await granting(false);
    const elsewhere = await dial({ ...target(port, "wss"), path: "/" }, 1000);

    expect(elsewhere).toMatchObject({ flaw: "answers the WebSocket with HTTP status 400" });
    expect(await flawOf(other, "wss")).toBe("answers, but not with a WebSocket for MQTT");
  });

  it.each<[string, (socket: TLSSocket) => unknown, RegExp]>([
    ["an end", (socket) => socket.end(), /^closes the connection instead of opening a WebSocket$/],
    ["silence", (socket) => socket.resume(), /does not answer the WebSocket in time/],
  ])("dial finds no WebSocket: %s", async (_, talk, flaw) => {
    expect(await flawOf(await servers.serve(server, [], {}, talk), "wss")).toMatch(flaw);
  });
});
