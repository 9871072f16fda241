import type { ReadCertificate } from "../read/certificate";
import type { DeclaredCertificate } from "./broker";
import type { CheckedBroker, ComparedCertificate } from "./checked-broker";

/** A served certificate, compared with the declared one. */
export interface Comparison extends Pick<CheckedBroker, "sameCertificate" | "sameKey"> {
  /** How they differ, as the rest of "a certificate that …"; undefined if they are equal, or none is declared. */
  readonly difference: string | undefined;
}

export function compare(served: ReadCertificate, declared: DeclaredCertificate | undefined): Comparison {
  if (declared === undefined) {
    return { sameCertificate: null, sameKey: null, difference: undefined };
  }
  if (served.facts.fingerprint === declared.fingerprint) {
    return { sameCertificate: true, sameKey: true, difference: undefined };
  }
  const { keyFingerprint } = declared;
  const sameKey = keyFingerprint === undefined ? null : served.facts.pins?.keyFingerprint === keyFingerprint;
  return { sameCertificate: false, sameKey, difference: differenceOf(served, declared, sameKey) };
}

/** `is older than the declared certificate, and has the same key: serial number 0A1B, from 2026-01-01 to 2028-04-05; declared: 0C2D, …` */
function differenceOf({ facts }: ReadCertificate, declared: ComparedCertificate, sameKey: boolean | null): string {
  const relation =
    facts.notBefore === declared.notBefore ? "not" : facts.notBefore < declared.notBefore ? "older than" : "newer than";
  const key = sameKey === null ? "" : `, and has ${sameKey ? "the same" : "another"} key`;
  return `is ${relation} the declared certificate${key}: serial number ${named(facts)}; declared: ${named(declared)}`;
}

/** `0A1B, from 2026-01-01 to 2028-04-05` */
function named({ serialNumber, notBefore, notAfter }: Omit<ComparedCertificate, "fingerprint">): string {
  return `${serialNumber}, from ${notBefore.slice(0, 10)} to ${notAfter.slice(0, 10)}`;
}
