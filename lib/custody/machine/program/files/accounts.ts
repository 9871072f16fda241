import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { Failure } from "../failure";

/**
 * The numeric ids of users and groups, by name. Node has no call for them, and /etc/passwd lacks the users of a directory
 * service such as LDAP: so the system's own programs look them up, each name once.
 */
const known = new Map<string, number | Failure>();

/** @throws Failure if there is no such user */
export function userId(name: string): number {
  return numberOf("user", name, () => outputOf("id", ["-u", name]));
}

/** @throws Failure if there is no such group */
export function groupId(name: string): number {
  return numberOf("group", name, () => outputOf("getent", ["group", name])?.split(":")[2]);
}

function numberOf(kind: "user" | "group", name: string, ask: () => string | undefined): number {
  const key = `${kind} ${name}`;
  const found = known.get(key) ?? resolved(kind, name, ask);
  known.set(key, found);
  if (found instanceof Failure) {
    throw found;
  }
  return found;
}

function resolved(kind: "user" | "group", name: string, ask: () => string | undefined): number | Failure {
  if (process.geteuid === undefined) {
    return new Failure(`on this system, files do not belong to ${kind}s. Leave fileOwner and fileGroup out.`);
  }
  const number = /^\d+$/.test(name) ? name : ask()?.trim();
  return number !== undefined && /^\d+$/.test(number)
    ? Number(number)
    : new Failure(`this machine has no ${kind} ${name}. Create it, or declare its number.`);
}

/** The output; undefined if the program fails or is missing. It gets no secrets from the environment. */
function outputOf(program: string, parameters: readonly string[]): string | undefined {
  const path = [process.env["PATH"] ?? "", "/usr/bin", "/bin"].join(delimiter);
  const { status, stdout } = spawnSync(program, parameters, { encoding: "utf8", env: { PATH: path, LC_ALL: "C" } });
  return status === 0 ? stdout : undefined;
}
