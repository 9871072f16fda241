import { basename } from "node:path";

/** From how many brokers on a stack whose local state holds their keys takes minutes, and how many are quick. */
const LIMITS = {
  Terraform: { slow: 300, quick: 50 },
  OpenTofu: { slow: 3000, quick: 500 },
} as const;

/**
 * What to do about a stack that takes an engine minutes to deploy; undefined where it does not.
 *
 * @param program the engine that will deploy it, as TERRAFORM_BINARY_NAME has it
 */
export function hintForSize(brokers: number, program: string | undefined): string | undefined {
  const engine = basename(program ?? "").startsWith("tofu") ? "OpenTofu" : "Terraform";
  const { slow, quick } = LIMITS[engine];
  return brokers > slow
    ? `${brokers} brokers in one stack take ${engine} minutes with a local state, which it writes whole again and again. ` +
        `Quicker are shards: ${Math.ceil(brokers / quick)}, a remote backend, or custody "machine".`
    : undefined;
}
