import type { IConstruct } from "constructs";
import { CUSTODIES } from "../custody/custodies";
import { type AuthorityPlaceProps, PLACE_PROPERTIES } from "../custody/place-props";
import { Problems } from "../errors";
import type { AuthoritySpec } from "../spec/authority-generation";
import { namesIn } from "../spec/properties/property";
import { checkProps } from "../terraform/check-props";

/**
 * Reads the props of an authority, and of its place.
 *
 * @param table the properties of the authority, without those of its place
 * @throws InvalidInputError with every problem of the props
 */
export function readAuthority<Spec extends AuthoritySpec>(
  authority: IConstruct,
  props: AuthorityPlaceProps,
  table: object,
  parse: () => Spec,
): Spec {
  return checkProps(authority, props, [...namesIn(table), ...PLACE_PROPERTIES], () => {
    const problems = new Problems();
    const spec = problems.attempt("", parse);
    // With an unknown custody, only the checks for every custody.
    CUSTODIES[spec?.custody ?? "machine"].checkPlace(props, problems);
    problems.throwIfAny("a certificate authority");
    return spec;
  });
}
