import { keyId } from "../inventory/authority";
import type { ReadCertificate } from "../read/certificate";
import type { DeclaredCertificate } from "./broker";
import type { CheckedBroker, ComparedCertificate } from "./checked-broker";

/** What is served, beside what is declared. */
export interface Comparison extends Pick<CheckedBroker, "sameCertificate" | "sameKey"> {
  /** How they differ, as the rest of "a certificate that …"; undefined where they do not, or none is declared. */
  readonly difference: string | undefined;
}

export function compare(served: ReadCertificate, declared: DeclaredCertificate | undefined): Comparison {
  if (declared === undefined) {
    return { sameCertificate: null, sameKey: null, difference: undefined };
  }
  if (served.facts.fingerprint === declared.fingerprint) {
    return { sameCertificate: true, sameKey: true, difference: undefined };
  }
  const sameKey = declared.read === undefined ? null : hasKeyOf(served, declared.read);
  return { sameCertificate: false, sameKey, difference: differenceOf(served, declared, sameKey) };
}

/** `is an earlier one than declared, for the same key: serial number 0A1B, from 2026-01-01 to 2028-04-05; declared is 0C2D, …` */
function differenceOf({ facts }: ReadCertificate, declared: DeclaredCertificate, sameKey: boolean | null): string {
  const age =
    facts.notBefore === declared.notBefore
      ? "another"
      : facts.notBefore < declared.notBefore
        ? "an earlier"
        : "a later";
  const key = sameKey === null ? "" : `, for ${sameKey ? "the same" : "another"} key`;
  return `is ${age} one than declared${key}: serial number ${named(facts)}; declared is ${named(declared)}`;
}

/** `0A1B, from 2026-01-01 to 2028-04-05` */
function named({ serialNumber, notBefore, notAfter }: Omit<ComparedCertificate, "fingerprint">): string {
  return `${serialNumber}, from ${notBefore.slice(0, 10)} to ${notAfter.slice(0, 10)}`;
}

function hasKeyOf(one: ReadCertificate, other: ReadCertificate): boolean {
  return keyId(one.x509.publicKey) === keyId(other.x509.publicKey);
}
