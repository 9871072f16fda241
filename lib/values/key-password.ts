import type { Problems } from "../errors";

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
  const { passwordVariable: variable = false, passwordVersion } = props;
  const version = passwordVersion ?? 1;
  if (!(Number.isSafeInteger(version) && version >= 1)) {
    problems.add("passwordVersion", passwordVersion, "is not a version", "count them: 1, 2, 3");
  } else if (variable === false && passwordVersion !== undefined) {
    problems.add("passwordVersion", passwordVersion, "is of no password", "name its variable in passwordVariable");
  }
  if (variable === false) {
    return undefined;
  }
  refuseUnlessVariable(problems, "passwordVariable", variable);
  return { variable, version };
}

/** Files a problem for what cannot be both a Terraform variable and, after TF_VAR_, an environment variable. */
export function refuseUnlessVariable(problems: Problems, path: string, name: string): void {
  if (typeof name !== "string" || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    const fix =
      "give the variable's name, of letters, digits and _: its value comes from the environment, as TF_VAR_<name>";
    // What stands here may be the password itself.
    problems.add(path, "(a text)", "is no name of a variable", fix);
  }
}

/** The environment variable that has the value of a Terraform variable. */
export function environmentVariable(variable: string): string {
  return `TF_VAR_${variable}`;
}
