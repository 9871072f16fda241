import { invalid, Problems } from "../errors";
import { DistinguishedName, type DistinguishedNameProps } from "./distinguished-name";
import { Duration } from "./duration";
import { KeyAlgorithm, type KeyParameters } from "./key-algorithm";
import { isObject } from "./plain-data";

/** What an authority's own certificate is to say. */
export interface CertificateAuthoritySpecProps {
  /** The authority's name: at least one attribute, and not the name of a broker's certificate. */
  readonly subject: DistinguishedNameProps;
  /**
   * The algorithm of the authority's key, and so of every signature that it makes.
   * @default KeyAlgorithm.RSA_2048
   */
  readonly keyAlgorithm?: KeyAlgorithm;
  /**
   * How long its certificate is valid from the hour when it is made. A server certificate is valid for less.
   * @default Duration.days(3650)
   */
  readonly duration?: Duration;
}

/** A checked {@link CertificateAuthoritySpecProps}. Immutable. */
export class CertificateAuthoritySpec {
  /** The properties that {@link fromProps} reads. */
  public static readonly PROPERTIES: readonly string[] = ["subject", "keyAlgorithm", "duration"];

  private constructor(
    public readonly subject: DistinguishedName,
    public readonly keyParameters: KeyParameters,
    public readonly durationHours: number,
  ) {}

  /**
   * @throws InvalidInputError with all that is wrong
   */
  public static fromProps(props: CertificateAuthoritySpecProps): CertificateAuthoritySpec {
    if (!isObject(props)) {
      throw invalid("a certificate authority", props, "is not an authority", "write it as in { subject: { … } }");
    }
    const { duration = Duration.days(3650), keyAlgorithm = KeyAlgorithm.RSA_2048 } = props;
    const problems = new Problems();
    const subject = problems.attempt("subject", () => DistinguishedName.fromProps(props.subject));
    if (subject?.isEmpty === true) {
      problems.add(
        "subject",
        props.subject,
        "has no attribute",
        'name the authority, as in { commonName: "Plant MQTT CA" }',
      );
    }
    const keyParameters = problems.attempt("keyAlgorithm", () => KeyAlgorithm.toParameters(keyAlgorithm));
    const durationHours = problems.attempt("duration", () => Duration.toHours(duration));
    problems.throwIfAny("a certificate authority");
    if (subject === undefined || keyParameters === undefined || durationHours === undefined) {
      throw problems.toError("a certificate authority");
    }
    return new CertificateAuthoritySpec(subject, keyParameters, durationHours);
  }
}
