import type { Position } from "../../located-text/located-text";
import type { Limits } from "./limits";

/** What follows where a rule is broken: the exit status is 1, or it is said and no more. */
export type Level = "fail" | "warn";

/** A rule, as its file says it. It has one of the limits. */
export interface RuleInFile extends Limits {
  /** By which violations and waivers name it. */
  readonly name: string;
  /** @default "fail" */
  readonly level?: Level;
  /**
   * The certificates that it is for, by what they are called; `*` stands for any text.
   * @default - all of brokers; with kinds, and what is of changes, authorities too
   */
  readonly for?: readonly string[];
}

/** Lets a rule be broken, for a time. */
export interface WaiverInFile {
  /** The rule's name. */
  readonly rule: string;
  /** For which certificates, as in a rule. */
  readonly for: readonly string[];
  /** Who answers for it. */
  readonly owner: string;
  readonly reason: string;
  /** The last day, in UTC: `2027-03-31`. */
  readonly until: string;
}

export type Rule = RuleInFile & { readonly position: Position };

export type Waiver = WaiverInFile & { readonly position: Position };

/** A checked file of rules. */
export interface Rules {
  /** As its user named it. */
  readonly file: string;
  readonly rules: readonly Rule[];
  readonly waivers: readonly Waiver[];
}

/** Whether one of patterns is for a name, in whatever case. */
export function isFor(patterns: readonly string[], name: string): boolean {
  const text = name.toLowerCase();
  return patterns.some((pattern) => isMatch(pattern.toLowerCase(), text));
}

/** Each part of a pattern is looked for behind the one before it: no expression, which may take for ever. */
function isMatch(pattern: string, text: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) {
    return text === first;
  }
  if (!text.startsWith(first)) {
    return false;
  }
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found < 0) {
      return false;
    }
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
