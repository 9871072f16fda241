import type { Position } from "../../located-text/located-text";
import type { Limits } from "./limits";

/** The effect of a broken rule: the exit status is 1, or only a warning. */
export type Level = "fail" | "warn";

/** A rule in its file. It has exactly one limit. */
export interface RuleInFile extends Limits {
  /** The name that violations and waivers use. */
  readonly name: string;
  /** @default "fail" */
  readonly level?: Level;
  /**
   * The certificates that the rule applies to, by name; `*` stands for any text.
   * @default - all certificates of brokers; for kinds and limits on changes, authorities too
   */
  readonly for?: readonly string[];
}

/** Permits violations of a rule until a date. */
export interface WaiverInFile {
  /** The rule's name. */
  readonly rule: string;
  /** The certificates that it applies to, as in a rule. */
  readonly for: readonly string[];
  /** The person or team responsible for it. */
  readonly owner: string;
  readonly reason: string;
  /** The last day, in UTC: `2027-03-31`. */
  readonly until: string;
}

export type Rule = RuleInFile & { readonly position: Position };

export type Waiver = WaiverInFile & { readonly position: Position };

/** A valid file of rules. */
export interface Rules {
  /** The path as the user named it. */
  readonly file: string;
  readonly rules: readonly Rule[];
  readonly waivers: readonly Waiver[];
}

/** Whether a pattern matches a name. Case is ignored. */
export function isFor(patterns: readonly string[], name: string): boolean {
  const text = name.toLowerCase();
  return patterns.some((pattern) => isMatch(pattern.toLowerCase(), text));
}

/** Finds each part of a pattern after the one before it. A regular expression could take too long. */
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
