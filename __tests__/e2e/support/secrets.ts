import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as tick } from "node:timers/promises";
import { describeWith, type Engine, machine, type Tool } from "./machine";
import type { Project } from "./project";
import { succeed } from "./run";

/**
 * What no text may hold: the lines of a key's PEM, but for those of its public half alone; and its secret number, as
 * `openssl pkey -text` would print it.
 */
export function secretsOf(pem: string): string[] {
  const open = createPublicKey(pem).export({ type: "spki", format: "der" });
  const lines = pem.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  return [
    ...lines.filter((line) => !open.includes(Buffer.from(line, "base64"))),
    numberOf(createPrivateKey(pem)).toString("hex"),
  ];
}

/** Those of a key in all the formats that there are: as they are where it was read in one and written in another. */
export function allSecretsOf(key: KeyObject): string[] {
  const pems = [
    key.export({ type: "pkcs8", format: "pem" }),
    key.export({ type: key.asymmetricKeyType === "rsa" ? "pkcs1" : "sec1", format: "pem" }),
  ];
  return [...pems.flatMap((pem) => secretsOf(pem.toString())), ...encodingsOf(numberOf(key))];
}

/** A text, such as a password, as it is and as it would be encoded. */
export function secretsOfText(text: string): string[] {
  return [text, ...encodingsOf(Buffer.from(text))];
}

/** Those of the secrets that a text holds, whatever white space or colons it has between. */
export function find(secrets: Iterable<string>, text: string): string[] {
  return finderIn(text)(secrets);
}

/** `find` for a text in which there is much to look for. */
export function finderIn(text: string): (secrets: Iterable<string>) => string[] {
  const compact = text.replace(/\\n|[\s:]/g, "");
  const variants = [text, compact, compact.toLowerCase()];
  return (secrets) => [...secrets].filter((secret) => variants.some((variant) => variant.includes(secret)));
}

/** In hexadecimal; and in base64, where its place in what is encoded makes three texts of it. */
function encodingsOf(bytes: Buffer): string[] {
  const inBase64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "")
      // What is made of other bytes too.
      .slice(shift === 0 ? 0 : 4, -1),
  );
  return [bytes.toString("hex"), ...inBase64];
}

function numberOf(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: "jwk" }).d ?? "", "base64url");
}

/** What anyone on the machine can see of processes, or root alone. */
export interface Processes {
  readonly commandLines: Set<string>;
  readonly environments: Set<string>;
}

/** Looks at all that this process has started, again and again until `work` is done. */
export async function watching(work: () => Promise<void>, seen: Processes): Promise<void> {
  const state = { isDone: false };
  const done = work().finally(() => {
    state.isDone = true;
  });
  while (!state.isDone) {
    for (const pid of descendants()) {
      seen.commandLines.add(readIfThere(`/proc/${pid}/cmdline`));
      seen.environments.add(readIfThere(`/proc/${pid}/environ`));
    }
    await tick();
  }
  await done;
}

function descendants(): string[] {
  const parents = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => [pid, / \S (\d+) /.exec(readIfThere(`/proc/${pid}/stat`).replace(/^.*\)/, ""))?.[1] ?? ""]),
  );
  const isOurs = (pid: string | undefined): boolean =>
    pid !== undefined && (parents.get(pid) === `${process.pid}` || isOurs(parents.get(pid)));
  return [...parents.keys()].filter(isOurs);
}

/** A process may end, and take its files away, at any time. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Takes a saved plan apart, into a folder of the project. */
export async function unpackPlan(project: Project, name: string, folder: string): Promise<void> {
  const plan = join(project.stackFolder, name);
  await succeed(machine().python.program, ["-m", "zipfile", "-e", plan, project.path(folder)]);
}

/** One `describe`, for the engine that encrypts its state. */
export function describeOpenTofu(name: string, body: (engine: Engine) => void, tools: readonly Tool[] = []): void {
  for (const engine of machine().engines.filter((each) => each.name === "OpenTofu")) {
    describeWith([engine, engine.providers, ...tools], `${engine.name}: ${name}`, () => {
      body(engine);
    });
  }
}
