import { assertSameWork, synthesizedConfiguration, requiredProviders, writeByHand } from "./by-hand";
import { compare, type Compared, type Contest } from "./compare";
import { deploy, type Variant } from "./deploy";
import type { Engine } from "./engine";
import { addresses, type Size } from "../support/fleet";
import { bareLoop } from "./openssl";
import { Missing } from "../support/run";
import { synthesized } from "../synth/synth";

export const MACHINE = "custody machine";
export const STATE = "custody state";
export const BARE_LOOP = "bare openssl loop";
export const BY_HAND = "by hand";
export const WITHOUT_PASSWORDS = "without passwords";

/** Holds custody `state` against the same resources written by hand. */
export function compareWithHand(engines: readonly Engine[], size: Size, count: number): Compared[] {
  const ours = synthesized({ ...size, custody: "state" });
  const written = writeByHand(addresses(size.brokers), requiredProviders(ours));
  assertSameWork(synthesizedConfiguration(ours), written);
  const byHand: Variant = { ...ours, files: { "main.tf.json": JSON.stringify(written) }, folder: "." };

  return compareVariants(engines, { ...size, ours: STATE, other: BY_HAND }, count, ours, byHand);
}

/** Holds two configurations against each other, on each engine. */
function compareVariants(
  engines: readonly Engine[],
  contest: Contest,
  count: number,
  ours: Variant,
  other: Variant,
): Compared[] {
  return engines.map((engine) =>
    compare(
      engine,
      contest,
      count,
      () => deploy(engine, ours),
      () => deploy(engine, other),
    ),
  );
}

/** Holds custody `machine` against openssl alone. */
export function compareWithBareLoop(engines: readonly Engine[], size: Size, count: number): Compared[] {
  const ours = synthesized({ ...size, custody: "machine" });
  const contest = { ...size, ours: MACHINE, other: BARE_LOOP };
  return engines.map((engine) =>
    compare(
      engine,
      contest,
      count,
      () => deploy(engine, ours),
      () => bareLoop(size),
    ),
  );
}

/** Holds a fleet whose `server.key` files have passwords against one whose files have none. */
export function compareWithoutPasswords(engines: readonly Engine[], size: Size, count: number): Compared[] {
  return (["state", "machine"] as const).flatMap((custody) => {
    const unprotected = synthesized({ ...size, custody });
    const ours = synthesized({ ...size, custody, hasPasswords: true });
    const name = custody === "state" ? STATE : MACHINE;
    const contest = { ...size, ours: `${name}, with passwords`, other: `${name}, ${WITHOUT_PASSWORDS}` };
    return compareVariants(engines, contest, count, ours, unprotected);
  });
}

/**
 * Holds custody `state`, once, for it can take long, against what custody `machine` was found to take with the same engine.
 *
 * @param skipped why it is not to be measured, if so
 */
export function compareCustodies(
  engines: readonly Engine[],
  size: Size,
  machine: readonly Compared[],
  skipped: string | undefined,
): Compared[] {
  const state = synthesized({ ...size, custody: "state" });
  const contest = { ...size, ours: STATE, other: MACHINE };
  return engines.map((engine) => {
    const measured = machine.find((one) => one.engine === (engine.version ?? engine.program));
    return compare(
      engine,
      contest,
      1,
      () => deploy(engine, state),
      () => {
        if (skipped !== undefined || measured === undefined) {
          throw new Missing(skipped ?? "not measured");
        }
        if ("missing" in measured) {
          throw new Missing(measured.missing);
        }
        return { seconds: measured.seconds.ours, certificate: measured.certificate };
      },
    );
  });
}
