import type { Construct } from "constructs";
import { Annotations } from "../cdk";
import type { Custody } from "../values/custody";
import { ImportedAuthoritySpec } from "../spec/imported-authority-spec";
import type { AuthoritySpec } from "../spec/authority-generation";
import type { CustodyKind, Issuers, PlacedGeneration } from "./custody-kind";
import type { Issuer } from "./issuer";
import { machineCustody } from "./machine/custody";
import type { AuthorityPlaceProps, SharedPlaceProps } from "./place-props";
import { stateCustody } from "./state/custody";

/** The custodies that there are: here, and nowhere else, one is chosen. */
export const CUSTODIES: Readonly<Record<Custody, CustodyKind>> = { state: stateCustody, machine: machineCustody };

/**
 * The ways to sign with the generations of an authority, which have that custody. What strict clients refuse one for, the CDK
 * shows as warnings.
 *
 * @param generations in the order in which clients get their certificates
 */
export function createIssuers(
  custody: Custody,
  owner: Construct,
  generations: readonly PlacedGeneration[],
  place: SharedPlaceProps,
): Issuers {
  for (const { spec, scope } of generations) {
    for (const warning of spec instanceof ImportedAuthoritySpec ? spec.warnings : []) {
      Annotations.of(scope).addWarning(warning);
    }
  }
  return CUSTODIES[custody].createIssuers(owner, generations, place);
}

/** The way to sign with an authority that is one generation. */
export function createIssuer(authority: Construct, spec: AuthoritySpec, place: AuthorityPlaceProps): Issuer {
  const generation = { generation: 1, spec, scope: authority, resourceName: place.resourceName };
  return createIssuers(spec.custody, authority, [generation], place).of(1);
}
