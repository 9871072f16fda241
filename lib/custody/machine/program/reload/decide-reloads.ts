import { RELOAD_RULES, type ReloadFact, type ReloadRecord } from "../../../../machine-format/reload";
import { parseToken } from "../../../../machine-format/token";

/**
 * The words of the rule that holds: empty if the command has succeeded for the files. The plan evaluates the same rules in
 * Terraform's language.
 *
 * @param token the token of the broker's files
 * @param record the record of the last run; undefined if there was none
 * @param time the time of the plan
 */
export function reloadWordsFor(token: string, record: ReloadRecord | undefined, time: string): string {
  const isOther = token !== (record?.of ?? "");
  const facts: Readonly<Record<ReloadFact, boolean>> = {
    made: isOther && parseToken(token).time === time,
    there: isOther,
  };
  return RELOAD_RULES.find(({ when }) => facts[when])?.words ?? "";
}
