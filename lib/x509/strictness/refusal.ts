import type { EncodingFlaw } from "./encoding";

/**
 * A kind of clients with its own code for the verification of certificates. "OpenSSL" means its default behaviour, also in
 * mosquitto and Node.js. "Python 3.13" means OpenSSL's strict mode, which Python uses from 3.13 on.
 */
export type Client = "Go" | "Java" | "OpenSSL" | "Python 3.13";

/** A reason why clients refuse a certificate. */
export interface Refusal {
  /** As the rest of "a certificate, which …". */
  readonly what: string;
  /** The clients that refuse it; undefined if all do, or should. */
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
  OpenSSL: "OpenSSL (so mosquitto and Node.js too)",
  "Python 3.13": "Python 3.13 and later, and programs that verify strictly with OpenSSL",
};

/** Whether only one kind of clients refuses it, and not OpenSSL, which too many clients use. */
export function isOfOneKind({ by }: Refusal): boolean {
  return by?.length === 1 && !by.includes("OpenSSL");
}

/** The reason, and the clients that refuse it if not all do: "has no key usage …: Python 3.13 and later … refuse it". */
export function describeRefusal({ what, by }: Refusal): string {
  return by === undefined ? what : `${what}: ${by.map((client) => NAMES[client]).join(", ")} refuse it`;
}

/** A refusal by Go alone, and so by Terraform's provider. */
export function goRefuses(what: string): Refusal {
  return { what, by: ["Go"], stopsProvider: true };
}

/** A refusal of a part that is not in DER, which RFC 5280, section 4.1, requires. */
export function refusalOfEncoding(part: string, { what, stopsJava }: EncodingFlaw): Refusal {
  return { what: `has ${part} with ${what}`, by: stopsJava ? ["Go", "Java"] : ["Go"], stopsProvider: true };
}
