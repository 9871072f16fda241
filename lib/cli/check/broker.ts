import { publicText } from "../show/public-text";
import type { Source } from "../inventory/source";
import type { ReadCertificate } from "../read/certificate";
import { addressOf, firstAddress, spelling } from "../read/names";
import type { ComparedCertificate } from "./checked-broker";
import type { Trust } from "./trust";

/** The certificate that a broker should serve. */
export interface DeclaredCertificate extends ComparedCertificate {
  /** The SHA-256 of its public key; undefined if it is not known. */
  readonly keyFingerprint: string | undefined;
}

/** A broker to dial, and what it should serve. */
export interface Broker {
  /** The source, as the user named it: a text that may be shown. */
  readonly source: string;
  readonly address: string;
  /** All names that it is declared for. */
  readonly names: readonly string[];
  /** Undefined if no source has its certificate. */
  readonly declared: DeclaredCertificate | undefined;
  /** The trust anchors of its clients; undefined if they are not known. */
  readonly trust: Trust | undefined;
  /** The broker's own port, if it has one. */
  readonly port?: number | undefined;
}

/** The brokers of a directory or a state: one for each certificate, or for each record without one. */
export function brokersOf({ name, collection, records, trusted = [] }: Source, trust: Trust | undefined): Broker[] {
  const source = publicText(name);
  const roots = new Set(trusted.map(({ facts }) => facts.fingerprint));
  const known = collection.found
    .map(({ certificate }) => certificate)
    .filter(({ facts }) => !facts.isAuthority && !roots.has(facts.fingerprint))
    .map((certificate) => ({
      source,
      address: addressOf(certificate),
      names: certificate.facts.names.map(spelling),
      declared: declaredBy(certificate),
      trust,
    }));
  const recorded = records
    .filter(({ authority }) => authority === undefined)
    .map(({ names, commonName }) => ({
      source,
      address: firstAddress(names) ?? commonName,
      names,
      declared: undefined,
      trust,
    }));
  return [...known, ...recorded];
}

function declaredBy({ facts }: ReadCertificate): DeclaredCertificate {
  const { serialNumber, fingerprint, notBefore, notAfter } = facts;
  return {
    ...{ serialNumber, fingerprint, notBefore, notAfter },
    // Computed only if needed: most brokers serve the declared certificate.
    get keyFingerprint() {
      return facts.pins?.keyFingerprint;
    },
  };
}

/** Of two brokers at one place, the one whose certificate was issued last. If its trust anchors are not known, it has those of the other. */
export function laterOf(one: Broker, other: Broker): Broker {
  const [later, earlier] =
    (one.declared?.notBefore ?? "") < (other.declared?.notBefore ?? "") ? [other, one] : [one, other];
  return { ...later, trust: later.trust ?? earlier.trust };
}
