import type { X509Certificate } from "node:crypto";
import { dnsNamesIn } from "../../x509/alternative-names";
import { AuthorityCertificate } from "../../x509/authority-certificate";
import { permitting } from "../../x509/name-constraints";
import type { ReadCertificate } from "../read/certificate";
import { publicText } from "../show/public-text";
import { type Reason, certain, doubtful, reasonOf } from "./reason";

/** The most names of a certificate to list that its authority may not certify. */
const NAMES_TOLD = 10;

/** An authority at a point in time. Checks that many brokers share run once. */
export class Authority {
  /** The id of its key, from {@link keyId}. */
  public readonly keyId: string;
  /** Its subject as Node writes it, to compare with the issuer of a certificate. */
  public readonly subject: string;
  readonly #isPermitted: (name: string) => boolean;
  readonly #verified = new WeakMap<X509Certificate, boolean>();
  #reasons: readonly Reason[] | undefined;

  private constructor(
    public readonly read: ReadCertificate,
    private readonly certificate: AuthorityCertificate,
    private readonly now: Date,
  ) {
    this.keyId = keyId(certificate.publicKey);
    this.subject = read.x509.subject;
    this.#isPermitted = permitting(certificate.permittedDomains);
  }

  /** Undefined if the certificate cannot be understood. */
  public static of(read: ReadCertificate, now: Date): Authority | undefined {
    const certificate = AuthorityCertificate.fromDer(read.x509.raw);
    return certificate && new Authority(read, certificate, now);
  }

  /** For messages. */
  public get name(): string {
    return publicText(this.certificate.name);
  }

  public get isRoot(): boolean {
    return this.read.x509.issuer === this.subject && this.verifies(this.read.x509);
  }

  /** Whether its key made the signature; the issuer's name is not compared. */
  public verifies(x509: X509Certificate): boolean {
    const verified = this.#verified.get(x509) ?? x509.verify(this.certificate.publicKey);
    this.#verified.set(x509, verified);
    return verified;
  }

  /** Why clients do not trust it, apart from its issuer. */
  public get reasons(): readonly Reason[] {
    this.#reasons ??= this.certificate.flaws(this.now).map((flaw) =>
      // A client understands name constraints, and may find the names permitted.
      flaw.what.startsWith("has name constraints") ? doubtful(flaw.what) : reasonOf(flaw),
    );
    return this.#reasons;
  }

  /**
   * Why clients refuse a certificate that it signed.
   *
   * @param authoritiesBelow the number of authorities between it and the server's certificate
   * @param dnsNames the DNS names in the server's certificate
   */
  public reasonsAgainst(signed: X509Certificate, authoritiesBelow: number, dnsNames: readonly string[]): Reason[] {
    const { pathLength } = this.certificate;
    const own = this.reasons.map(({ text, isCertain }) => ({ text: `its authority ${this.name} ${text}`, isCertain }));
    const isAnothers = own.length === 0 && !signed.checkIssued(this.read.x509);
    const isTooFar = pathLength !== undefined && authoritiesBelow > pathLength;
    const ofIssuer = this.certificate.refusalOfIssuerIn(signed.raw);
    // The issuer of an authority must permit the authority's names too.
    const names = authoritiesBelow === 0 ? dnsNames : [...dnsNames, ...dnsNamesIn(signed)];
    const outside = names.filter((name) => !this.#isPermitted(name));
    return [
      ...own,
      ...(isAnothers
        ? [certain(`names a different issuer certificate than that of ${this.name}, which signed it`)]
        : []),
      ...(ofIssuer === undefined ? [] : [reasonOf(ofIssuer)]),
      ...(isTooFar
        ? [
            certain(
              `its authority ${this.name} allows ${pathLength} authorities below it (path length), and has ${authoritiesBelow}`,
            ),
          ]
        : []),
      ...outside
        .slice(0, NAMES_TOLD)
        .map((name) => certain(`its authority ${this.name} may not certify ${publicText(name)} (name constraints)`)),
      ...(outside.length > NAMES_TOLD
        ? [
            certain(
              `its authority ${this.name} may not certify ${outside.length - NAMES_TOLD} more names (name constraints)`,
            ),
          ]
        : []),
    ];
  }
}

/** An id that is the same for the same key, in any certificate or file. */
export function keyId(publicKey: AuthorityCertificate["publicKey"]): string {
  try {
    return publicKey.export({ type: "spki", format: "der" }).toString("base64");
  } catch {
    return ""; // A key with an invalid point has no encoding.
  }
}
