import type { Custody } from "../../lib/values/custody";
import { isList, isObject } from "../../lib/values/plain-data";

/** The parts of a resource in a state that show which custody made it. */
interface Resource {
  readonly type: string;
  readonly name: string;
  readonly instances?: readonly { readonly attributes?: Attributes }[];
}

interface Attributes {
  readonly input?: { readonly value?: unknown } | null;
}

/**
 * The custody of the fleet whose state this is.
 *
 * @param text as `state pull` prints it: empty if there is no state
 * @returns undefined if nothing of a fleet is deployed
 * @throws Error if it is no state that can be read, such as one that is torn or encrypted
 */
export function custodyOfState(text: string): Custody | undefined {
  if (text.trim() === "") {
    return undefined;
  }
  const state: unknown = JSON.parse(text);
  if (!isObject(state) || !("resources" in state) || !isList(state.resources)) {
    throw new Error("it has no list of resources");
  }
  const custodies = (state.resources as readonly Resource[]).map(custodyOf);
  return custodies.find((custody) => custody === "state") ?? custodies.find((custody) => custody !== undefined);
}

/** The names of the `terraform_data` of a fleet with custody "state": they are made before its first key. */
const GUARDS: readonly string[] = ["files", "authority_since", "fleet_since"];

function custodyOf({ type, name, instances = [] }: Resource): Custody | undefined {
  if (type.startsWith("tls_")) {
    return "state";
  }
  if (type !== "terraform_data") {
    return undefined;
  }
  // The guard of custody "machine" has this input. Its name may be any.
  if (instances.some(({ attributes }) => attributes?.input?.value === "machine")) {
    return "machine";
  }
  return GUARDS.includes(name) ? "state" : undefined;
}
