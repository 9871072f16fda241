import { Construct } from "constructs";
import type { Custody } from "../values/custody";
import { createIssuers } from "../custody/custodies";
import type { Issuers, PlacedGeneration } from "../custody/custody-kind";
import type { ICertificateAuthority, Issuer } from "../custody/issuer";
import type { AuthoritySpec } from "../spec/authority-generation";
import type { Fleet } from "../spec/fleet";

/** The names of a fleet's resources. States have them, so they never change. */
const NAMES = {
  resourceName: "authority",
  directoryResourceName: "files",
  brokersResourceName: "brokers",
  reloadsResourceName: "reloads",
  ownerResourceName: "owner",
};

/**
 * An authority in one or more generations, each with its own key and certificate. Clients trust all of them, so one can replace
 * another while clients accept every broker all the time.
 */
export class AuthorityGenerations extends Construct {
  /** The authorities by their numbers, in the order of their certificates in `ca.pem`: the signing one comes first. */
  public readonly all: ReadonlyMap<number, ICertificateAuthority>;
  /** The authority that signs for brokers without a `signingGeneration`. */
  public readonly signing: ICertificateAuthority;

  private readonly generations: readonly PlacedGeneration[];
  private readonly issuers: Issuers;

  constructor(
    scope: Construct,
    id: string,
    { custody, generations, signing, directory, directoryMode, trustForms }: Fleet,
  ) {
    super(scope, id);
    const inOrder = generations.toSorted(
      (one, other) => Number(other.generation === signing) - Number(one.generation === signing),
    );
    this.generations = inOrder.map(({ generation, spec }) => ({
      generation,
      spec,
      scope: new Construct(this, `${generation}`),
      resourceName: generation === 1 ? NAMES.resourceName : `${NAMES.resourceName}_${generation}`,
    }));
    this.issuers = createIssuers(custody, this, this.generations, {
      ...NAMES,
      directory,
      trustForms,
      ...(directoryMode !== undefined && { directoryMode }),
    });
    this.all = signersOf(this.generations, (generation) => this.issuers.of(generation));
    this.signing = generationIn(this.all, signing);
  }

  /**
   * The same authorities for use in another stack.
   *
   * @param scope the parent, in that stack, of the constructs that they need
   * @param signing the numbers of the generations that sign there
   */
  public signersIn(scope: Construct, signing: readonly number[]): ReadonlyMap<number, ICertificateAuthority> {
    const generations = this.generations
      .filter(({ generation }) => signing.includes(generation))
      .map((one) => ({ ...one, scope: new Construct(scope, `${one.generation}`) }));
    const issuers = this.issuers.issuersIn?.(scope, generations);
    return signersOf(generations, (generation) => issuers?.get(generation));
  }
}

/** The authority with a number that the checked fleet declares. */
export function generationIn(
  authorities: ReadonlyMap<number, ICertificateAuthority>,
  generation: number,
): ICertificateAuthority {
  const found = authorities.get(generation);
  if (found === undefined) {
    throw new Error(`Generation ${generation} of the authority does not sign here`);
  }
  return found;
}

function signersOf(
  generations: readonly PlacedGeneration[],
  issuerOf: (generation: number) => Issuer | undefined,
): ReadonlyMap<number, ICertificateAuthority> {
  return new Map(
    generations.flatMap(({ generation, scope, spec }) => {
      const issuer = issuerOf(generation);
      return issuer === undefined ? [] : [[generation, new SigningGeneration(scope, "signer", spec, issuer)]];
    }),
  );
}

/** A generation that signs. */
class SigningGeneration extends Construct implements ICertificateAuthority {
  constructor(
    scope: Construct,
    id: string,
    public readonly spec: AuthoritySpec,
    public readonly issuer: Issuer,
  ) {
    super(scope, id);
  }

  public get certificatePem(): string {
    return this.issuer.issued.certificatePem.token;
  }

  public get custody(): Custody {
    return this.spec.custody;
  }
}
