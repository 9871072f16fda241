import type { Construct } from "constructs";
import type { PlacedGeneration } from "../custody-kind";
import type { Issuer } from "../issuer";
import { createAuthority, type SharedProviderAuthority } from "./authority";
import { importAuthority } from "./imported-authority";
import { ProviderIssuer } from "./issuer";
import { ensureTlsProvider } from "./providers";
import { ImportedAuthoritySpec } from "../../spec/imported-authority-spec";

/** Custody `state`: the generations of an authority that Terraform's tls provider signs with. */
export class ProviderIssuers {
  private readonly authorities: ReadonlyMap<number, SharedProviderAuthority>;

  constructor(
    private readonly owner: Construct,
    generations: readonly PlacedGeneration[],
  ) {
    ensureTlsProvider(owner);
    this.authorities = new Map(
      generations.map(({ generation, spec, scope, resourceName }) => [
        generation,
        spec instanceof ImportedAuthoritySpec
          ? importAuthority(scope, spec, resourceName)
          : createAuthority(scope, spec, resourceName),
      ]),
    );
  }

  public of(generation: number): Issuer {
    return new ProviderIssuer(this.at(generation));
  }

  public issuersIn(scope: Construct, generations: readonly PlacedGeneration[]): ReadonlyMap<number, Issuer> {
    // Without a broker, the engine still needs the provider to delete the old resources.
    ensureTlsProvider(scope);
    return new Map(
      generations.map((one) => [one.generation, new ProviderIssuer(this.at(one.generation).inStackOf(one.scope))]),
    );
  }

  private at(generation: number): SharedProviderAuthority {
    const found = this.authorities.get(generation);
    if (found === undefined) {
      throw new Error(`${this.owner.node.path} has no generation ${generation}`);
    }
    return found;
  }
}
