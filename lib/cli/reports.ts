/**
 * `mqtt-pki review` and `mqtt-pki inventory` as functions: they take data, return data, write nothing, and need no CDK.
 *
 * @module cdktf-mqtt-pki/reports
 */
import { directorySource } from "./inventory/directory-source";
import type { Inventory } from "./inventory/entry";
import { inventoryOf } from "./inventory/inventory";
import type { Source } from "./inventory/source";
import { stateSource } from "./inventory/state-source";
import { RULE_KINDS } from "./rules/kinds";
import type { Rules } from "./rules/rule";
import { readRules } from "./rules/rules-file";
import { type Review, review as reviewOf } from "./review/review";
import { readPlan } from "./terraform/plan";

export { InvalidInputError } from "../errors";
export type { Check, CheckedBroker, ComparedCertificate, ServedCertificate } from "./check/checked-broker";
export type { Kind as CheckKind } from "./check/kinds";
export { InputError } from "./input-error";
export type { Entry, Inventory, Issuer } from "./inventory/entry";
export type { CertificateChange, CertificateSide, FileChange } from "./review/certificate-change";
export type { ReviewedChange } from "./review/impact";
export type { Kind } from "./review/kinds";
export type { OtherChange } from "./review/other-change";
export type { Reload } from "./review/reload";
export type { Review } from "./review/review";
export type { Sentence } from "./review/sentence";
export type { Level } from "./rules/rule";
export type { Violation, WaiverOfViolation } from "./rules/violation";

/** A plan or a state from `terraform show -json` or `tofu show -json`. */
export interface JsonDocument {
  /** The name of the document in the result. */
  readonly name: string;
  /** In UTF-8 or UTF-16. */
  readonly content: Uint8Array | string;
}

/** A file with your own rules: YAML or JSON. */
export interface RulesFile {
  /** The name of the file in the violations of its rules. */
  readonly name: string;
  /** In UTF-8 or UTF-16. */
  readonly content: Uint8Array | string;
}

/** The PEM files of a fleet. */
export interface PemFiles {
  /** As in {@link JsonDocument}. */
  readonly name: string;
  /** Contents by their paths in the directory, `brokers/mqtt-1.example.com/server.pem`. Keys are not read, and may be left out. */
  readonly files: Readonly<Record<string, Uint8Array | string>>;
}

/**
 * What plans do to the certificates of a fleet, and what that means for clients: the content of
 * `mqtt-pki review --format json`, without its version.
 *
 * @param now the time for plans without a timestamp, and for rules
 * @param rules the rules to apply
 * @throws InputError if a document is not a plan
 * @throws InvalidInputError with all problems of the rules
 */
export function review(plans: readonly JsonDocument[], now: Date = new Date(), rules?: RulesFile): Review {
  return reviewOf(
    plans.map(({ name, content }) => readPlan(name, bytesOf(content))),
    now,
    rulesIn(rules),
  );
}

/**
 * The certificates, their expiry dates, and whether clients accept them: the content of `mqtt-pki inventory --format json`,
 * without its version.
 *
 * @param rules the rules to apply
 * @throws InputError if a document is not a state
 * @throws InvalidInputError with all problems of the rules
 */
export function inventory(
  sources: readonly (JsonDocument | PemFiles)[],
  now: Date = new Date(),
  rules?: RulesFile,
): Inventory {
  return inventoryOf(sources.map(toSource), now, rulesIn(rules));
}

function rulesIn(file: RulesFile | undefined): Rules | undefined {
  return file && readRules(file.name, bytesOf(file.content), RULE_KINDS);
}

function toSource(given: JsonDocument | PemFiles): Source {
  return "files" in given
    ? directorySource(given.name, new Map(Object.entries(given.files).map(([path, text]) => [path, bytesOf(text)])))
    : stateSource(given.name, bytesOf(given.content));
}

function bytesOf(content: Uint8Array | string): Uint8Array {
  return typeof content === "string" ? Buffer.from(content) : content;
}
