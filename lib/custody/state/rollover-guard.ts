import { Construct } from "constructs";
import type { ICertificateAuthority } from "../issuer";
import { type Expression, hcl, interpolate } from "../../terraform/expression";
import { TerraformData } from "../../terraform/terraform-data";
import { CertificateAuthoritySpec } from "../../spec/certificate-authority-spec";
import { ImportedAuthoritySpec } from "../../spec/imported-authority-spec";

export interface RolloverGuardProps {
  /** All generations of a fleet's authority, by number, in its stack. */
  readonly authorities: ReadonlyMap<number, ICertificateAuthority>;
  /** The numbers of the generations that sign. */
  readonly signing: readonly number[];
}

/**
 * Stops a plan in which a new authority signs for an existing fleet: no client can have its certificate yet.
 *
 * A plan cannot see earlier declarations. So the state keeps, for the fleet and for each generation, the time of the plan that
 * declared it first, and each later plan reads these times.
 */
export class RolloverGuard extends Construct {
  private readonly times = new Map<number, TerraformData>();

  constructor(scope: Construct, id: string, { authorities, signing }: RolloverGuardProps) {
    super(scope, id);
    for (const [generation, { spec }] of authorities) {
      const identity = spec instanceof ImportedAuthoritySpec ? spec.trustAnchorIdentity : "made here";
      const name = generation === 1 ? "authority_since" : `authority_${generation}_since`;
      this.times.set(generation, this.createTime(name, { triggers_replace: identity }));
    }
    const guarded = signing.filter((generation) => {
      const spec = authorities.get(generation)?.spec;
      return !(spec instanceof CertificateAuthoritySpec) || spec.preventDestroy;
    });
    const fleet = this.createTime("fleet_since", {});
    fleet.lifecycle = {
      ignoreChanges: ["input"],
      postcondition: guarded.map((generation) => ({
        condition: interpolate(hcl`self.input == plantimestamp() || !(${this.isNew(generation)})`),
        errorMessage: `Generation ${generation} of the authority would sign for brokers in the deployment that makes it, and clients do not trust it yet. Deploy it first, next to the one that signs now, give clients the new ca.pem, and let it sign afterwards. If the authority that signs now is missing from the declaration, declare it again under its generation number. To replace it at once, declare the new one with preventDestroy: false.`,
      })),
    };
  }

  /** Whether the plan is the first with that generation. The value is known in every plan. */
  public isNew(generation: number): Expression {
    const time = this.times.get(generation);
    if (time === undefined) {
      throw new Error(`${this.node.path} has no generation ${generation}`);
    }
    return hcl`${time.address}.input == plantimestamp()`;
  }

  private createTime(name: string, attributes: Readonly<Record<string, unknown>>): TerraformData {
    return new TerraformData(this, name, {
      resourceName: name,
      lifecycle: { ignoreChanges: ["input"] },
      attributes: { input: interpolate(hcl`plantimestamp()`), ...attributes },
    });
  }
}
