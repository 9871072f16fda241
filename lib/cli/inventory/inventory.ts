import { isIP } from "node:net";
import { Problems } from "../../errors";
import { Address } from "../../values/address";
import { day, timestamp } from "../../values/time";
import type { ReadCertificate } from "../read/certificate";
import { commonNameIn } from "../read/subject";
import { publicText } from "../show/public-text";
import { Authority } from "./authority";
import { Client } from "./client";
import type { Found } from "./collection";
import type { Entry, Inventory, Issuer } from "./entry";
import type { MachineRecord } from "./machine-record";
import { certain, doubtful, type Reason } from "./reason";
import { serverReasons } from "./server-reasons";
import { Signers } from "./signers";
import { evaluate } from "../rules/evaluate";
import { judgedOfEntry } from "../rules/judged-inventory";
import type { Rules } from "../rules/rule";
import type { Source } from "./source";

const MILLISECONDS_A_DAY = 86_400_000;

/** The certificates of all sources, as they are at that time, and which rules they break. */
export function inventoryOf(sources: readonly Source[], now: Date, rules?: Rules): Inventory {
  const certificates = sources.flatMap((source) => {
    const inSource = new SourceInventory(source, now);
    const found = source.collection.found.map((one) => inSource.entryOf(one));
    return [...found, ...source.records.map((record) => inSource.entryOfRecord(record))].sort(byKindAndAddress);
  });
  return {
    time: timestamp(now),
    certificates,
    unreadable: sources.flatMap(({ name, collection }) =>
      [...collection.unreadable].map(([location, reason]) => ({
        source: publicText(name),
        location: publicText(location),
        reason,
      })),
    ),
    violations: rules === undefined ? [] : evaluate(rules, certificates.map(judgedOfEntry), now),
  };
}

class SourceInventory {
  /** By the fingerprints of their certificates. */
  readonly #authorities: ReadonlyMap<string, Authority>;
  readonly #all: readonly Authority[];
  readonly #signers: Signers;
  readonly #client: Client | undefined;

  constructor(
    private readonly source: Source,
    private readonly now: Date,
  ) {
    // What is in ca.pem is meant to be one, even if it may not sign.
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
      estimated: false,
      daysLeft: this.daysTo(new Date(facts.notAfter)),
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
      estimated: true,
      daysLeft: validity === undefined ? null : this.daysTo(new Date(validity.end)),
      ...judgement([doubtful("is in the directory, and not in the state")]),
    };
  }

  private brokerReasons({ certificate, presented }: Found, address: string): Reason[] {
    const dnsNames = namesForConstraints(certificate);
    return [
      ...this.timeReasons(certificate),
      ...serverReasons(certificate, address),
      ...this.issuerReasons(certificate, presented, dnsNames),
    ];
  }

  private authorityReasons({ certificate, presented }: Found, authority: Authority | undefined): readonly Reason[] {
    if (authority === undefined) {
      return [doubtful("is not understood here")];
    }
    return this.#client?.trusts(authority) === true
      ? authority.reasons
      : [...authority.reasons, ...this.issuerReasons(certificate, presented, [])];
  }

  /** What is in no file goes with whatever its broker will present. */
  private issuerReasons(
    { x509 }: ReadCertificate,
    presented: Found["presented"],
    dnsNames: string[],
  ): readonly Reason[] {
    if (this.#client === undefined) {
      return [doubtful("comes without a ca.pem, so that what clients trust is not known")];
    }
    const helpers = presented === undefined ? this.#all : this.authoritiesAmong(presented);
    return this.#client.reasonsAgainst(x509, helpers, dnsNames);
  }

  private timeReasons({ facts }: ReadCertificate): Reason[] {
    const [start, end] = [new Date(facts.notBefore), new Date(facts.notAfter)];
    return [
      ...(this.now > end ? [certain(`ended on ${day(end)}`)] : []),
      ...(this.now < start ? [certain(`is not valid before ${day(start)}`)] : []),
    ];
  }

  private issuerOf({ facts, x509 }: ReadCertificate): Issuer {
    const [signer] = this.#signers.of(x509).authorities;
    return {
      commonName: labelOf(facts.issuer),
      generation: signer === undefined ? null : this.generationOf(signer),
      verified: signer !== undefined,
    };
  }

  private generationOf({ keyId }: Authority): number | null {
    return this.source.generations.get(keyId) ?? null;
  }

  private authoritiesAmong(certificates: readonly ReadCertificate[]): Authority[] {
    return certificates.flatMap(({ facts }) => this.#authorities.get(facts.fingerprint) ?? []);
  }

  private daysTo(end: Date): number {
    return Math.floor((end.getTime() - this.now.getTime()) / MILLISECONDS_A_DAY);
  }
}

function isAuthority({ facts }: ReadCertificate): boolean {
  return facts.isAuthority;
}

function judgement(reasons: readonly Reason[]): Pick<Entry, "accepted" | "reasons"> {
  const isRefused = reasons.some(({ isCertain }) => isCertain);
  return { accepted: isRefused ? false : reasons.length > 0 ? null : true, reasons: reasons.map(({ text }) => text) };
}

function addressOf({ facts }: ReadCertificate): string {
  const name = firstAddress(facts.names);
  return name === undefined ? labelOf(facts.subject) : spelling(name);
}

/** The first of names as they are shown that a client dials: neither of another kind, nor an IP address as a DNS name. */
function firstAddress(names: readonly string[]): string | undefined {
  return names.find((name) => isIP(name) !== 0 || !name.includes(":"));
}

/** The one spelling of an address; another name as it is. */
function spelling(name: string): string {
  return new Problems().attempt("", () => Address.parse(name).text) ?? name;
}

/** A subject's common name, or else all of it. */
function labelOf(subject: string): string {
  return commonNameIn(subject) ?? subject;
}

/** The names that constraints of DNS names are about: OpenSSL takes the common name for one where there are no others. */
function namesForConstraints({ facts }: ReadCertificate): string[] {
  const names = facts.names.flatMap((name) => {
    const isOther = isIP(name) !== 0 || name.includes(":");
    // That of an IP address is shown so.
    return name.startsWith("DNS:") ? [name.slice("DNS:".length)] : isOther ? [] : [name];
  });
  const commonName = labelOf(facts.subject);
  const looksLikeName = /^[\w-]+(\.[\w-]+)+$/.test(commonName);
  return (names.length === 0 && looksLikeName ? [commonName] : names).map((name) => name.toLowerCase());
}

const inOrder = new Intl.Collator("en", { numeric: true });

function byKindAndAddress(one: Entry, other: Entry): number {
  return (
    Number(one.kind === "broker") - Number(other.kind === "broker") ||
    (one.generation ?? 0) - (other.generation ?? 0) ||
    inOrder.compare(one.address, other.address) ||
    inOrder.compare(one.location, other.location)
  );
}
