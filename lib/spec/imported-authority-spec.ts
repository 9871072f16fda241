import { hide, invalid, Problems, quote, type ProblemKind } from "../errors";
import type { Address } from "../values/address";
import { type Custody, parseCustody } from "../values/custody";
import type { DistinguishedName } from "../values/distinguished-name";
import { isObject } from "../values/plain-data";
import { addHours, day, timestamp } from "../values/time";
import { Chain } from "../x509/chain";
import { curveOf } from "../x509/key-type";
import { digestFor } from "../x509/profile";
import { permitting } from "../x509/name-constraints";
import { describeRefusal } from "../x509/strictness/refusal";
import { checkImportedKey } from "./imported-key";
import { INPUT_AT_MOST, readInput, tooLarge } from "./input-file";
import type { SigningAuthority } from "./signing-authority";

/** The declaration of an imported authority: its certificate, and the place of its key. */
export interface ImportedAuthorityProps {
  /**
   * The file with the certificate of the authority that signs: PEM, or DER for a single certificate. For an intermediate
   * authority, its certificate comes first, and those of the authorities above it follow in any order, including the root. The
   * path is relative to the directory where cdktf is run, or absolute.
   * @default - certificatePem
   */
  readonly certificateFile?: string;
  /**
   * The same certificates as PEM text.
   * @default - certificateFile
   */
  readonly certificatePem?: string;
  /**
   * The file with the private key in PEM: PKCS #8, PKCS #1 or SEC 1, with or without a password. The path is relative to the
   * directory where cdktf is run, or absolute. The file may be missing at synth; if it exists, it is checked.
   * @default - keyVariable
   */
  readonly keyFile?: string;
  /**
   * The name of the Terraform variable with the key as PEM, without a password. Give the key in the environment, as
   * TF_VAR_<name>.
   * @default - keyFile
   */
  readonly keyVariable?: string;
  /**
   * The name of the Terraform variable with the password of keyFile. Give the password in the environment, as TF_VAR_<name>.
   * @default - keyFile has no password
   */
  readonly passwordVariable?: string;
  /**
   * Where the keys of the certificates that the authority signs live.
   * @default "state"
   */
  readonly custody?: Custody;
}

/** Checked {@link ImportedAuthorityProps}. Immutable. */
export class ImportedAuthoritySpec implements SigningAuthority {
  /** Sorted; a domain that starts with a dot permits only the names below it. */
  public readonly permittedDomains: readonly string[] | undefined;
  public readonly mayCertifyClients: boolean;
  /** The certificate of the authority that signs. */
  public readonly certificatePem: string;
  /**
   * The certificates that follow a server's own certificate: that of the authority that signed it, and those of the
   * authorities above, in that order, without the root. Empty if the root signs.
   */
  public readonly chainPem: string;
  /** The certificate of the root: the trust anchor of clients. */
  public readonly trustAnchorPem: string;
  /** The identity by which clients know the trust anchor: the same for any certificate of its name and key. */
  public readonly trustAnchorIdentity: string;
  /** The public key of the authority that signs: SubjectPublicKeyInfo, as `openssl pkey -pubout` writes it. */
  public readonly publicKeyPem: string;
  /** The hash of its signatures, in openssl's words. */
  public readonly digest: "sha256" | "sha384" | "sha512";
  /** The time when the first certificate of the chain expires: "2031-01-05T09:00:00Z" (RFC 3339). */
  public readonly notAfter: string;
  /** What only one kind of clients refuses: one text for each certificate, in the order of the chain. */
  public readonly warnings: readonly string[];
  /** The subject of the authority that signs; undefined if it has other attributes than a distinguished name here. */
  public readonly subject: DistinguishedName | undefined;
  readonly #isPermitted: (name: string) => boolean;
  readonly #now: Date;

  private constructor(
    chain: Chain,
    now: Date,
    public readonly custody: Custody,
    public readonly keyFile: string | undefined,
    public readonly keyVariable: string | undefined,
    public readonly passwordVariable: string | undefined,
  ) {
    const { signer, trustAnchor } = chain;
    this.permittedDomains = chain.permittedDomains;
    this.#isPermitted = permitting(this.permittedDomains);
    this.mayCertifyClients = chain.mayCertifyClients;
    this.certificatePem = signer.pem;
    this.chainPem = chain.belowTrustAnchor.map(({ pem }) => pem).join("");
    this.trustAnchorPem = trustAnchor.pem;
    this.trustAnchorIdentity = trustAnchor.identity;
    this.publicKeyPem = signer.publicKey.export({ type: "spki", format: "pem" }).toString();
    this.digest = digestFor(curveOf(signer.publicKey));
    this.notAfter = timestamp(chain.notAfter);
    this.warnings = chain.warnings.map(
      ({ name, refusals, fix }) =>
        `The certificate of ${quote(name)} ${refusals.map(describeRefusal).join("; ")}. To fix it, ${fix}.`,
    );
    this.subject = signer.subject;
    this.#now = now;
  }

  /**
   * Reads the certificates and, if available, the key: from its file, or from its variable in the environment.
   *
   * @param now the time at which all certificates must be valid
   * @throws InvalidInputError with every problem; it never shows the key or its password
   */
  public static fromProps(props: ImportedAuthorityProps, now: Date = new Date()): ImportedAuthoritySpec {
    if (!isObject(props)) {
      throw invalid("an authority", props, "is not an authority", 'write it as in { certificateFile: "ca.pem", … }');
    }
    const { certificatePem, keyFile, keyVariable, passwordVariable, custody: given = "state" } = props;
    const problems = new Problems();
    const chain = problems.attempt(certificatePem === undefined ? "certificateFile" : "certificatePem", () =>
      Chain.fromContent(readCertificates(props), shown(props), now, given === "state"),
    );
    const custody = problems.attempt("custody", () => parseCustody(given));
    checkImportedKey(problems, props, custody, chain?.signer);
    problems.throwIfAny("an authority");
    if (chain === undefined || custody === undefined) {
      throw problems.toError("an authority");
    }
    return new ImportedAuthoritySpec(chain, now, custody, keyFile, keyVariable, passwordVariable);
  }

  public permits(address: Address): boolean {
    return address.kind === "ip" || this.#isPermitted(address.text);
  }

  public isNamed(subject: DistinguishedName): boolean {
    return this.subject?.equals(subject) === true;
  }

  public flawOfDuration(durationHours: number): string | undefined {
    const end = new Date(this.notAfter);
    return addHours(this.#now, durationHours) > end
      ? `would outlive its authority, which expires on ${day(end)}`
      : undefined;
  }
}

/** The value that the problems of the certificates show. */
function shown({ certificateFile, certificatePem }: ImportedAuthorityProps): unknown {
  return certificatePem === undefined ? certificateFile : hide(certificatePem);
}

/** @throws InvalidInputError unless there is exactly one source */
function readCertificates(props: ImportedAuthorityProps): string | Buffer {
  const { certificateFile, certificatePem } = props;
  const refuse = (reason: string, fix: string, kind: ProblemKind) =>
    invalid("certificates", shown(props), reason, fix, kind);

  if (certificateFile !== undefined && certificatePem !== undefined) {
    throw refuse("is a second certificate, in addition to certificateFile", "give one of the two", "conflict");
  }
  if (certificateFile === undefined && certificatePem === undefined) {
    throw refuse("is required", "name the file with the certificate, or give certificatePem", "required");
  }
  if (certificatePem !== undefined && typeof certificatePem !== "string") {
    throw refuse("is not text", "give the PEM as a string", "invalid");
  }
  if (certificatePem !== undefined && certificatePem.length > INPUT_AT_MOST) {
    throw tooLarge("certificates", shown(props), Buffer.byteLength(certificatePem));
  }
  const content = certificatePem ?? readInput(certificateFile ?? "");
  if (content === undefined) {
    throw refuse("is not a file that can be read", "name the file with the certificate", "unreadable");
  }
  return content;
}
