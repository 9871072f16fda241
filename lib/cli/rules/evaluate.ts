import { day } from "../../values/time";
import { publicText } from "../show/public-text";
import { place } from "../../located-text/located-text";
import type { Declarations } from "../declared/declarations";
import type { Judged } from "./judged/judged";
import { breachesOf, isForByDefault, LIMIT_NAMES, type LimitName, type Limits } from "./limits";
import { isFor, type Rule, type Rules, type Waiver } from "./rule";
import type { Violation, WaiverOfViolation } from "./violation";

/**
 * The violations of the rules, in the order of the rules, and then of the certificates.
 *
 * @param declarations where certificates are declared
 */
export function evaluate(
  { file, rules, waivers }: Rules,
  all: readonly Judged[],
  now: Date,
  declarations?: Declarations,
): Violation[] {
  return rules.flatMap((rule) =>
    limitsOf(rule).flatMap((name) => {
      const judged = all.filter((one) => isMeant(rule, name, one));
      return breachesOf(rule, name, judged, now).map(({ judged: one, message }): Violation => ({
        rule: rule.name,
        level: rule.level ?? "fail",
        address: one?.address ?? null,
        location: one?.location ?? null,
        message,
        place: place(file, rule.position),
        declared: one === undefined ? null : declaredIn(declarations, one),
        waiver: waiverOf(waivers, rule, one, now),
      }));
    }),
  );
}

function declaredIn(declarations: Declarations | undefined, { address, names = [] }: Judged): string | null {
  const found = declarations?.placeOf([address, ...names]);
  return found === undefined ? null : place(found.file, found);
}

/** The limits of a rule: a valid rule has exactly one. */
export function limitsOf(rule: Limits): LimitName[] {
  return LIMIT_NAMES.filter((name) => rule[name] !== undefined);
}

function isMeant(rule: Rule, name: LimitName, one: Judged): boolean {
  return rule.for === undefined ? isForByDefault(name, one) : isFor(rule.for, one.address);
}

/** The waiver that lasts longest. A violation of several certificates together needs a waiver for all certificates. */
function waiverOf(
  waivers: readonly Waiver[],
  { name }: Rule,
  one: Judged | undefined,
  now: Date,
): WaiverOfViolation | null {
  const found = waivers.filter(
    (waiver) => waiver.rule === name && (one === undefined ? waiver.for.includes("*") : isFor(waiver.for, one.address)),
  );
  const [last] = found.toSorted((one, other) => (one.until < other.until ? 1 : -1));
  if (last === undefined) {
    return null;
  }
  const { owner, reason, until } = last;
  return { owner: publicText(owner), reason: publicText(reason), until, isOver: until < day(now) };
}
