import { renewalTime } from "../../values/renewal";
import { timestamp, wholeDays } from "../../values/time";
import type { ReadCertificate } from "../read/certificate";
import { addressOf, firstAddress, labelOf, spelling } from "../read/names";
import type { Declarations } from "../declared/declarations";
import { naturalOrder } from "../show/natural-order";
import { publicText } from "../show/public-text";
import { Authority } from "./authority";
import { Client } from "./client";
import type { Found } from "./collection";
import type { Entry, Inventory, Issuer, Unreadable } from "./entry";
import type { MachineRecord } from "./machine-record";
import { doubtful, judgement, type Reason } from "./reason";
import { issuerReasons, serverReasons } from "./server-reasons";
import { Signers } from "./signers";
import { evaluate } from "../rules/evaluate";
import { judgedOfEntry } from "../rules/judged/judged-inventory";
import type { Rules } from "../rules/rule";
import type { Source } from "./source";

/** The certificates of all sources at that time, and the rules that they break. */
export function inventoryOf(
  sources: readonly Source[],
  now: Date,
  rules?: Rules,
  declarations?: Declarations,
): Inventory {
  const certificates = sources.flatMap((source) => {
    const inSource = new SourceInventory(source, now);
    const found = source.collection.found.map((one) => inSource.entryOf(one));
    return [...found, ...source.records.map((record) => inSource.entryOfRecord(record))].sort(byKindAndAddress);
  });
  return {
    time: timestamp(now),
    certificates,
    unreadable: sources.flatMap(unreadableIn),
    violations: rules === undefined ? [] : evaluate(rules, certificates.map(judgedOfEntry), now, declarations),
  };
}

/** The certificates in a source that cannot be read. */
export function unreadableIn({ name, collection }: Source): Unreadable[] {
  return [...collection.unreadable].map(([location, reason]) => ({
    source: publicText(name),
    location: publicText(location),
    reason,
  }));
}

class SourceInventory {
  /** Authorities, by the fingerprints of their certificates. */
  readonly #authorities: ReadonlyMap<string, Authority>;
  readonly #all: readonly Authority[];
  readonly #signers: Signers;
  readonly #client: Client | undefined;

  constructor(
    private readonly source: Source,
    private readonly now: Date,
  ) {
    // A certificate in ca.pem is meant as an authority, even if it may not sign.
    const all = [
      ...source.collection.found.map(({ certificate }) => certificate).filter(isAuthority),
      ...(source.trusted ?? []),
    ];
    this.#authorities = new Map(
      all.flatMap((certificate) => {
        const authority = Authority.of(certificate, now);
        return authority === undefined ? [] : [[certificate.facts.fingerprint, authority] as const];
      }),
    );
    this.#all = [...this.#authorities.values()];
    this.#signers = new Signers(this.#all);
    this.#client = source.trusted && new Client(this.authoritiesAmong(source.trusted));
  }

  public entryOf(found: Found): Entry {
    const { facts } = found.certificate;
    const authority = this.#authorities.get(facts.fingerprint);
    const kind = facts.isAuthority || authority !== undefined ? "authority" : "broker";
    const address = kind === "broker" ? addressOf(found.certificate) : labelOf(facts.subject);
    return {
      source: publicText(this.source.name),
      location: publicText(found.location),
      kind,
      address,
      names: facts.names.map(spelling),
      serialNumber: facts.serialNumber,
      fingerprint: facts.fingerprint,
      keyFingerprint: facts.pins?.keyFingerprint ?? null,
      keyPin: facts.pins?.keyPin ?? null,
      tasmotaFingerprint: facts.pins?.tasmotaFingerprint ?? null,
      keyType: facts.keyType,
      usages: facts.usages,
      generation: authority === undefined ? null : this.generationOf(authority),
      issuer: this.issuerOf(found.certificate),
      notBefore: facts.notBefore,
      notAfter: facts.notAfter,
      renewsAt: this.renewalOf(facts),
      estimated: false,
      daysLeft: wholeDays(this.now, new Date(facts.notAfter)),
      ...judgement(kind === "authority" ? this.authorityReasons(found, authority) : this.brokerReasons(found, address)),
    };
  }

  public entryOfRecord(record: MachineRecord): Entry {
    const { location, authority, commonName, names, keyType, usages, validity } = record;
    return {
      source: publicText(this.source.name),
      location: publicText(location),
      kind: authority === undefined ? "broker" : "authority",
      address: firstAddress(names) ?? commonName,
      names,
      serialNumber: null,
      fingerprint: null,
      keyFingerprint: null,
      keyPin: null,
      tasmotaFingerprint: null,
      keyType: keyType ?? null,
      usages,
      generation: authority?.generation ?? null,
      issuer: null,
      notBefore: validity?.start ?? null,
      notAfter: validity?.end ?? null,
      renewsAt: null,
      estimated: true,
      daysLeft: validity === undefined ? null : wholeDays(this.now, new Date(validity.end)),
      ...judgement([doubtful("is in the directory, not in the state")]),
    };
  }

  private brokerReasons({ certificate, presented }: Found, address: string): Reason[] {
    return serverReasons(certificate, address, this.#client, this.presentedWith(presented), this.now);
  }

  private authorityReasons({ certificate, presented }: Found, authority: Authority | undefined): readonly Reason[] {
    if (authority === undefined) {
      return [doubtful("cannot be read by mqtt-pki")];
    }
    return this.#client?.trusts(authority) === true
      ? authority.reasons
      : [...authority.reasons, ...issuerReasons(certificate, this.#client, this.presentedWith(presented), [])];
  }

  /** A certificate that is in no file may be presented with any authority of the source. */
  private presentedWith(presented: Found["presented"]): readonly Authority[] {
    return presented === undefined ? this.#all : this.authoritiesAmong(presented);
  }

  private issuerOf({ facts, x509 }: ReadCertificate): Issuer {
    const [signer] = this.#signers.of(x509).authorities;
    return {
      commonName: labelOf(facts.issuer),
      generation: signer === undefined ? null : this.generationOf(signer),
      verified: signer !== undefined,
    };
  }

  private renewalOf({ fingerprint, notAfter }: ReadCertificate["facts"]): string | null {
    const hours = this.source.renewals.get(fingerprint);
    return hours === undefined ? null : timestamp(renewalTime(new Date(notAfter), hours));
  }

  private generationOf({ keyId }: Authority): number | null {
    return this.source.generations.get(keyId) ?? null;
  }

  private authoritiesAmong(certificates: readonly ReadCertificate[]): Authority[] {
    return certificates.flatMap(({ facts }) => this.#authorities.get(facts.fingerprint) ?? []);
  }
}

function isAuthority({ facts }: ReadCertificate): boolean {
  return facts.isAuthority;
}

function byKindAndAddress(one: Entry, other: Entry): number {
  return (
    Number(one.kind === "broker") - Number(other.kind === "broker") ||
    (one.generation ?? 0) - (other.generation ?? 0) ||
    naturalOrder(one.address, other.address) ||
    naturalOrder(one.location, other.location)
  );
}
