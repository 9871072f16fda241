import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as tick } from "node:timers/promises";
import { describeWith, type Engine, machine, type Tool } from "./machine";
import type { Project } from "./project";
import { succeed } from "./run";

/**
 * The texts that reveal a key: the lines of its PEM except those of its public part alone, and its secret number as
 * `openssl pkey -text` prints it.
 */
export function secretsOf(pem: string): string[] {
  const open = createPublicKey(pem).export({ type: "spki", format: "der" });
  const lines = pem.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  return [
    ...lines.filter((line) => !open.includes(Buffer.from(line, "base64"))),
    numberOf(createPrivateKey(pem)).toString("hex"),
  ];
}

/** The secrets of a key in all formats, for a key that was read in one format and written in another. */
export function allSecretsOf(key: KeyObject): string[] {
  const pems = [
    key.export({ type: "pkcs8", format: "pem" }),
    key.export({ type: key.asymmetricKeyType === "rsa" ? "pkcs1" : "sec1", format: "pem" }),
  ];
  return [...pems.flatMap((pem) => secretsOf(pem.toString())), ...encodingsOf(numberOf(key))];
}

/** A text such as a password, plain and in all encodings. */
export function secretsOfText(text: string): string[] {
  return [text, ...encodingsOf(Buffer.from(text))];
}

/** The secrets that a text contains, with any white space or colons between characters. */
export function find(secrets: Iterable<string>, text: string): string[] {
  return finderIn(text)(secrets);
}

/** A finder of many secrets in one text. */
export function finderIn(text: string): (secrets: Iterable<string>) => string[] {
  const compact = text.replace(/\\n|[\s:]/g, "");
  const variants = [text, compact, compact.toLowerCase()];
  return (secrets) => [...secrets].filter((secret) => variants.some((variant) => variant.includes(secret)));
}

/** In hexadecimal and in base64, which has three texts for the three possible offsets. */
function encodingsOf(bytes: Buffer): string[] {
  const inBase64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "")
      // Without characters that depend on neighbouring bytes.
      .slice(shift === 0 ? 0 : 4, -1),
  );
  return [bytes.toString("hex"), ...inBase64];
}

function numberOf(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: "jwk" }).d ?? "", "base64url");
}

/** Command lines and environments of processes, visible to all users or to root. */
export interface Processes {
  readonly commandLines: Set<string>;
  readonly environments: Set<string>;
}

/** Watches all processes that this one has started until `work` is done. */
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

/** Unpacks a saved plan into a folder of the project. */
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
