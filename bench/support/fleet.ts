/** The fleet of all measurements. No library code here, so that the measuring process stays small. */

export const FLEET = "mqtt";

export const AUTHORITY = { commonName: "Plant MQTT CA", organization: "Example Ltd", country: "US" };

/** How much there is to issue, whichever way. */
export interface Size {
  readonly brokers: number;
  /** The brokers' and the authority's. */
  readonly keyAlgorithm: "ECDSA_P256" | "RSA_2048";
}

/** What there is to declare. */
export interface Fleet extends Size {
  readonly custody: "state" | "machine";
  /** Whether each `server.key` has a password. */
  readonly hasPasswords?: boolean;
}

/** Of the keys that have one. */
export const PASSWORD = { variable: "bench_password", value: "for the bench alone" };

/** The brokers' addresses. */
export function addresses(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `mqtt-${index + 1}.plant.example.com`);
}
