/** The rules of `lib/machine-format/reload.ts` in Terraform's language. `../decisions.ts` describes the costs. */
import { RELOAD_RULES, type ReloadFact } from "../../../machine-format/reload";
import { type Expression, hcl, letIn, literal, type Template } from "../../../terraform/expression";
import { firstOf } from "../decisions";
import { regularFile } from "../directory-files";
import { recordsIn } from "../records";

/** Whether a record `r` has every field, each a text. */
const IS_SOUND = hcl`can("\${r.token}\${r.of}")`;

/** The reload records by the brokers' folders: from the file of records, and from the journal of a stopped run. */
export function reloadRecordsIn(directory: Template): Expression {
  const sound = hcl`{for key, r in content.reloads : key => r if ${IS_SOUND}}`;
  const contents = recordsIn(`${directory}/reloads.records`);
  const recorded = hcl`merge({}, [for content in ${contents} : ${sound} if can(keys(content.reloads))]...)`;
  const { names, text } = regularFile(`${directory}/reloads.journal`);
  const lines = hcl`flatten([for name in ${names} : split("\\n", ${text})])`;
  const isSound = letIn("r", hcl`try(e[1], null)`, hcl`can(tostring(e[0])) && ${IS_SOUND}`);
  const entries = hcl`[for e in [for line in ${lines} : try(jsondecode(line), null)] : e if ${isSound}]`;
  const last = hcl`{for key, all in {for e in ${entries} : e[0] => e[1]...} : key => all[length(all) - 1]}`;
  return hcl`merge(${recorded}, ${last})`;
}

/**
 * The words of the rule that holds: empty if the command has succeeded for the files.
 *
 * @param token the token of the files, once the plan is applied
 * @param succeeded the token for which the command succeeded last
 */
export function reloadWordsFor(token: Expression, succeeded: Expression): Expression {
  const facts: Readonly<Record<ReloadFact, Expression>> = {
    made: hcl`t != o && substr(t, 0, 20) == plantimestamp()`,
    there: hcl`t != o`,
  };
  const found = RELOAD_RULES.map(({ when, words }) => hcl`${facts[when]} ? ${literal(words)} : ""`);
  return letIn("t", token, letIn("o", succeeded, firstOf(found)));
}
