import { property } from "../../read/json";
import type { Answer } from "./answer";

const REFUSES =
  "refuses the handshake: it has no certificate, wants one of its clients, or takes no cipher that is offered";

/** What an error's code says of who was dialled. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOTFOUND", "has a name that DNS does not know"],
  ["EAI_AGAIN", "has a name that cannot be looked up now"],
  ["ECONNREFUSED", "has nothing that listens on that port"],
  ["EHOSTUNREACH", "cannot be reached: no route leads there"],
  ["ENETUNREACH", "cannot be reached: no route leads there"],
  ["ETIMEDOUT", "does not answer"],
  ["EMFILE", "was not dialled, for this machine may open no more files: lower --concurrency, or raise its limit"],
  ["ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", REFUSES],
  ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", REFUSES],
  ["ERR_SSL_TLSV1_UNRECOGNIZED_NAME", "knows no server by that name (SNI)"],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "speaks no version of TLS that mqtt-pki speaks"],
  ["ERR_SSL_UNSUPPORTED_PROTOCOL", "speaks no version of TLS that mqtt-pki speaks"],
]);

/** What OpenSSL says of bytes that are no TLS. */
const NO_TLS: ReadonlySet<string> = new Set([
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_SSL_PACKET_LENGTH_TOO_LONG",
  "ERR_SSL_HTTP_REQUEST",
  "ERR_SSL_UNKNOWN_PROTOCOL",
  "ERR_SSL_RECORD_LAYER_FAILURE",
]);

/**
 * Why there was no handshake. What the other side may have written is not quoted.
 *
 * @param isConnected whether it had taken the connection
 */
export function failureOf(error: unknown, isConnected: boolean): Answer {
  const code = codeOf(error);
  if (NO_TLS.has(code)) {
    return { kind: "no-tls", reason: "answers, but not with TLS" };
  }
  if (code === "ECONNRESET" || code === "EPIPE") {
    return { kind: "no-tls", reason: "closes the connection when TLS is spoken to it" };
  }
  const reason = REASONS.get(code);
  const place = isConnected ? "breaks off the handshake" : "cannot be reached";
  return { kind: "unreachable", reason: `${reason ?? place} (${code})` };
}

export function codeOf(error: unknown): string {
  const code = property(error, "code");
  return typeof code === "string" && /^[\w/]+$/.test(code) ? code : "no code";
}
