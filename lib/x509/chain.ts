import { Problems, quote } from "../errors";
import { AuthorityCertificate, type Flaw } from "./authority-certificate";
import { commonDomains } from "./name-constraints";
import { isPkcs7, PKCS7_LABELS, pemBlocks } from "./pem";
import { describeRefusal, isOfOneKind, type Refusal } from "./strictness/refusal";
import { utf8Of } from "../values/text-file";

/** Files a problem of the certificates. */
type Refuse = (reason: string, fix: string) => void;

/** What only one kind of clients refuses in a certificate. */
interface Warning {
  readonly name: string;
  readonly refusals: readonly Refusal[];
  readonly fix: string;
}

/** The authority that signs, and the authorities above it up to the root, all without fatal flaws. Immutable. */
export class Chain {
  private constructor(
    public readonly signer: AuthorityCertificate,
    /** The authorities above, in their order up to the root. */
    private readonly above: readonly AuthorityCertificate[],
    /** In the order of the certificates. */
    public readonly warnings: readonly Warning[],
  ) {}

  /**
   * Reads a chain of certificates.
   *
   * @param content certificates in PEM, or one in DER: first that of the authority that signs, then the others in any order
   * @param given the value that the problems show
   * @param now the time at which all certificates must be valid
   * @param isForProvider whether Terraform's tls provider signs, which reads the certificate as Go does
   * @throws InvalidInputError with everything that keeps clients from trusting it, or the provider from signing
   */
  public static fromContent(content: string | Buffer, given: unknown, now: Date, isForProvider: boolean): Chain {
    const problems = new Problems();
    const refuse: Refuse = (reason, fix) => {
      problems.add("", given, reason, fix, "refused");
    };
    const [signer, ...others] = parseCertificates(content, refuse);
    if (signer === undefined) {
      throw problems.toError("certificates");
    }
    const above = authoritiesAbove(signer, others, refuse);
    const all = [signer, ...above];
    const warnings = all.flatMap((certificate, index) => {
      refuseUnlessNear(certificate, index, refuse);
      const ofIssuers = [
        all[index + 1]?.refusalOfIssuerIn(certificate.der),
        ...all.slice(index + 1).map((issuer) => issuer.refusalOfNamesIn(certificate)),
      ];
      const flaws = [
        ...certificate.flaws(now),
        ...ofIssuers.flatMap((refusal) => (refusal === undefined ? [] : [certificate.toFlaw(refusal)])),
      ];
      const { name } = certificate;
      const isStopped = ({ stopsProvider = false }: Flaw): boolean => stopsProvider && isForProvider && index === 0;
      const isWarning = (flaw: Flaw): boolean => isOfOneKind(flaw) && !isStopped(flaw);
      for (const [fix, alike] of byFix(flaws.filter((flaw) => !isWarning(flaw)))) {
        const reasons = alike.map(
          (flaw) =>
            `which ${describeRefusal(flaw)}${isStopped(flaw) ? ", and Terraform's tls provider cannot read it" : ""}`,
        );
        refuse(`has ${quote(name)}, ${reasons.join("; ")}`, fix);
      }
      return byFix(flaws.filter(isWarning)).map(([fix, refusals]) => ({ name, refusals, fix }));
    });
    problems.throwIfAny("certificates");
    return new Chain(signer, above, warnings);
  }

  /** The root: the trust anchor of clients. */
  public get trustAnchor(): AuthorityCertificate {
    return this.above.at(-1) ?? this.signer;
  }

  /** The certificates that clients need in addition to the trust anchor, beginning with the authority that signs. */
  public get belowTrustAnchor(): readonly AuthorityCertificate[] {
    return this.all.slice(0, -1);
  }

  /** The time when the first certificate of the chain expires. */
  public get notAfter(): Date {
    return new Date(Math.min(...this.all.map(({ notAfter }) => notAfter.getTime())));
  }

  /** The domains that all of them permit, sorted; undefined if all permit any. */
  public get permittedDomains(): readonly string[] | undefined {
    return commonDomains(this.all.map(({ permittedDomains }) => permittedDomains));
  }

  /** Whether all of them may certify clients: each limits those below it. */
  public get mayCertifyClients(): boolean {
    return this.all.every((certificate) => certificate.mayCertifyClients);
  }

  private get all(): readonly AuthorityCertificate[] {
    return [this.signer, ...this.above];
  }
}

/** Groups flaws by their fix: one command fixes all flaws of a group. */
function byFix(flaws: readonly Flaw[]): (readonly [fix: string, flaws: Flaw[]])[] {
  return [...new Set(flaws.map(({ fix }) => fix))].map((fix) => [fix, flaws.filter((flaw) => flaw.fix === fix)]);
}

/** @param below the number of authorities between it and a server certificate */
function refuseUnlessNear(certificate: AuthorityCertificate, below: number, refuse: Refuse): void {
  const name = quote(certificate.name);
  const { pathLength = below } = certificate;
  if (below > pathLength) {
    const reason = `has ${below} authorities below it but permits ${pathLength} (RFC 5280, section 4.2.1.9)`;
    refuse(`has ${name}, which ${reason}`, "sign with an authority above it, or have it re-issued");
  }
}

/** The certificates in their order, each once. Without any, it files the reason. */
function parseCertificates(content: string | Buffer, refuse: Refuse): AuthorityCertificate[] {
  const text = typeof content === "string" ? content : utf8Of(content).toString("latin1");
  const begun = text.match(/-----BEGIN /g)?.length ?? 0;
  const blocks = pemBlocks(text);
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    refuse(
      "has a private key next to the certificates, which are published",
      "put the key in a separate file, and name that in keyFile",
    );
  }
  const isBundle = blocks.some(({ label }) => PKCS7_LABELS.includes(label));
  if (isBundle || (begun === 0 && typeof content !== "string" && isPkcs7(content))) {
    const options = isBundle ? "-print_certs" : "-print_certs -inform DER";
    refuse(
      "is PKCS #7, a bundle of certificates",
      `convert it to PEM, with openssl pkcs7 ${options} -in FILE -out FILE.pem`,
    );
    return [];
  }
  const ders = blocks.filter(({ label }) => label === "CERTIFICATE").map(({ data }) => data);
  if (begun === 0 && typeof content !== "string") {
    ders.push(content);
  }
  const certificates = ders.flatMap((der) => AuthorityCertificate.fromDer(der) ?? []);
  if (blocks.length < begun || (begun > 0 && certificates.length < ders.length)) {
    refuse("is cut off or damaged", "fetch it again");
  } else if (certificates.length === 0) {
    refuse("has no certificate", "give the certificate of the authority that signs");
  }
  return [...new Map(certificates.map((certificate) => [certificate.pem, certificate])).values()];
}

/** The issuer of the first certificate, its issuer, and so on up to the root. Files certificates that do not fit together. */
function authoritiesAbove(
  signer: AuthorityCertificate,
  others: readonly AuthorityCertificate[],
  refuse: Refuse,
): AuthorityCertificate[] {
  const above: AuthorityCertificate[] = [];
  let rest = others;
  let top = signer;
  while (!top.isRoot) {
    const last = top;
    const issuers = rest.filter((other) => other.hasSigned(last));
    // A cross-signed authority has two certificates.
    const issuer = issuers.find(({ isRoot }) => isRoot) ?? issuers[0];
    if (issuer === undefined) {
      const missing = `has no certificate of ${quote(last.issuerName)} whose key signed ${quote(last.name)}`;
      refuse(missing, "append it and all certificates above it, up to the root, which clients trust");
      break;
    }
    if (!issuer.isIdentifiedBy(last)) {
      const fix = "append the certificate that it names, or have it re-issued";
      refuse(`has ${quote(last.name)}, which names another certificate of ${quote(issuer.name)} as its issuer`, fix);
    }
    above.push(issuer);
    rest = rest.filter((other) => other !== issuer);
    top = issuer;
  }
  if (rest.some((other) => signer.hasSigned(other))) {
    refuse(
      `has ${quote(signer.name)} first, which signed another certificate in it`,
      "put the certificate of the authority that signs first",
    );
  } else {
    for (const { name } of rest) {
      refuse(`has ${quote(name)}, which is not above ${quote(signer.name)}, the first certificate`, "leave it out");
    }
  }
  return above;
}
