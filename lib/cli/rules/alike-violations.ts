import { grouped } from "../show/grouped";
import { Sentence } from "../review/sentence";
import type { Violation } from "./violation";

/** Violations of one rule that are shown together: each certificate breaks it in the same way. */
export interface AlikeViolations extends Pick<Violation, "rule" | "level" | "place" | "waiver" | "message"> {
  /** Empty if the violation concerns several certificates together. */
  readonly addresses: readonly string[];
}

/** Groups violations, in the order of the first of each group. */
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
