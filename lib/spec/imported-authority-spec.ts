import type { KeyObject } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { invalid, type InvalidInputError, Problems, quote } from "../errors";
import type { Address } from "../values/address";
import { type Custody, parseCustody } from "../values/custody";
import type { DistinguishedName } from "../values/distinguished-name";
import { looserMode } from "../values/file-mode";
import { environmentVariable, refuseUnlessVariable } from "../values/key-password";
import { pemBlocks } from "../x509/pem";
import { isObject } from "../values/plain-data";
import { isProtected, openKey } from "../x509/private-key";
import type { SigningAuthority } from "./signing-authority";
import { AuthorityCertificate, day, isWithin } from "../x509/authority-certificate";

/** An authority that was made elsewhere: its certificate, and where its key is. */
export interface ImportedAuthorityProps {
  /**
   * File with the certificate of who signs: PEM, or DER where it is alone. Where that is an intermediate authority, its
   * certificate comes first, and those of the authorities above follow in any order, the root's included. Relative to
   * the directory where cdktf is run, or absolute.
   * @default - certificatePem
   */
  readonly certificateFile?: string;
  /**
   * The same as text.
   * @default - certificateFile
   */
  readonly certificatePem?: string;
  /**
   * File with its private key in PEM: PKCS#8, PKCS#1 or SEC 1, with or without a password. Relative to the directory
   * where cdktf is run, or absolute. It need not be there at synth; where it is, it is checked.
   * @default - keyVariable
   */
  readonly keyFile?: string;
  /**
   * The name of the Terraform variable that has the key as PEM, without a password: give it in the environment, as
   * TF_VAR_<name>.
   * @default - keyFile
   */
  readonly keyVariable?: string;
  /**
   * The name of the Terraform variable that has the password of keyFile: give it in the environment, as TF_VAR_<name>.
   * @default - keyFile has none
   */
  readonly passwordVariable?: string;
  /**
   * Where the keys of the certificates that it signs live.
   * @default "state"
   */
  readonly custody?: Custody;
}

/** A checked {@link ImportedAuthorityProps}. Immutable. */
export class ImportedAuthoritySpec implements SigningAuthority {
  /** In the order of their text; one that starts with a dot permits the names below it alone. */
  public readonly permittedDomains: readonly string[] | undefined;
  /** The certificate of who signs. */
  public readonly certificatePem: string;
  /**
   * What a server's own certificate is followed by: the certificates of who signed it and of the authorities above, in
   * that order, without the root's. Empty where the root signs.
   */
  public readonly chainPem: string;
  /** The certificate of the root: what clients trust. */
  public readonly trustAnchorPem: string;
  /** What clients know the trust anchor by, whatever certificate it has. */
  public readonly trustAnchorIdentity: string;
  /** The public key of who signs: SubjectPublicKeyInfo, as `openssl pkey -pubout` writes it. */
  public readonly publicKeyPem: string;
  /** What its signatures are over, in openssl's words. */
  public readonly digest: "sha256" | "sha384" | "sha512";
  /** When the first certificate of the chain ends: "2031-01-05T09:00:00Z" (RFC 3339). */
  public readonly notAfter: string;
  /** What strict clients refuse it for: a text for each certificate of the chain without a key usage, in their order. */
  public readonly warnings: readonly string[];
  /** Of who signs; undefined where it has attributes of its own. */
  public readonly subject: DistinguishedName | undefined;
  readonly #now: Date;

  private constructor(
    chain: Chain,
    now: Date,
    public readonly custody: Custody,
    public readonly keyFile: string | undefined,
    public readonly keyVariable: string | undefined,
    public readonly passwordVariable: string | undefined,
  ) {
    const { signer, above } = chain;
    const all = [signer, ...above];
    const ends = all.map(({ notAfter }) => notAfter.getTime());
    this.permittedDomains = commonDomains(all);
    this.certificatePem = signer.pem;
    this.chainPem = all
      .slice(0, -1)
      .map(({ pem }) => pem)
      .join("");
    const trustAnchor = above.at(-1) ?? signer;
    this.trustAnchorPem = trustAnchor.pem;
    this.trustAnchorIdentity = trustAnchor.identity;
    this.publicKeyPem = signer.publicKey.export({ type: "spki", format: "pem" }).toString();
    this.digest = DIGESTS.get(signer.publicKey.asymmetricKeyDetails?.namedCurve) ?? "sha256";
    this.notAfter = new Date(Math.min(...ends)).toISOString().replace(/\.\d+Z$/, "Z");
    this.warnings = all.filter(({ hasKeyUsage }) => !hasKeyUsage).map(({ name }) => warningOfKeyUsage(name));
    this.subject = signer.subject;
    this.#now = now;
  }

  /**
   * Reads the certificates and, where it is at hand, the key: its file, or its variable in the environment.
   *
   * @param now the time at which all must be valid
   * @throws InvalidInputError with all that is wrong, the key and its password never shown
   */
  public static fromProps(props: ImportedAuthorityProps, now: Date = new Date()): ImportedAuthoritySpec {
    if (!isObject(props)) {
      throw invalid("an authority", props, "is not an authority", 'write it as in { certificateFile: "ca.pem", … }');
    }
    const { certificateFile, certificatePem, keyFile, keyVariable, passwordVariable, custody: given = "state" } = props;
    const problems = new Problems();
    const chain = problems.attempt(certificatePem === undefined ? "certificateFile" : "certificatePem", () =>
      parseChain(readCertificates(props), certificatePem ?? certificateFile, now),
    );
    checkKey(problems, props, chain?.signer);
    const custody = problems.attempt("custody", () => parseCustody(given));
    problems.throwIfAny("an authority");
    if (chain === undefined || custody === undefined) {
      throw problems.toError("an authority");
    }
    return new ImportedAuthoritySpec(chain, now, custody, keyFile, keyVariable, passwordVariable);
  }

  public permits(address: Address): boolean {
    const { permittedDomains: domains } = this;
    return address.kind === "ip" || domains === undefined || domains.some((domain) => isWithin(address.text, domain));
  }

  public isNamed(subject: DistinguishedName): boolean {
    return this.subject?.equals(subject) === true;
  }

  public flawOfDuration(durationHours: number): string | undefined {
    const end = new Date(this.notAfter);
    return this.#now.getTime() + durationHours * 3_600_000 > end.getTime()
      ? `would outlive its authority, which ends on ${day(end)}`
      : undefined;
  }
}

/** As Terraform's tls provider chooses them, by the curve of the key that signs. */
const DIGESTS: ReadonlyMap<string | undefined, "sha384" | "sha512"> = new Map([
  ["secp384r1", "sha384"],
  ["secp521r1", "sha512"],
]);

/** Who signs, and the authorities above in their order, up to the root. */
interface Chain {
  readonly signer: AuthorityCertificate;
  readonly above: readonly AuthorityCertificate[];
}

/** Files what is wrong with the certificates. */
type Refuse = (reason: string, fix: string) => void;

/** @throws InvalidInputError where there is none, or more than one */
function readCertificates(props: ImportedAuthorityProps): string | Buffer {
  const { certificateFile, certificatePem } = props;
  const refuse = (reason: string, fix: string) =>
    invalid("certificates", certificatePem ?? certificateFile, reason, fix);

  if (certificateFile !== undefined && certificatePem !== undefined) {
    throw refuse("is a second certificate beside certificateFile", "give one of the two");
  }
  if (certificateFile === undefined && certificatePem === undefined) {
    throw refuse("is missing", "name the file with the certificate, or give certificatePem");
  }
  if (certificatePem !== undefined && typeof certificatePem !== "string") {
    throw refuse("is not text", "give the PEM as a string");
  }
  const content = certificatePem ?? readFile(certificateFile ?? "");
  if (content === undefined) {
    throw refuse("is not a file that can be read", "name the file with the certificate");
  }
  return content;
}

/**
 * @param given what the problems are shown to be in
 * @throws InvalidInputError with all that keeps clients from trusting it
 */
function parseChain(content: string | Buffer, given: string | undefined, now: Date): Chain {
  const problems = new Problems();
  const refuse: Refuse = (reason, fix) => {
    problems.add("", given, reason, fix);
  };
  const [signer, ...others] = parseCertificates(content, refuse);
  if (signer === undefined) {
    throw problems.toError("certificates");
  }
  const above = authoritiesAbove(signer, others, refuse);
  for (const [index, certificate] of [signer, ...above].entries()) {
    const name = quote(certificate.name);
    for (const { what, fix } of certificate.flaws(now)) {
      refuse(`has ${name}, which ${what}`, fix);
    }
    const { pathLength = index } = certificate;
    if (index > pathLength) {
      const reason = `has ${index} authorities below and permits ${pathLength} (RFC 5280, section 4.2.1.9)`;
      refuse(`has ${name}, which ${reason}`, "sign with an authority above, or have it issued anew");
    }
  }
  problems.throwIfAny("certificates");
  return { signer, above };
}

/** The certificates in their order, each once. Where there are none, it files why. */
function parseCertificates(content: string | Buffer, refuse: Refuse): AuthorityCertificate[] {
  const text = typeof content === "string" ? content : content.toString("latin1");
  const begun = text.match(/-----BEGIN /g)?.length ?? 0;
  const blocks = pemBlocks(text);
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    refuse("has a private key beside the certificates, which are published", "keep the key apart, in keyFile");
  }
  const ders = blocks.filter(({ label }) => label === "CERTIFICATE").map(({ data }) => data);
  if (begun === 0 && typeof content !== "string") {
    ders.push(content);
  }
  const certificates = ders.flatMap((der) => AuthorityCertificate.fromDer(der) ?? []);
  if (blocks.length < begun || (begun > 0 && certificates.length < ders.length)) {
    refuse("is cut off or damaged", "fetch it anew");
  } else if (certificates.length === 0) {
    refuse("has no certificate", "give the certificate of the authority that is to sign");
  }
  return [...new Map(certificates.map((certificate) => [certificate.pem, certificate])).values()];
}

/** Who signed the first, who signed that one, and so on up to the root. Files what does not fit together. */
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
    // One that is cross-signed is there twice.
    const issuer = issuers.find(({ isRoot }) => isRoot) ?? issuers[0];
    if (issuer === undefined) {
      const missing = `has no certificate of ${quote(last.issuerName)} whose key signed ${quote(last.name)}`;
      refuse(missing, "append it, and all above up to the root, which is what clients trust");
      break;
    }
    if (!issuer.isIdentifiedBy(last)) {
      const fix = "append the one that it names, or have it issued anew";
      refuse(`has ${quote(last.name)}, which names another certificate of ${quote(issuer.name)} as its issuer`, fix);
    }
    above.push(issuer);
    rest = rest.filter((other) => other !== issuer);
    top = issuer;
  }
  if (rest.some((other) => signer.hasSigned(other))) {
    refuse(
      `has ${quote(signer.name)} first, which signed another certificate in it`,
      "put the certificate of who signs first",
    );
  } else {
    for (const { name } of rest) {
      refuse(`has ${quote(name)}, which is not above ${quote(signer.name)}, the first`, "leave it out");
    }
  }
  return above;
}

function warningOfKeyUsage(name: string): string {
  return (
    `The certificate of ${quote(name)} has no key usage (RFC 5280, section 4.2.1.3): clients that verify strictly, ` +
    "as Python 3.13 does by default, refuse it. Make it anew with keyUsage = critical, keyCertSign, cRLSign."
  );
}

/** The domains that all of them permit, in the order of their text; undefined where all permit any. */
function commonDomains(authorities: readonly AuthorityCertificate[]): string[] | undefined {
  const lists = authorities.flatMap(({ permittedDomains }) =>
    permittedDomains === undefined ? [] : [permittedDomains],
  );
  if (lists.length === 0) {
    return undefined;
  }
  const all = new Set(lists.flat());
  return [...all].filter((domain) => lists.every((list) => list.some((other) => isWithin(domain, other)))).sort();
}

function checkKey(problems: Problems, props: ImportedAuthorityProps, signer: AuthorityCertificate | undefined): void {
  const { keyFile, keyVariable, passwordVariable } = props;
  for (const name of ["keyVariable", "passwordVariable"] as const) {
    if (props[name] !== undefined) {
      refuseUnlessVariable(problems, name, props[name]);
    }
  }
  if (keyFile === undefined && passwordVariable !== undefined) {
    problems.addHidden("passwordVariable", "is for keyFile alone", "leave it out");
  }
  if (keyFile !== undefined && keyVariable !== undefined) {
    problems.addHidden("keyVariable", "is a second key beside keyFile", "give one of the two");
  } else if (keyFile !== undefined) {
    checkKeyFile(problems, keyFile, passwordVariable, signer);
  } else if (keyVariable !== undefined) {
    checkKeyVariable(problems, keyVariable, signer);
  } else {
    problems.add("keyFile", keyFile, "is missing", "name the file with the key, or its variable in keyVariable");
  }
}

function checkKeyVariable(problems: Problems, variable: string, signer: AuthorityCertificate | undefined): void {
  const pem = valueOf(variable);
  if (pem === undefined) {
    return;
  }
  problems.attempt("keyVariable", () => {
    const key = openKey(pem, undefined);
    if (key === "password needed") {
      const fix = "give the key without, or give it in keyFile, with passwordVariable";
      throw invalid("a key", variable, "has a key that is protected by a password", fix);
    }
    if (typeof key === "string") {
      throw noKey(variable);
    }
    checkBelonging(variable, key, signer);
  });
}

function checkKeyFile(
  problems: Problems,
  file: string,
  passwordVariable: string | undefined,
  signer: AuthorityCertificate | undefined,
): void {
  const pem = problems.attempt("keyFile", () => readFile(file))?.toString("latin1");
  if (pem === undefined) {
    return;
  }
  // Whatever its owner may do.
  const mode = looserMode(statSync(file), "0700");
  if (mode !== undefined) {
    problems.add("keyFile", file, `has mode ${mode}, which is not for its owner alone`, `run: chmod 0600 ${file}`);
  }
  problems.attempt("keyFile", () => {
    const key = openFile(file, pem, passwordVariable);
    if (key !== undefined) {
      checkBelonging(file, key, signer);
    }
  });
}

/**
 * @returns undefined where the password is not in the environment
 * @throws InvalidInputError where it cannot be opened
 */
function openFile(file: string, pem: string, passwordVariable: string | undefined): KeyObject | undefined {
  const refuse = (reason: string, fix: string) => invalid("a key", file, reason, fix);
  const key = openKey(pem, passwordVariable === undefined ? undefined : valueOf(passwordVariable));
  switch (key) {
    case "not a key":
      throw noKey(file);
    case "password needed":
      if (passwordVariable === undefined) {
        throw refuse("is protected by a password", "name the variable that has it in passwordVariable");
      }
      return undefined;
    case "wrong password":
      throw refuse(
        `is not opened by the password in ${environmentVariable(passwordVariable ?? "")}`,
        "give the one that it was protected with",
      );
    case "legacy cipher":
      throw refuse(
        "is encrypted in a way that OpenSSL 3 no longer opens",
        `convert it: openssl pkcs8 -topk8 -provider legacy -provider default -in ${file} -out ${file}.new`,
      );
    default:
      if (passwordVariable !== undefined && !isProtected(pem)) {
        throw refuse("has no password", "leave passwordVariable out");
      }
      return key;
  }
}

function noKey(given: string): InvalidInputError {
  return invalid("a key", given, "has no private key in PEM", "give the key that belongs to the certificate");
}

/** @throws InvalidInputError where it is another's key */
function checkBelonging(given: string, key: KeyObject, signer: AuthorityCertificate | undefined): void {
  if (signer?.hasKey(key) === false) {
    const reason = `has another key than that of ${quote(signer.name)}`;
    throw invalid("a key", given, reason, "give the key that belongs to the certificate");
  }
}

/** The value of a Terraform variable in this environment; undefined where it is empty or is not there. */
function valueOf(variable: string): string | undefined {
  const value = process.env[environmentVariable(variable)];
  return value === "" ? undefined : value;
}

/**
 * @returns undefined where it is not there, or may not be read
 * @throws InvalidInputError where it cannot be a file's name, or is a folder
 */
function readFile(file: string): Buffer | undefined {
  const refuse = (reason: string, fix: string) => invalid("a file", file, reason, fix);
  if (typeof file !== "string" || file.trim() === "") {
    throw refuse("is not a file's name", 'name the file, as in "authority/ca.pem"');
  }
  // Terraform would read these as an expression.
  if (/[\p{Cc}"\\]|[$%]\{/u.test(file)) {
    throw refuse("has a character with a meaning of its own to Terraform", "choose a name without");
  }
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EISDIR") {
      throw refuse("is a folder", "name the file in it");
    }
    return undefined;
  }
}
