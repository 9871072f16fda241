import { invalid } from "../errors";

/**
 * Where private keys live.
 *
 * - `state`: Terraform's tls provider makes the keys, and the state contains them. Any machine that reads the state can
 *   write the files again.
 * - `machine`: a program of this library makes the keys on the machine that applies, and only their files contain them.
 *   State and plans contain public facts. No provider is needed.
 */
export type Custody = "state" | "machine";

/**
 * The key in the app's context for the custody of all fleets that do not declare one.
 *
 * @example
 * ```ts
 * new App({ context: { [CUSTODY_CONTEXT]: "machine" } });
 * ```
 */
export const CUSTODY_CONTEXT = "cdktf-mqtt-pki:custody";

const CUSTODIES: readonly unknown[] = ["state", "machine"] satisfies Custody[];

/**
 * Checks a custody.
 *
 * @param given anything, as the caller may be plain JavaScript
 * @throws InvalidInputError if it is neither "state" nor "machine"
 */
export function parseCustody(given: Custody): Custody {
  if (!CUSTODIES.includes(given)) {
    throw invalid("a custody", given, "is not a custody", 'choose "state" or "machine"');
  }
  return given;
}
