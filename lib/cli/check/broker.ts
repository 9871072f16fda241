import { publicText } from "../show/public-text";
import type { Source } from "../inventory/source";
import type { ReadCertificate } from "../read/certificate";
import { addressOf, firstAddress, spelling } from "../read/names";
import type { ComparedCertificate } from "./checked-broker";
import type { Trust } from "./trust";

/** The certificate that a broker should serve. */
export interface DeclaredCertificate extends ComparedCertificate {
  /** The whole certificate; undefined if only these facts are known. */
  readonly read: ReadCertificate | undefined;
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

/** The brokers of a directory or a state. Each address appears once, with the certificate that was issued last. */
export function brokersOf({ name, collection, records, trusted = [] }: Source, trust: Trust | undefined): Broker[] {
  const source = publicText(name);
  const roots = new Set(trusted.map(({ facts }) => facts.fingerprint));
  const newest = new Map<string, ReadCertificate>();
  for (const { certificate } of collection.found) {
    const { facts } = certificate;
    if (!facts.isAuthority && !roots.has(facts.fingerprint)) {
      const address = addressOf(certificate);
      const other = newest.get(address);
      newest.set(address, other !== undefined && other.facts.notBefore > facts.notBefore ? other : certificate);
    }
  }
  const known = [...newest].map(([address, read]) => {
    const { serialNumber, fingerprint, notBefore, notAfter, names } = read.facts;
    const declared = { serialNumber, fingerprint, notBefore, notAfter, read };
    return { source, address, names: names.map(spelling), declared, trust };
  });
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
