import { property } from "../../read/json";
import type { Answer } from "./answer";

const REFUSES = "refuses the handshake: it has no certificate, or accepts no offered cipher";

/** What an answer says of a broker that completes the handshake only with a client certificate. */
export const DEMANDS_CERTIFICATE = "requires a client certificate";

const NO_FILES =
  "was not dialled: this machine cannot open more files; lower --concurrency, or raise the limit of open files";

/** What an error code says about the broker that was dialled. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOTFOUND", "has a name that DNS does not know"],
  ["EAI_AGAIN", "has a name that DNS cannot look up now"],
  ["ECONNREFUSED", "has nothing listening on that port"],
  ["EHOSTUNREACH", "cannot be reached: no route leads there"],
  ["ENETUNREACH", "cannot be reached: no route leads there"],
  ["ETIMEDOUT", "does not answer"],
  ["EMFILE", NO_FILES],
  ["ENFILE", NO_FILES],
  ["EADDRNOTAVAIL", "was not dialled: this machine has no address or no free port to dial it from"],
  ["ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", REFUSES],
  ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", REFUSES],
  ["ERR_SSL_TLSV1_UNRECOGNIZED_NAME", "has no server by that name (SNI)"],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "speaks no version of TLS that mqtt-pki speaks"],
  ["ERR_SSL_UNSUPPORTED_PROTOCOL", "speaks no version of TLS that mqtt-pki speaks"],
]);

/** The codes of OpenSSL for bytes that are not TLS. */
const NO_TLS: ReadonlySet<string> = new Set([
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_SSL_PACKET_LENGTH_TOO_LONG",
  "ERR_SSL_HTTP_REQUEST",
  "ERR_SSL_UNKNOWN_PROTOCOL",
  "ERR_SSL_RECORD_LAYER_FAILURE",
]);

/**
 * Why there was no handshake. Nothing that the other side sent is quoted.
 *
 * @param isConnected whether the broker had accepted the connection
 */
export function failureOf(error: unknown, isConnected: boolean): Answer {
  const code = codeOf(error);
  if (NO_TLS.has(code)) {
    return { kind: "no-tls", reason: "answers, but not with TLS" };
  }
  if (code === "ECONNRESET" || code === "EPIPE") {
    return { kind: "no-tls", reason: "closes the connection during the TLS handshake" };
  }
  const reason = REASONS.get(code);
  const place = isConnected ? "breaks off the handshake" : "cannot be reached";
  return { kind: "unreachable", reason: `${reason ?? place} (${code})` };
}

/** Whether a broker broke off the connection because the client has no certificate: TLS 1.3 has an alert for that. */
export function demandsCertificate(error: unknown): boolean {
  return codeOf(error).endsWith("CERTIFICATE_REQUIRED");
}

/** What brokers send before TLS 1.3 if the client has no certificate: each library sends another alert. */
const DEMANDS =
  /_ALERT_(HANDSHAKE_FAILURE|BAD_CERTIFICATE|NO_CERTIFICATE|CERTIFICATE_UNKNOWN|CERTIFICATE_REQUIRED|ACCESS_DENIED)$/;

/** Whether a broker may have broken off the handshake because the client has no certificate. */
export function mayDemandCertificate(error: unknown): boolean {
  return DEMANDS.test(codeOf(error));
}

function codeOf(error: unknown): string {
  const code = property(error, "code");
  return typeof code === "string" && /^[\w/]+$/.test(code) ? code : "no code";
}
