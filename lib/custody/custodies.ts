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

/** All custodies. Only this file chooses one. */
export const CUSTODIES: Readonly<Record<Custody, CustodyKind>> = { state: stateCustody, machine: machineCustody };

/**
 * Creates an issuer for each generation of an authority. The CDK shows a warning for anything that strict clients refuse.
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

/** Creates the issuer of an authority with a single generation. */
export function createIssuer(authority: Construct, spec: AuthoritySpec, place: AuthorityPlaceProps): Issuer {
  const generation = { generation: 1, spec, scope: authority, resourceName: place.resourceName };
  return createIssuers(spec.custody, authority, [generation], place).of(1);
}
