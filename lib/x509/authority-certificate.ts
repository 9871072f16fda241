import { createHash, type KeyObject, X509Certificate } from "node:crypto";
import {
  BasicConstraints,
  type Certificate,
  ExtendedKeyUsage,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyUsage,
  type Name,
  NameConstraints,
} from "@peculiar/asn1-x509";
import { Problems, quote } from "../errors";
import { Address } from "../values/address";
import type { DistinguishedName } from "../values/distinguished-name";
import { day } from "../values/time";
import { dnsNamesIn } from "./alternative-names";
import { parseCertificate } from "./certificate";
import { formatAuthorityCommand } from "./commands/authority-command";
import { readExtension, unknownExtensions } from "./extensions";
import { isOfCommonTexts, oneLine, toDistinguishedName } from "./name";
import { permitting } from "./name-constraints";
import { toPem } from "./pem";
import { brokenHash } from "./signature-algorithm";
import { encodedNames } from "./strictness/certificate-fields";
import type { Refusal } from "./strictness/refusal";
import { refusalsOf } from "./strictness/refusals";

/** A reason why clients do not trust an authority, and its fix. */
export interface Flaw extends Refusal {
  readonly fix: string;
}

/** The certificate of an authority (RFC 5280). Immutable. */
export class AuthorityCertificate {
  public readonly publicKey: KeyObject;
  readonly #certificate: X509Certificate;
  readonly #parsed: Certificate;
  readonly #basicConstraints: BasicConstraints | undefined;
  readonly #keyUsage: readonly string[] | undefined;
  readonly #extendedKeyUsage: readonly string[] | undefined;
  readonly #nameConstraints: NameConstraints | undefined;
  #isRoot: boolean | undefined;
  #encodedSubject: Buffer | undefined;

  private constructor(der: Uint8Array) {
    this.#certificate = new X509Certificate(der);
    this.publicKey = this.#certificate.publicKey;
    this.#parsed = parseCertificate(this.#certificate.raw);
    this.#basicConstraints = readExtension(this.#parsed, id_ce_basicConstraints, BasicConstraints);
    this.#keyUsage = readExtension(this.#parsed, id_ce_keyUsage, KeyUsage)?.toJSON();
    this.#extendedKeyUsage = readExtension(this.#parsed, id_ce_extKeyUsage, ExtendedKeyUsage);
    this.#nameConstraints = readExtension(this.#parsed, id_ce_nameConstraints, NameConstraints);
  }

  /** Undefined if the bytes are not a certificate. */
  public static fromDer(der: Uint8Array): AuthorityCertificate | undefined {
    try {
      return new AuthorityCertificate(der);
    } catch {
      return undefined;
    }
  }

  public get der(): Uint8Array {
    return this.#certificate.raw;
  }

  public get pem(): string {
    return toPem("CERTIFICATE", this.der);
  }

  /** The subject, for messages. */
  public get name(): string {
    return this.hasSubject ? oneLine(this.#certificate.subject) : `serial number ${this.#certificate.serialNumber}`;
  }

  /** The issuer, for messages. */
  public get issuerName(): string {
    return oneLine(this.#certificate.issuer);
  }

  /** The subject; undefined if a {@link DistinguishedName} cannot represent it. */
  public get subject(): DistinguishedName | undefined {
    return toDistinguishedName(this.encodedName);
  }

  /** The subject with all attributes, in their order. */
  public get encodedName(): Name {
    return this.#parsed.tbsCertificate.subject;
  }

  /** The identity of the authority, which is the same for all its certificates: the hash of its subject and its public key. */
  public get identity(): string {
    const publicKey = this.publicKey.export({ type: "spki", format: "der" });
    return createHash("sha256").update(this.#certificate.subject).update("\0").update(publicKey).digest("hex");
  }

  public get notAfter(): Date {
    return this.#parsed.tbsCertificate.validity.notAfter.getTime();
  }

  /** The number of authorities that may be between it and a server certificate; undefined for any number. */
  public get pathLength(): number | undefined {
    return this.#basicConstraints?.pathLenConstraint;
  }

  /**
   * The DNS domains that it permits (RFC 5280, section 4.2.1.10). A domain that starts with a dot permits only the names below
   * it. Undefined if it permits any, or if its constraints are not understood, which {@link flaws} reports.
   */
  public get permittedDomains(): readonly string[] | undefined {
    const constraints = this.#nameConstraints;
    const domains = constraints?.permittedSubtrees?.map(({ base }) => parseDomain(base.dNSName ?? ""));
    return constraints?.excludedSubtrees === undefined && domains?.every((domain) => domain !== undefined) === true
      ? domains
      : undefined;
  }

  /** Whether it may certify clients: OpenSSL and Go apply the authority's extended key usage to what it signs. */
  public get mayCertifyClients(): boolean {
    return this.#extendedKeyUsage?.includes(id_kp_clientAuth) !== false;
  }

  /** Whether it is self-signed. */
  public get isRoot(): boolean {
    this.#isRoot ??= this.hasSigned(this);
    return this.#isRoot;
  }

  /** Whether the other certificate has its name as issuer, and is signed with its key. */
  public hasSigned(other: AuthorityCertificate): boolean {
    return other.#certificate.issuer === this.#certificate.subject && other.#certificate.verify(this.publicKey);
  }

  /**
   * The refusal of a certificate that it has signed, but that has its name in another encoding.
   *
   * @param der the certificate
   */
  public refusalOfIssuerIn(der: Uint8Array): Refusal | undefined {
    this.#encodedSubject ??= encodedNames(this.der).subject;
    const subject = this.#encodedSubject;
    const { issuer } = encodedNames(der);
    return subject.equals(issuer)
      ? undefined
      : {
          what: "has the name of its issuer in another encoding than the issuer's certificate (RFC 5280, section 7.1)",
          by: [subject, issuer].every(isOfCommonTexts) ? ["Go"] : ["Go", "Java"],
        };
  }

  /**
   * The refusal of another authority below it for its names: constraints apply to the names of authorities too (RFC 5280,
   * section 6.1.3).
   */
  public refusalOfNamesIn(other: AuthorityCertificate): Refusal | undefined {
    const isPermitted = permitting(this.permittedDomains);
    const outside = dnsNamesIn(other.#certificate).filter((name) => !isPermitted(name));
    return outside.length === 0
      ? undefined
      : {
          what: `has the alternative name ${quote(outside.join(", "))}, which the name constraints of ${quote(this.name)} do not permit (RFC 5280, section 4.2.1.10)`,
        };
  }

  /** Whether the other certificate, which it has signed, names this one if it names any (RFC 5280, section 4.2.1.1). */
  public isIdentifiedBy(other: AuthorityCertificate): boolean {
    return !this.maySign || other.#certificate.checkIssued(this.#certificate);
  }

  public hasKey(key: KeyObject): boolean {
    return this.#certificate.checkPrivateKey(key);
  }

  /** All its flaws as an authority for servers at a time. */
  public flaws(now: Date): Flaw[] {
    return [
      ...this.flawsOfTime(now),
      ...this.flawsOfContent(),
      ...this.flawsOfExtensions(),
      ...this.flawsByStrictness(),
    ];
  }

  private flawsOfTime(now: Date): Flaw[] {
    const notBefore = this.#parsed.tbsCertificate.validity.notBefore.getTime();
    return [
      ...flawIf(now > this.notAfter, `expired on ${day(this.notAfter)}`, "have it renewed"),
      ...flawIf(now < notBefore, `is not valid before ${day(notBefore)}`, "wait, or correct this machine's clock"),
    ];
  }

  private flawsOfContent(): Flaw[] {
    const hash = brokenHash(this.#parsed.signatureAlgorithm.algorithm);
    return [
      ...flawIf(!this.hasSubject, "has no subject", "have it re-issued with one"),
      // Clients do not check the signature of a root: they trust it as it is.
      ...flawIf(hash !== undefined && !this.isRoot, `is signed over ${hash ?? ""}`, "have it re-issued with SHA-256"),
    ];
  }

  private flawsOfExtensions(): Flaw[] {
    if (this.#basicConstraints?.cA !== true) {
      return [{ what: "is not an authority (CA:TRUE)", fix: "give the certificate of the authority that signs" }];
    }
    const reissued = (extension: string) => `have it re-issued with ${extension}`;
    return [
      ...flawIf(
        !this.maySign,
        "may not sign certificates (RFC 5280, section 4.2.1.3)",
        reissued("keyUsage = critical, keyCertSign, cRLSign"),
      ),
      ...flawIf(
        this.#extendedKeyUsage?.includes(id_kp_serverAuth) === false,
        "is for purposes other than servers",
        reissued("serverAuth in extendedKeyUsage, or without extendedKeyUsage"),
      ),
      ...flawIf(
        this.#nameConstraints !== undefined && this.permittedDomains === undefined,
        "has name constraints of a kind that this library does not understand",
        "use an authority that is limited to DNS domains, or not limited",
      ),
      ...unknownExtensions(this.#parsed, "authority").map((oid) => ({
        what: `has the critical extension ${oid}, which clients do not know and therefore refuse`,
        fix: reissued("the extension not critical, or without it"),
      })),
    ];
  }

  private flawsByStrictness(): Flaw[] {
    if (this.#basicConstraints?.cA !== true) {
      return [];
    }
    const refusals = refusalsOf(this.#parsed, this.der, this.isRoot ? "root" : "intermediate");
    const isForeign = this.isRoot && !this.isIdentifiedBy(this);
    const foreign = { what: "names another key than its own as its issuer's key (RFC 5280, section 4.2.1.1)" };
    return [...refusals, ...(isForeign ? [foreign] : [])].map((refusal) => this.toFlaw(refusal));
  }

  /** A flaw that a re-issued certificate fixes. */
  public toFlaw(refusal: Refusal): Flaw {
    return { ...refusal, fix: `re-issue it, with the same key: ${formatAuthorityCommand(this)}` };
  }

  private get maySign(): boolean {
    return this.#keyUsage?.includes("keyCertSign") !== false;
  }

  private get hasSubject(): boolean {
    return this.encodedName.length > 0;
  }
}

function flawIf(isFlawed: boolean, what: string, fix: string): Flaw[] {
  return isFlawed ? [{ what, fix }] : [];
}

function parseDomain(given: string): string | undefined {
  const dot = given.startsWith(".") ? "." : "";
  const address = new Problems().attempt("", () => Address.parse(given.slice(dot.length)));
  return address === undefined || address.kind === "ip" || address.isWildcard ? undefined : dot + address.text;
}
