import type { Construct } from "constructs";
import { Annotations } from "../cdk";
import type { Problems } from "../errors";
import type { Issuer } from "./issuer";
import { MachineDirectory } from "./machine/directory";
import type { GivenGeneration } from "./given-generation";
import { checkPemDirectory } from "./pem-paths";
import { ProviderIssuers } from "./state/issuers";
import type { AuthoritySpec } from "../spec/authority-generation";
import type { Custody } from "../values/custody";
import { ImportedAuthoritySpec } from "../spec/imported-authority-spec";

/** Where an authority's resources and files go. */
export interface AuthorityPlaceProps {
  /**
   * The name that its resources have in Terraform's plans and state.
   * @default - cdktf derives names from the place in the construct tree
   */
  readonly resourceName?: string;
  /**
   * Where its files, and those of the certificates that it signs, go: relative to the directory where cdktf is run, or
   * absolute. For custody "machine", which has no keys but in files; with custody "state" there is `PemDirectory`.
   * @default "pki"
   */
  readonly directory?: string;
  /**
   * The name that the directory's own resource has in Terraform's plans and state, with custody "machine".
   * @default - cdktf derives one from the place in the construct tree
   */
  readonly directoryResourceName?: string;
}

/** The properties of {@link AuthorityPlaceProps}. */
export const PLACE_PROPERTIES: readonly string[] = [
  "resourceName",
  "directory",
  "directoryResourceName",
] satisfies (keyof AuthorityPlaceProps)[];

/** Files what is wrong with a place. */
export function checkPlace(
  { directory, directoryResourceName }: AuthorityPlaceProps,
  custody: Custody | undefined,
  problems: Problems,
): void {
  if (directory !== undefined) {
    problems.attempt("directory", () => checkPemDirectory(directory));
  }
  for (const [name, value] of Object.entries({ directory, directoryResourceName })) {
    if (custody === "state" && value !== undefined) {
      problems.add(name, value, 'is for custody "machine" alone', "add a PemDirectory");
    }
  }
}

/** The way to sign with an authority that its custody asks for. */
export function issuerOf(authority: Construct, spec: AuthoritySpec, place: AuthorityPlaceProps): Issuer {
  const generation = { generation: 1, spec, scope: authority, resourceName: place.resourceName };
  return issuersOf(authority, [generation], place).of(1);
}

/** The ways to sign with the generations of an authority, by their numbers. */
export interface Issuers {
  /** In the authority's own stack. */
  of(generation: number): Issuer;

  /**
   * In another stack, where the custody can.
   *
   * @param generations those that sign there, with their places there
   */
  in?(scope: Construct, generations: readonly GivenGeneration[]): ReadonlyMap<number, Issuer>;
}

/** Where an authority's resources and files go, with custody "machine" those of the certificates that it signs too. */
export interface SharedPlaceProps extends AuthorityPlaceProps {
  /**
   * The name of the resource that makes the brokers' certificates, with custody "machine".
   * @default - cdktf derives one from the place in the construct tree
   */
  readonly brokersResourceName?: string;
  /**
   * The name of the resource that makes the directory the state's own, with custody "machine".
   * @default - cdktf derives one from the place in the construct tree
   */
  readonly ownerResourceName?: string;
}

/**
 * The ways to sign with the generations of an authority, which have one custody. What strict clients refuse one for, cdktf
 * shows as warnings.
 *
 * @param generations in the order in which clients get their certificates
 */
export function issuersOf(
  owner: Construct,
  generations: readonly GivenGeneration[],
  { resourceName, directory = "pki", directoryResourceName, brokersResourceName, ownerResourceName }: SharedPlaceProps,
): Issuers {
  for (const { spec, scope } of generations) {
    for (const warning of spec instanceof ImportedAuthoritySpec ? spec.warnings : []) {
      Annotations.of(scope).addWarning(warning);
    }
  }
  return generations.some(({ spec }) => spec.custody === "machine")
    ? new MachineDirectory(owner, {
        directory,
        generations,
        resourceName: directoryResourceName,
        authorityResourceName: resourceName,
        brokersResourceName,
        ownerResourceName,
      })
    : new ProviderIssuers(owner, generations);
}
