import { invalid } from "../errors";

/** What a private key is made of, in the terms of Terraform's tls provider. */
export interface KeyParameters {
  readonly algorithm: "RSA" | "ECDSA" | "ED25519";
  /** The modulus' length in bits, with RSA. */
  readonly rsaBits?: number;
  /** The curve, with ECDSA. */
  readonly ecdsaCurve?: "P256" | "P384";
}

/** What there is, by its name. */
export type KeyAlgorithmName = "RSA-2048" | "RSA-3072" | "RSA-4096" | "ECDSA-P256" | "ECDSA-P384" | "Ed25519";

const BY_NAME: Readonly<Record<KeyAlgorithmName, KeyParameters>> = {
  "RSA-2048": { algorithm: "RSA", rsaBits: 2048 },
  "RSA-3072": { algorithm: "RSA", rsaBits: 3072 },
  "RSA-4096": { algorithm: "RSA", rsaBits: 4096 },
  "ECDSA-P256": { algorithm: "ECDSA", ecdsaCurve: "P256" },
  "ECDSA-P384": { algorithm: "ECDSA", ecdsaCurve: "P384" },
  Ed25519: { algorithm: "ED25519" },
};

/** All of them, the most widely taken first. */
export const KEY_ALGORITHM_NAMES = Object.keys(BY_NAME) as readonly KeyAlgorithmName[];

const PARAMETERS: ReadonlyMap<string, KeyParameters> = new Map(Object.entries(BY_NAME));

/**
 * The algorithm of a key pair, with its strength. Immutable.
 *
 * Making one never fails, so that a whole fleet's can be judged, and reported, together.
 */
export class KeyAlgorithm {
  /** What all clients took that were tried, those of small devices included. */
  public static readonly RSA_2048 = KeyAlgorithm.fromName("RSA-2048");
  public static readonly RSA_3072 = KeyAlgorithm.fromName("RSA-3072");
  public static readonly RSA_4096 = KeyAlgorithm.fromName("RSA-4096");
  /** Small and fast, for clients of this decade. */
  public static readonly ECDSA_P256 = KeyAlgorithm.fromName("ECDSA-P256");
  public static readonly ECDSA_P384 = KeyAlgorithm.fromName("ECDSA-P384");
  /** For clients that are known to take it: many TLS stacks for small devices do not. */
  public static readonly ED25519 = KeyAlgorithm.fromName("Ed25519");

  private constructor(public readonly name: string) {}

  /** @param name `RSA-2048`, `RSA-3072`, `RSA-4096`, `ECDSA-P256`, `ECDSA-P384` or `Ed25519` */
  public static fromName(name: string): KeyAlgorithm {
    return new KeyAlgorithm(name);
  }

  /**
   * An algorithm in the terms of Terraform's tls provider.
   *
   * @param algorithm what was given for one: plain JavaScript may give anything
   * @throws InvalidInputError where it is unknown, or RSA with less than 2048 bits
   * @internal
   */
  public static toParameters(algorithm: KeyAlgorithm): KeyParameters {
    if (!(algorithm instanceof KeyAlgorithm)) {
      const names = Object.entries(KeyAlgorithm).flatMap(([constant, { name }]) =>
        name === algorithm || constant === algorithm ? [constant] : [],
      );
      const fix = `write KeyAlgorithm.${names[0] ?? "ECDSA_P256"}${names.length === 0 ? ", for one" : ""}`;
      throw invalid("a key algorithm", algorithm, "is not a KeyAlgorithm", fix);
    }
    const parameters = PARAMETERS.get(algorithm.name);
    if (parameters !== undefined) {
      return parameters;
    }
    const bits = /^RSA-(\d+)$/.exec(algorithm.name)?.[1];
    const isWeak = bits !== undefined && Number(bits) < 2048;
    throw invalid(
      "a key algorithm",
      algorithm.name,
      isWeak ? "is too weak: clients refuse RSA under 2048 bits" : "is not a key algorithm that is offered",
      `choose one of ${KEY_ALGORITHM_NAMES.join(", ")}`,
    );
  }

  /**
   * The name of an algorithm that {@link toParameters} returned.
   *
   * @internal
   */
  public static nameOf(parameters: KeyParameters): string {
    return [...PARAMETERS].find(([, known]) => known === parameters)?.[0] ?? "";
  }

  public toString(): string {
    return this.name;
  }
}
