import { hide, type Problems } from "../errors";
import { refuseUnlessCount } from "./count";

/** The password of a key's file. */
export interface KeyPassword {
  /** The Terraform variable that has it: it comes from the environment, as TF_VAR_ and this name. */
  readonly variable: string;
  /** Another version is another password. */
  readonly version: number;
  /** How often PBKDF2 hashes it. */
  readonly iterations: number;
}

/** What may be said of a password. Plain JavaScript may give anything. */
export interface KeyPasswordProps {
  readonly passwordVariable?: string | false;
  readonly passwordVersion?: number;
  readonly passwordIterations?: number;
}

/** OpenSSL opens no key with more. */
export const PASSWORD_BYTES_AT_MOST = 1024;

/** What OpenSSL has for `openssl pkcs8`, at the least: fewer protect little. */
const ITERATIONS_AT_LEAST = 1000;
/** More than half a minute on any machine. */
const ITERATIONS_AT_MOST = 10_000_000;

/**
 * Those of a broker's key: OpenSSL's own default. Brokers in Erlang, as RabbitMQ and EMQX, decrypt the key at each handshake,
 * which takes them 0.2 s with 2,048 and 10 s with 600,000.
 */
export const SERVER_KEY_ITERATIONS = 2048;
/** Those of an authority's key: what OWASP has for PBKDF2 with HMAC-SHA-256. */
export const AUTHORITY_KEY_ITERATIONS = 600_000;

/**
 * Reads what is said of a password, and files what is wrong with it.
 *
 * @param usual the iterations where none are given
 */
export function parseKeyPassword(problems: Problems, props: KeyPasswordProps, usual: number): KeyPassword | undefined {
  const {
    passwordVariable: variable = false,
    passwordVersion: version = 1,
    passwordIterations: iterations = usual,
  } = props;
  // Where a number belongs, a text may be the password itself.
  const isVersion = refuseUnlessCount(problems, "passwordVersion", hide(version), "a version");
  if (isVersion && variable === false && props.passwordVersion !== undefined) {
    problems.add(
      "passwordVersion",
      version,
      "is given without a password",
      "name its variable in passwordVariable",
      "conflict",
    );
  }
  if (!Number.isInteger(iterations) || iterations < ITERATIONS_AT_LEAST || iterations > ITERATIONS_AT_MOST) {
    problems.add(
      "passwordIterations",
      hide(iterations),
      `is no whole number from ${ITERATIONS_AT_LEAST} to ${ITERATIONS_AT_MOST}`,
      `give how often PBKDF2 is to hash the password, as in ${usual}`,
    );
  } else if (variable === false && props.passwordIterations !== undefined) {
    problems.add(
      "passwordIterations",
      iterations,
      "is given without a password",
      "name its variable in passwordVariable",
      "conflict",
    );
  }
  if (variable === false) {
    return undefined;
  }
  refuseUnlessVariable(problems, "passwordVariable", variable);
  return { variable, version, iterations };
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
