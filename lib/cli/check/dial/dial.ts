import { once } from "node:events";
import type { X509Certificate } from "node:crypto";
import { connect, type Socket } from "node:net";
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import type { Answer, Protocol, Target } from "./answer";
import { DEMANDS_CERTIFICATE, failureOf, mayDemandCertificate } from "./failure";
import { speakMqtt } from "./mqtt";
import { upgrade } from "./websocket";

/** More certificates than any real chain has. */
const CHAIN_AT_MOST = 32;

/**
 * Speaks a protocol after the handshake.
 *
 * @returns why the broker does not speak it; undefined if it does
 */
type Speak = (socket: TLSSocket, target: Target, deadline: AbortSignal) => Promise<string | undefined>;

const SPEAK: Readonly<Record<Protocol, Speak>> = {
  tls: () => Promise.resolve(undefined),
  mqtt: speakMqtt,
  wss: upgrade,
};

/** What a broker presents in a handshake. */
type Presented = Pick<Extract<Answer, { kind: "served" }>, "protocol" | "cipher" | "chain">;

let context: SecureContext | undefined;

/**
 * Dials once and takes any certificate, including one with a weak key, a broken hash or over an old version of TLS:
 * `judge` decides what clients accept.
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
    const what = isConnected ? "accepts the connection but does not answer TLS" : "does not answer";
    return { kind: "unreachable", reason: `${what} within ${timeout / 1000} s` };
  } finally {
    clearTimeout(timer);
    tcp.destroy();
  }
}

function connectTcp({ host, port }: Target, timeout: number): Socket {
  // A distant broker's first address may take longer than the 250 ms that Node gives it.
  const socket = connect({ host, port, autoSelectFamilyAttemptTimeout: Math.max(250, timeout / 4) });
  // The socket may fail at any time, also when no one listens any longer.
  return socket.on("error", () => undefined);
}

async function shakeHands(tcp: Socket, target: Target, deadline: AbortSignal): Promise<Answer> {
  // One context for all dials. It has no roots, because it verifies nothing.
  context ??= createSecureContext({ ca: [], minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" });
  const { serverName = "", protocol } = target;
  const socket = connectTls({ socket: tcp, servername: serverName, secureContext: context, rejectUnauthorized: false });
  socket.on("error", () => undefined);
  let early: Presented | undefined;
  // Until TLS 1.2, a broker demands a client certificate before it ends the handshake. Its own has come by then.
  socket.once("keylog", () => {
    early = socket.getProtocol() === "TLSv1.3" ? undefined : presentedOn(socket);
  });
  try {
    await once(socket, "secureConnect", { signal: deadline });
    return {
      kind: "served",
      ...(early ?? presentedOn(socket)),
      flaw: await SPEAK[protocol](socket, target, deadline),
    };
  } catch (error) {
    if (early === undefined || !mayDemandCertificate(error)) {
      throw error;
    }
    return { kind: "served", ...early, flaw: protocol === "tls" ? undefined : DEMANDS_CERTIFICATE };
  } finally {
    socket.destroy();
  }
}

/** Can be called only once: Node takes the certificates from the connection. */
function presentedOn(socket: TLSSocket): Presented {
  return {
    protocol: socket.getProtocol() ?? "",
    cipher: socket.getCipher().standardName,
    chain: chainOf(socket.getPeerX509Certificate()),
  };
}

function chainOf(leaf: X509Certificate | undefined): Uint8Array[] {
  const chain: Uint8Array[] = [];
  for (let one = leaf; one !== undefined && chain.length < CHAIN_AT_MOST; one = one.issuerCertificate) {
    chain.push(one.raw);
  }
  return chain;
}
