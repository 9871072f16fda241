import type { EncodingFlaw } from "./encoding";

/**
 * A kind of clients that judges certificates by code of its own. "OpenSSL" is what it does by itself, and so what
 * mosquitto and Node.js do; "Python 3.13" is what it does when told to be strict, as Python tells it from 3.13 on.
 */
export type Client = "Go" | "Java" | "OpenSSL" | "Python 3.13";

/** What clients refuse a certificate for. */
export interface Refusal {
  /** As the rest of "a certificate, which …". */
  readonly what: string;
  /** Undefined where all do, or should. */
  readonly by?: readonly Client[];
  /**
   * Whether Terraform's tls provider, which is written in Go, cannot read the certificate.
   *
   * @default false
   */
  readonly stopsProvider?: boolean;
}

const NAMES: Readonly<Record<Client, string>> = {
  Go: "clients in Go",
  Java: "clients in Java",
  OpenSSL: "OpenSSL, and so mosquitto and Node.js",
  "Python 3.13": "Python from 3.13 on, and all that verify strictly with OpenSSL",
};

/** Whether one kind of clients alone refuses it. What OpenSSL refuses, too many do. */
export function isOfOneKind({ by }: Refusal): boolean {
  return by?.length === 1 && !by.includes("OpenSSL");
}

/** What is wrong, and who refuses it where not all do: "has no key usage …, which Python from 3.13 on … refuse". */
export function describeRefusal({ what, by }: Refusal): string {
  return by === undefined ? what : `${what}: ${by.map((client) => NAMES[client]).join(", ")} refuse it`;
}

/** What Go alone cannot read, and so Terraform's provider cannot either. */
export function goRefuses(what: string): Refusal {
  return { what, by: ["Go"], stopsProvider: true };
}

/** What is not in DER, which certificates are to be in (RFC 5280, section 4.1). */
export function refusalOfEncoding(part: string, { what, stopsJava }: EncodingFlaw): Refusal {
  return { what: `has ${part} with ${what}`, by: stopsJava ? ["Go", "Java"] : ["Go"], stopsProvider: true };
}
