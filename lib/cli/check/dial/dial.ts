import { once } from "node:events";
import type { X509Certificate } from "node:crypto";
import { connect, type Socket } from "node:net";
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import type { Answer, Protocol, Target } from "./answer";
import { failureOf } from "./failure";
import { speakMqtt } from "./mqtt";
import { upgrade } from "./websocket";

/** More than anybody presents. */
const CHAIN_AT_MOST = 32;

/**
 * What follows the handshake.
 *
 * @returns why that was not what was asked for
 */
type Speak = (socket: TLSSocket, target: Target, deadline: AbortSignal) => Promise<string | undefined>;

const SPEAK: Readonly<Record<Protocol, Speak>> = {
  tls: () => Promise.resolve(undefined),
  mqtt: speakMqtt,
  wss: upgrade,
};

let context: SecureContext | undefined;

/**
 * Dials once. Whatever is presented is taken, for it is judged elsewhere: no certificate is refused here, and none for a weak
 * key, a broken hash or an old version of TLS.
 */
export async function dial(target: Target, timeout: number): Promise<Answer> {
  const ended = new AbortController();
  const { signal } = ended;
  const timer = setTimeout(() => {
    ended.abort();
  }, timeout);
  const tcp = connectTcp(target, timeout);
  let isConnected = false;
  try {
    await once(tcp, "connect", { signal });
    isConnected = true;
    return await shakeHands(tcp, target, signal);
  } catch (error) {
    if (!signal.aborted) {
      return failureOf(error, isConnected);
    }
    const what = isConnected ? "takes the connection, and does not answer TLS" : "does not answer";
    return { kind: "unreachable", reason: `${what} within ${timeout / 1000} s` };
  } finally {
    clearTimeout(timer);
    tcp.destroy();
  }
}

function connectTcp({ host, port }: Target, timeout: number): Socket {
  // A far broker's first address may take more than the quarter of a second that Node gives it.
  const socket = connect({ host, port, autoSelectFamilyAttemptTimeout: Math.max(250, timeout / 4) });
  // It may fail at any time, also when nobody listens any more.
  return socket.on("error", () => undefined);
}

async function shakeHands(tcp: Socket, target: Target, deadline: AbortSignal): Promise<Answer> {
  // One for all: it has no roots, for nothing is verified with it.
  context ??= createSecureContext({ ca: [], minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" });
  const { serverName = "", protocol } = target;
  const socket = connectTls({ socket: tcp, servername: serverName, secureContext: context, rejectUnauthorized: false });
  socket.on("error", () => undefined);
  try {
    await once(socket, "secureConnect", { signal: deadline });
    return {
      kind: "served",
      protocol: socket.getProtocol() ?? "",
      cipher: socket.getCipher().standardName,
      // Once only: Node takes it from the connection.
      chain: chainOf(socket.getPeerX509Certificate()),
      flaw: await SPEAK[protocol](socket, target, deadline),
    };
  } finally {
    socket.destroy();
  }
}

function chainOf(leaf: X509Certificate | undefined): Uint8Array[] {
  const chain: Uint8Array[] = [];
  for (let one = leaf; one !== undefined && chain.length < CHAIN_AT_MOST; one = one.issuerCertificate) {
    chain.push(one.raw);
  }
  return chain;
}
