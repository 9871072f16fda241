import { Construct } from "constructs";
import { type Issuers, issuersOf, type SharedPlaceProps } from "../custody/issuers";
import type { ICertificateAuthority } from "../custody/issuer";
import { invalid } from "../errors";
import type { GivenGeneration } from "../custody/given-generation";
import type { IssuedCertificate, Issuer } from "../custody/issuer";
import { type AuthorityGeneration, type AuthoritySpec, authoritySpecOf } from "../spec/authority-generation";
import type { ServerCertificateSpec } from "../spec/server-certificate-spec";

export interface AuthorityGenerationsProps extends Omit<SharedPlaceProps, "resourceName"> {
  /** The name of the resources of the first generation; those of others have their number with it. */
  readonly resourceName: string;
  /** Checked, with one custody. */
  readonly generations: readonly AuthorityGeneration[];
  /** The number of the one whose certificate clients get first. */
  readonly signing: number;
}

/**
 * An authority in one or more generations, each with its own key and certificate. Clients trust all of them, so that one can
 * take another's place without a moment in which a client refuses a broker.
 */
export class AuthorityGenerations extends Construct {
  /** By their numbers, in the order in which clients get their certificates. */
  public readonly all: ReadonlyMap<number, ICertificateAuthority>;

  private readonly generations: readonly GivenGeneration[];
  private readonly issuers: Issuers;

  constructor(scope: Construct, id: string, props: AuthorityGenerationsProps) {
    super(scope, id);
    const { generations: given, signing, resourceName, ...place } = props;
    const inOrder = given.toSorted(
      (one, other) => Number(other.generation === signing) - Number(one.generation === signing),
    );
    this.generations = inOrder.map(({ generation, props }) => ({
      generation,
      spec: authoritySpecOf(props),
      scope: new Construct(this, `${generation}`),
      resourceName: generation === 1 ? resourceName : `${resourceName}_${generation}`,
    }));
    const issuers = issuersOf(this, this.generations, { ...place, resourceName });
    this.issuers = issuers;
    this.all = signersOf(this.generations, (generation) => issuers.of(generation));
  }

  /**
   * Those that sign in another stack: the same, as that stack knows them.
   *
   * @param scope where what they need goes
   * @param signing their numbers
   */
  public in(scope: Construct, signing: readonly number[]): ReadonlyMap<number, ICertificateAuthority> {
    const generations = this.generations
      .filter(({ generation }) => signing.includes(generation))
      .map((one) => ({ ...one, scope: new Construct(scope, `${one.generation}`) }));
    const issuers = this.issuers.in?.(scope, generations);
    return signersOf(generations, (generation) => issuers?.get(generation));
  }

  /** @throws InvalidInputError where there is none */
  public at(generation: number): ICertificateAuthority {
    const found = this.all.get(generation);
    if (found === undefined) {
      throw invalid(
        `"${this.node.path}"`,
        generation,
        "is no generation of it",
        `there are ${[...this.all.keys()].join(", ")}`,
      );
    }
    return found;
  }
}

function signersOf(
  generations: readonly GivenGeneration[],
  issuerOf: (generation: number) => Issuer | undefined,
): ReadonlyMap<number, ICertificateAuthority> {
  return new Map(
    generations.flatMap(({ generation, scope, spec }) => {
      const issuer = issuerOf(generation);
      return issuer === undefined ? [] : [[generation, new SigningGeneration(scope, "signer", spec, issuer)]];
    }),
  );
}

/** One of them. */
class SigningGeneration extends Construct implements ICertificateAuthority {
  constructor(
    scope: Construct,
    id: string,
    public readonly spec: AuthoritySpec,
    private readonly issuer: Issuer,
  ) {
    super(scope, id);
  }

  public get issued(): IssuedCertificate {
    return this.issuer.issued;
  }

  public get certificatePem(): string {
    return this.issued.certificatePem.token;
  }

  public issue(scope: Construct, spec: ServerCertificateSpec, resourceName?: string): IssuedCertificate {
    return this.issuer.issue(scope, spec, resourceName);
  }
}
