import { invalid } from "../errors";

/**
 * Where private keys live.
 *
 * - `state`: Terraform's tls provider makes them, and the state holds them. Any machine that reads the state can write the
 *   files anew.
 * - `machine`: a program of this library's makes them on the machine that applies, and they are in their files alone. State
 *   and plans hold public facts. No provider is needed.
 */
export type Custody = "state" | "machine";

/** The key in the app's context that has the custody of fleets which do not declare theirs. */
export const CUSTODY_CONTEXT = "cdktf-mqtt-pki:custody";

const CUSTODIES: readonly unknown[] = ["state", "machine"] satisfies Custody[];

/**
 * @param given what was given for one: plain JavaScript may give anything
 * @throws InvalidInputError where it is neither
 */
export function parseCustody(given: Custody): Custody {
  if (!CUSTODIES.includes(given)) {
    throw invalid("a custody", given, "is no custody", 'choose "state" or "machine"');
  }
  return given;
}
