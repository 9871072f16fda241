import type { X509Certificate } from "node:crypto";
import { dnsNamesIn } from "../../x509/alternative-names";
import { AuthorityCertificate } from "../../x509/authority-certificate";
import { permitting } from "../../x509/name-constraints";
import type { ReadCertificate } from "../read/certificate";
import { publicText } from "../show/public-text";
import { type Reason, certain, doubtful, reasonOf } from "./reason";

/** Of a certificate, that an authority may not certify. */
const NAMES_TOLD = 10;

/** An authority at a time. What is asked of it for each of many brokers is worked out once. */
export class Authority {
  /** As {@link keyId} has it. */
  public readonly keyId: string;
  /** In Node's words, as an issuer is. */
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

  /** Undefined where it is not understood. */
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

  /** Whether its key made the signature, whomever the certificate names as its issuer. */
  public verifies(x509: X509Certificate): boolean {
    const verified = this.#verified.get(x509) ?? x509.verify(this.certificate.publicKey);
    this.#verified.set(x509, verified);
    return verified;
  }

  /** What keeps clients from trusting it, whoever signed it. */
  public get reasons(): readonly Reason[] {
    this.#reasons ??= this.certificate.flaws(this.now).map((flaw) =>
      // A client understands them, and may well find the names to be permitted.
      flaw.what.startsWith("has name constraints") ? doubtful(flaw.what) : reasonOf(flaw),
    );
    return this.#reasons;
  }

  /**
   * What keeps clients from taking its word for a certificate that it signed.
   *
   * @param authoritiesBelow how many stand between it and the server's certificate
   * @param dnsNames those that the server's certificate is for
   */
  public reasonsAgainst(signed: X509Certificate, authoritiesBelow: number, dnsNames: readonly string[]): Reason[] {
    const { pathLength } = this.certificate;
    const own = this.reasons.map(({ text, isCertain }) => ({ text: `its authority ${this.name} ${text}`, isCertain }));
    const isAnothers = own.length === 0 && !signed.checkIssued(this.read.x509);
    const isTooFar = pathLength !== undefined && authoritiesBelow > pathLength;
    const ofIssuer = this.certificate.refusalOfIssuerIn(signed.raw);
    // An authority's names are to be permitted as well, by who signed it.
    const names = authoritiesBelow === 0 ? dnsNames : [...dnsNames, ...dnsNamesIn(signed)];
    const outside = names.filter((name) => !this.#isPermitted(name));
    return [
      ...own,
      ...(isAnothers ? [certain(`names another certificate than that of ${this.name}, which signed it`)] : []),
      ...(ofIssuer === undefined ? [] : [reasonOf(ofIssuer)]),
      ...(isTooFar
        ? [
            certain(
              `its authority ${this.name} may have ${pathLength} authorities below it, and has ${authoritiesBelow}`,
            ),
          ]
        : []),
      ...outside
        .slice(0, NAMES_TOLD)
        .map((name) => certain(`its authority ${this.name} may not certify ${publicText(name)} (name constraints)`)),
      ...(outside.length > NAMES_TOLD
        ? [
            certain(
              `its authority ${this.name} may not certify ${outside.length - NAMES_TOLD} names more (name constraints)`,
            ),
          ]
        : []),
    ];
  }
}

/** The same for the same key, in whatever it stands. */
export function keyId(publicKey: AuthorityCertificate["publicKey"]): string {
  try {
    return publicKey.export({ type: "spki", format: "der" }).toString("base64");
  } catch {
    return ""; // A point that is none has no encoding.
  }
}
