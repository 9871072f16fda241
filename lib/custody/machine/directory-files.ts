import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAccess } from "../../machine-format/access";
import { unsealed } from "../../machine-format/record";
import { isObject } from "../../values/plain-data";
import type { KeyMode } from "../../values/files/file-access";
import { type Expression, hcl, literal, quoted, type Template, whenPlanned } from "../../terraform/expression";

/** The path of a PEM directory. */
export interface DirectoryPaths {
  /** As the user declares it. */
  readonly path: string;
  /** From the stack's folder, where the engine runs. */
  readonly directory: Template;
}

/** Whether a file exists. It fails if that is not a regular file. */
export function isThere(path: Template): Expression {
  return hcl`fileexists(${quoted(path)})`;
}

/** Whether existing files may be adopted. */
export function consentIn(directory: Template): Expression {
  return isThere(`${directory}/take-over`);
}

/** The hash of a file. It fails if the file is missing, or not a regular file: reading a pipe would never end. */
export function presentHash(file: Template): Expression {
  return hcl`[for file in [${quoted(file)}] : filesha256(file) if fileexists(file)][0]`;
}

/** The hash of a file, or `otherwise` if the file is missing. */
export function hashOf(file: Template, otherwise = ""): Expression {
  return hcl`try(${presentHash(file)}, ${literal(otherwise)})`;
}

/** A file at plan time: a list of its `name`, empty if it is not a regular file, and its text. */
export function regularFile(path: Template): { readonly names: Expression; readonly text: Expression } {
  const cut = path.lastIndexOf("/");
  const [directory, name] = [path.slice(0, cut), path.slice(cut + 1)];
  return {
    names: hcl`fileset(${quoted(whenPlanned(directory))}, ${quoted(name)})`,
    text: hcl`file(${quoted(`${directory}/\${name}`)})`,
  };
}

/**
 * The modes of brokers' keys by folder, as the last deployment and a stopped one set them. They are read on the first call.
 */
export function keyModesOnRecord(directory: string): (folder: string) => readonly KeyMode[] {
  let known: ReadonlyMap<string, readonly KeyMode[]> | undefined;
  return (folder) => (known ??= keyModesIn(directory)).get(folder) ?? [];
}

function keyModesIn(directory: string): ReadonlyMap<string, readonly KeyMode[]> {
  const modes = new Map<string, KeyMode[]>();
  for (const [folder, record] of [...recordsOnDisk(directory), ...journalOnDisk(directory)]) {
    const access = isObject(record) && "access" in record ? String(record.access) : "";
    if (parseAccess(access) !== undefined) {
      modes.set(folder, [...(modes.get(folder) ?? []), access.split(" ")[1] as KeyMode]);
    }
  }
  return modes;
}

type Entries = readonly (readonly [folder: string, record: unknown])[];

/** The records; none if they are missing or corrupt, which the deployment reports. */
function recordsOnDisk(directory: string): Entries {
  const content = parse(unsealed(textOf(join(directory, "brokers.records"))) ?? "");
  const brokers = isObject(content) && "brokers" in content ? content.brokers : undefined;
  return isObject(brokers) ? Object.entries(brokers) : [];
}

function journalOnDisk(directory: string): Entries {
  return textOf(join(directory, "brokers.journal"))
    .split("\n")
    .map(parse)
    .flatMap((entry) => (Array.isArray(entry) ? [[String(entry[0]), entry[1] as unknown] as const] : []));
}

/** Empty if there is no such file. */
function textOf(path: string): string {
  try {
    return lstatSync(path).isFile() ? readFileSync(path, "utf8") : "";
  } catch {
    return "";
  }
}

/** Undefined if it is no JSON. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
