import { createHash } from "node:crypto";

/** The record of the key and certificate that were made last. Each field is text; empty if it does not apply. */
export interface CertificateRecord {
  readonly token: string;
  /** The hash of the declaration. */
  readonly intent: string;
  /** The hash of the signing certificate; empty for an authority. */
  readonly issuer: string;
  readonly key: string;
  readonly key_version: string;
  readonly password: string;
  /** The expiry date, RFC 3339 in UTC. */
  readonly not_after: string;
  /** SHA-256 of the files. */
  readonly key_sha256: string;
  readonly certificate_sha256: string;
  /**
   * The further forms, and a reference to their password: `pkcs12 plant/1`. Forms and hashes are absent without forms, as in
   * records of older versions.
   */
  readonly forms?: string;
  /** SHA-256 of their files, in that order, separated by spaces. */
  readonly forms_sha256?: string;
  /** The declared access to the files. Absent if only the deploying user can read them, as in records of older versions. */
  readonly access?: string;
}

/** The record of the file of trust anchors, if it has several. */
export interface TrustRecord {
  readonly token: string;
  /** The files that they come from, separated by spaces. */
  readonly files: string;
  /** The hashes of these files, separated by spaces. */
  readonly certificates: string;
  readonly sha256: string;
}

/** The record of a further form of the trust anchors. For several files, `sha256` has several hashes. */
export interface TrustFormRecord extends TrustRecord {
  /** A reference to its password: `plant/1`. */
  readonly password: string;
}

/** The records of the authority: its generations by number, and the trust anchors. */
export interface AuthorityRecords {
  readonly generations: Readonly<Record<string, CertificateRecord>>;
  readonly trust?: TrustRecord;
  /** The forms by name. */
  readonly forms: Readonly<Record<string, TrustFormRecord>>;
}

/** The records of the brokers, by folder; and the token of the last removal of brokers. */
export interface BrokerRecords {
  readonly removed: string;
  readonly brokers: Readonly<Record<string, CertificateRecord>>;
}

export const CERTIFICATE_RECORD_FIELDS = [
  "token",
  "intent",
  "issuer",
  "key",
  "key_version",
  "password",
  "not_after",
  "key_sha256",
  "certificate_sha256",
] as const satisfies readonly (keyof CertificateRecord)[];

export const TRUST_RECORD_FIELDS = [
  "token",
  "files",
  "certificates",
  "sha256",
] as const satisfies readonly (keyof TrustRecord)[];

export const TRUST_FORM_RECORD_FIELDS = [
  ...TRUST_RECORD_FIELDS,
  "password",
] as const satisfies readonly (keyof TrustFormRecord)[];

/** The text of a file of records: a hash of the JSON, an empty line, and the JSON. A truncated file is invalid. */
export function sealed(json: string): string {
  return `${sha256(json)}\n\n${json}`;
}

/** The JSON that {@link sealed} got; undefined if the text is corrupt. */
export function unsealed(text: string): string | undefined {
  const parts = text.split("\n\n");
  const [hash, json] = parts;
  return parts.length === 2 && json !== undefined && sha256(json) === hash ? json : undefined;
}

export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The hash of an empty file, such as a power failure leaves: it can be overwritten without loss. */
export const EMPTY_SHA256 = sha256("");

/** Whether every field exists and is text. */
export function isRecord<Field extends string>(
  value: unknown,
  fields: readonly Field[],
): value is Readonly<Record<Field, string>> {
  return (
    typeof value === "object" &&
    value !== null &&
    fields.every((field) => typeof (value as Readonly<Record<string, unknown>>)[field] === "string")
  );
}

/** Whether a value has every field, a token, and an expiry date. */
export function isCertificateRecord(value: unknown): value is CertificateRecord {
  return (
    isRecord(value, CERTIFICATE_RECORD_FIELDS) &&
    value.token !== "" &&
    isTime(value.not_after) &&
    (!("access" in value) || typeof value.access === "string")
  );
}

/** RFC 3339 in UTC, in whole seconds. */
function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** JSON with one record per line. */
export function toLines(records: Iterable<readonly [key: string, record: object]>): string {
  const lines = [...records]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, record]) => `${JSON.stringify(key)}: ${JSON.stringify(record)}`);
  return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n}`;
}
