import { hide, type Problems } from "../errors";
import { refuseUnlessCount } from "./count";

/** The password of a key file. */
export interface KeyPassword {
  /** The name of the Terraform variable with the password. Its value comes from the environment, as TF_VAR_<name>. */
  readonly variable: string;
  /** The version of the password: another version means another password. */
  readonly version: number;
  /** The number of PBKDF2 iterations. */
  readonly iterations: number;
}

/** The options of a password. Plain JavaScript may give anything. */
export interface KeyPasswordProps {
  readonly passwordVariable?: string | false;
  readonly passwordVersion?: number;
  readonly passwordIterations?: number;
}

/** In bytes: OpenSSL opens no key with a longer password. */
export const PASSWORD_BYTES_AT_MOST = 1024;

/** Fewer iterations protect little. */
const ITERATIONS_AT_LEAST = 1000;
/** More iterations take more than half a minute on any machine. */
const ITERATIONS_AT_MOST = 10_000_000;

/**
 * The iterations for a broker's key: OpenSSL's default. Brokers in Erlang (RabbitMQ, EMQX) decrypt the key at each handshake.
 * That takes 0.2 s with 2,048 iterations and 10 s with 600,000.
 */
export const SERVER_KEY_ITERATIONS = 2048;
/** The iterations for an authority's key: what OWASP recommends for PBKDF2 with HMAC-SHA-256. */
export const AUTHORITY_KEY_ITERATIONS = 600_000;

/**
 * Reads the options of a password, and files their problems.
 *
 * @param usual the default number of iterations
 */
export function parseKeyPassword(problems: Problems, props: KeyPasswordProps, usual: number): KeyPassword | undefined {
  const {
    passwordVariable: variable = false,
    passwordVersion: version = 1,
    passwordIterations: iterations = usual,
  } = props;
  // A text instead of a number may be the password itself.
  const isVersion = refuseUnlessCount(problems, "passwordVersion", hide(version), "a version");
  if (isVersion && variable === false && props.passwordVersion !== undefined) {
    problems.add(
      "passwordVersion",
      version,
      "is set, but there is no password",
      "name the variable of the password in passwordVariable",
      "conflict",
    );
  }
  if (!Number.isInteger(iterations) || iterations < ITERATIONS_AT_LEAST || iterations > ITERATIONS_AT_MOST) {
    problems.add(
      "passwordIterations",
      hide(iterations),
      `is not a whole number from ${ITERATIONS_AT_LEAST} to ${ITERATIONS_AT_MOST}`,
      `give the number of PBKDF2 iterations, as in ${usual}`,
    );
  } else if (variable === false && props.passwordIterations !== undefined) {
    problems.add(
      "passwordIterations",
      iterations,
      "is set, but there is no password",
      "name the variable of the password in passwordVariable",
      "conflict",
    );
  }
  if (variable === false) {
    return undefined;
  }
  refuseUnlessVariable(problems, "passwordVariable", variable);
  return { variable, version, iterations };
}

/** Names that Terraform reserves in a variable's declaration. */
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
 * Files a problem for a name that cannot be both a Terraform variable and, after TF_VAR_, an environment variable.
 *
 * @returns whether it can be both
 */
export function refuseUnlessVariable(problems: Problems, path: string, name: string): boolean {
  if (RESERVED.includes(name)) {
    problems.add(path, name, "is a name that Terraform reserves", "choose another name");
    return false;
  }
  if (typeof name !== "string" || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    const fix = "write a name of letters, digits and _; its value comes from the environment, as TF_VAR_<name>";
    // The value may be the password itself.
    problems.addHidden(path, "is not the name of a Terraform variable", fix);
    return false;
  }
  return true;
}

/** The name of the environment variable with the value of a Terraform variable. */
export function environmentVariable(variable: string): string {
  return `TF_VAR_${variable}`;
}
