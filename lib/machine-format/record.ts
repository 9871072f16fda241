import { createHash } from "node:crypto";

/** What was made last of a key and a certificate. All is text; empty where it does not apply. */
export interface CertificateRecord {
  readonly token: string;
  /** A hash of what was declared. */
  readonly intent: string;
  /** The hash of the certificate of who signed; empty for an authority. */
  readonly issuer: string;
  readonly key: string;
  readonly key_version: string;
  readonly password: string;
  /** When the certificate ends, RFC 3339 in UTC. */
  readonly not_after: string;
  /** SHA-256 of the files. */
  readonly key_sha256: string;
  readonly certificate_sha256: string;
  /**
   * Which further forms there are, and which password they have, which is not the password: `pkcs12 plant/1`. Absent where
   * there are none, as in records of older versions, and so are their hashes.
   */
  readonly forms?: string;
  /** SHA-256 of their files, in that order, with a blank between them. */
  readonly forms_sha256?: string;
  /** Who gets at the files, as it was declared. Absent where that is who deploys alone, as in records of older versions. */
  readonly access?: string;
}

/** What was written last for clients to trust, where that is several certificates in one file. */
export interface TrustRecord {
  readonly token: string;
  /** The files that they come from, with a blank between them. */
  readonly files: string;
  /** The hashes of those, likewise. */
  readonly certificates: string;
  readonly sha256: string;
}

/** What was written last of one further form of what clients trust. Of several files, `sha256` has several hashes. */
export interface TrustFormRecord extends TrustRecord {
  /** Which password it has, which is not the password: `plant/1`. */
  readonly password: string;
}

/** Of the authority: its generations by their numbers, and what clients trust. */
export interface AuthorityRecords {
  readonly generations: Readonly<Record<string, CertificateRecord>>;
  readonly trust?: TrustRecord;
  /** By the names of the forms. */
  readonly forms: Readonly<Record<string, TrustFormRecord>>;
}

/** Of the brokers, by their folders; and what was said when files of brokers were removed that are declared no longer. */
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

/** The text of a file of records: a hash of what follows, an empty line, and JSON. A part of it alone is worth nothing. */
export function sealed(json: string): string {
  return `${sha256(json)}\n\n${json}`;
}

/** What {@link sealed} was given; undefined where it is not whole. */
export function unsealed(text: string): string | undefined {
  const parts = text.split("\n\n");
  const [hash, json] = parts;
  return parts.length === 2 && json !== undefined && sha256(json) === hash ? json : undefined;
}

export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The hash of a file without content, such as a power failure leaves: nothing in it could be lost. */
export const EMPTY_SHA256 = sha256("");

/** Whether every field is there, and text. */
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

/** Whether it has every field, a token, and a time for its end. */
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

/** JSON with one key and certificate a line. */
export function toLines(records: Iterable<readonly [key: string, record: object]>): string {
  const lines = [...records]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, record]) => `${JSON.stringify(key)}: ${JSON.stringify(record)}`);
  return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n}`;
}
