import type { Problems } from "../errors";
import { refuseUnlessCount } from "./count";

/** The password of a key's file. */
export interface KeyPassword {
  /** The Terraform variable that has it: it comes from the environment, as TF_VAR_ and this name. */
  readonly variable: string;
  /** Another version is another password. */
  readonly version: number;
}

/** What may be said of a password. Plain JavaScript may give anything. */
export interface KeyPasswordProps {
  readonly passwordVariable?: string | false;
  readonly passwordVersion?: number;
}

/** Reads what is said of a password, and files what is wrong with it. */
export function parseKeyPassword(problems: Problems, props: KeyPasswordProps): KeyPassword | undefined {
  const { passwordVariable: variable = false, passwordVersion: version = 1 } = props;
  const isVersion = refuseUnlessCount(problems, "passwordVersion", version, "a version");
  if (isVersion && variable === false && props.passwordVersion !== undefined) {
    problems.add("passwordVersion", version, "is of no password", "name its variable in passwordVariable");
  }
  if (variable === false) {
    return undefined;
  }
  refuseUnlessVariable(problems, "passwordVariable", variable);
  return { variable, version };
}

/** What Terraform has another use for where a variable is declared. */
const RESERVED: readonly string[] = [
  "count",
  "depends_on",
  "for_each",
  "lifecycle",
  "locals",
  "providers",
  "source",
  "version",
];

/**
 * Files a problem for what cannot be both a Terraform variable and, after TF_VAR_, an environment variable.
 *
 * @returns whether it can be
 */
export function refuseUnlessVariable(problems: Problems, path: string, name: string): boolean {
  if (RESERVED.includes(name)) {
    problems.add(path, name, "is a name that Terraform keeps for itself", "choose another");
    return false;
  }
  if (typeof name !== "string" || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    const fix =
      "give the variable's name, of letters, digits and _: its value comes from the environment, as TF_VAR_<name>";
    // What stands here may be the password itself.
    problems.addHidden(path, "is no name of a variable", fix);
    return false;
  }
  return true;
}

/** The environment variable that has the value of a Terraform variable. */
export function environmentVariable(variable: string): string {
  return `TF_VAR_${variable}`;
}
