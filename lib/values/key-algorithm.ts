import { invalid } from "../errors";

/** The parameters of a private key, in the terms of Terraform's tls provider. */
export interface KeyParameters {
  /** The algorithm. */
  readonly algorithm: "RSA" | "ECDSA" | "ED25519";
  /** The length of the modulus in bits, for RSA. */
  readonly rsaBits?: number;
  /** The curve, for ECDSA. */
  readonly ecdsaCurve?: "P256" | "P384";
}

/** The names of the supported algorithms. */
export type KeyAlgorithmName = "RSA-2048" | "RSA-3072" | "RSA-4096" | "ECDSA-P256" | "ECDSA-P384" | "Ed25519";

const BY_NAME: Readonly<Record<KeyAlgorithmName, KeyParameters>> = {
  "RSA-2048": { algorithm: "RSA", rsaBits: 2048 },
  "RSA-3072": { algorithm: "RSA", rsaBits: 3072 },
  "RSA-4096": { algorithm: "RSA", rsaBits: 4096 },
  "ECDSA-P256": { algorithm: "ECDSA", ecdsaCurve: "P256" },
  "ECDSA-P384": { algorithm: "ECDSA", ecdsaCurve: "P384" },
  Ed25519: { algorithm: "ED25519" },
};

/** All supported algorithms, the most widely accepted first. */
export const KEY_ALGORITHM_NAMES = Object.keys(BY_NAME) as readonly KeyAlgorithmName[];

const PARAMETERS: ReadonlyMap<string, KeyParameters> = new Map(Object.entries(BY_NAME));

/**
 * The algorithm of a key pair, with its strength. Immutable.
 *
 * @example
 * ```ts
 * const broker = { address: "mqtt-1.example.com", keyAlgorithm: KeyAlgorithm.ECDSA_P256 };
 * ```
 */
export class KeyAlgorithm {
  /** RSA with 2048 bits. All clients that were tried accept it, those of small devices included. */
  public static readonly RSA_2048 = KeyAlgorithm.fromName("RSA-2048");
  /** RSA with 3072 bits. */
  public static readonly RSA_3072 = KeyAlgorithm.fromName("RSA-3072");
  /** RSA with 4096 bits: slow on small devices. */
  public static readonly RSA_4096 = KeyAlgorithm.fromName("RSA-4096");
  /** ECDSA on the curve P-256: small and fast, for clients of this decade. */
  public static readonly ECDSA_P256 = KeyAlgorithm.fromName("ECDSA-P256");
  /** ECDSA on the curve P-384. */
  public static readonly ECDSA_P384 = KeyAlgorithm.fromName("ECDSA-P384");
  /** Ed25519, for clients that are known to support it: many TLS stacks for small devices do not. */
  public static readonly ED25519 = KeyAlgorithm.fromName("Ed25519");

  private constructor(
    /** The name of the algorithm, such as "ECDSA-P256". */
    public readonly name: string,
  ) {}

  /**
   * An algorithm by its name. It never throws: the fleet checks all algorithms together and reports every problem at once.
   *
   * @param name `RSA-2048`, `RSA-3072`, `RSA-4096`, `ECDSA-P256`, `ECDSA-P384` or `Ed25519`
   */
  public static fromName(name: string): KeyAlgorithm {
    return new KeyAlgorithm(name);
  }

  /**
   * An algorithm in the terms of Terraform's tls provider.
   *
   * @param algorithm anything, as the caller may be plain JavaScript
   * @throws InvalidInputError if the algorithm is unknown, or RSA with less than 2048 bits
   * @internal
   */
  public static toParameters(algorithm: KeyAlgorithm): KeyParameters {
    if (!(algorithm instanceof KeyAlgorithm)) {
      const names = Object.entries(KeyAlgorithm).flatMap(([constant, { name }]) =>
        name === algorithm || constant === algorithm ? [constant] : [],
      );
      const fix = `write KeyAlgorithm.${names[0] ?? "ECDSA_P256"}${names.length === 0 ? ", for example" : ""}`;
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
      isWeak ? "is too weak: clients refuse RSA under 2048 bits" : "is not a supported key algorithm",
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

  /** The name: the same as {@link name}. */
  public toString(): string {
    return this.name;
  }
}
