import { SERVER_FILES } from "../../machine-format/rules";
import type { Condition } from "../../terraform/condition";
import { type Expression, hcl, interpolate, letIn, type Template } from "../../terraform/expression";
import { type DecisionInputs, isForeign, wordsThatKeep } from "./decisions";
import { consentIn, type DirectoryPaths } from "./directory-files";
import { byGeneration, type MachineGeneration } from "./generation";

export interface ServerConditionsProps extends DirectoryPaths {
  /** The declarations of all brokers, and their records: objects by folder. */
  readonly declared: Expression;
  readonly records: Expression;
  /** The words of the rules that hold, by the folders of the brokers that change. */
  readonly due: Expression;
  /** The inputs for the broker `server` in `folder`. */
  readonly inputs: DecisionInputs;
  readonly generations: ReadonlyMap<number, MachineGeneration>;
  /** The expiry date of each generation's certificate. */
  readonly ends: Expression;
  /** Makes a local value. */
  readonly local: (id: string, expression: Expression) => Expression;
}

/** The preconditions of all brokers: they hold before the program makes anything for one. */
export function conditionsOfServers(props: ServerConditionsProps): Condition[] {
  const { path, directory, declared, records, due, inputs, generations, ends, local } = props;
  const consent = consentIn(directory);
  const isForeignServer = letIn("server", hcl`${declared}[folder]`, isForeign(inputs, consent, true));
  const foreign = local("foreign", hcl`[for folder, words in ${due} : folder if ${isForeignServer}]`);
  // A certificate that stays was checked when it was made.
  const keeps = hcl`contains(${wordsThatKeep(SERVER_FILES)}, words)`;
  const end = hcl`timeadd(plantimestamp(), "\${${declared}[folder].hours}h")`;
  const isLate = hcl`try(timecmp(${end}, ${ends}[${declared}[folder].generation]) > 0, false)`;
  const late = local("late", hcl`[for folder, words in ${due} : basename(folder) if !${keeps} && ${isLate}]`);
  const isNew = local(
    "new",
    byGeneration(generations, ({ isTooNew }) => isTooNew),
  );
  const isAnyNew = hcl`anytrue(values(${isNew})) && !${consent}`;
  const isEarly = hcl`${isNew}[server.generation] && can(${records}[folder])`;
  const early = local(
    "early",
    hcl`flatten([for any in [${isAnyNew}] : [for folder, server in ${declared} : basename(folder) if ${isEarly}] if any])`,
  );
  return [
    {
      condition: interpolate(hcl`length(${foreign}) == 0`),
      errorMessage: `In ${path}, a server.key or server.pem was not made for this fleet: ${namesOf(foreign)}. Restore the original files, or move them away. If another custody made them, or brokers.records is corrupt, create an empty file ${path}/take-over to adopt them.`,
    },
    {
      condition: interpolate(hcl`length(${late}) == 0`),
      errorMessage: `These certificates would expire after their authority's, and clients would refuse them from then on: ${namesOf(late)}. Give them a shorter duration, or have a later generation of the authority sign them.`,
    },
    {
      condition: interpolate(hcl`length(${early}) == 0`),
      errorMessage: `A generation of the authority would sign for brokers in the deployment that makes it, and clients do not trust it yet: ${namesOf(early)}. Deploy it first, next to the one that signs now, give clients the new ca.pem, and let it sign afterwards. If the authority that signs now is missing from the declaration, declare it again under its generation number, or restore its files. To replace it at once, declare the new one with preventDestroy: false.`,
    },
  ];
}

/** The items of a list, for a message. */
function namesOf(brokers: Expression): Template {
  return interpolate(hcl`join(", ", ${brokers})`);
}
