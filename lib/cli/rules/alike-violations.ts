import { grouped } from "../show/grouped";
import { Sentence } from "../review/sentence";
import type { Violation } from "./violation";

/** Violations of one rule that are told in one: of each certificate the same is found. */
export interface AlikeViolations extends Pick<Violation, "rule" | "level" | "place" | "waiver" | "message"> {
  /** None, where it is of several certificates together. */
  readonly addresses: readonly string[];
}

/** In the order of the first of each. */
export function alikeViolations(violations: readonly Violation[]): AlikeViolations[] {
  return grouped(violations, ({ rule, level, place, waiver, address, message }) =>
    JSON.stringify([rule, level, place, waiver, address === null, message.shape]),
  ).map((each) => {
    const [{ rule, level, place, waiver }] = each;
    return {
      ...{ rule, level, place, waiver },
      message: Sentence.merged(each.map(({ message }) => message)),
      addresses: each.flatMap(({ address }) => address ?? []),
    };
  });
}
