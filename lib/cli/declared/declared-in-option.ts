import { dirname, join } from "node:path";
import { type Command } from "commander";
import { readerOf } from "../../fleet-file/readers";
import { errorOfFlaws } from "../../located-text/flaws-error";
import { lazy } from "../../located-text/located-text";
import { textOf } from "../../values/text-file";
import { InputError } from "../input-error";
import type { Io } from "../io";
import { Declarations } from "./declarations";
import type { DeclaredFile } from "./declared-file";
import { brokersIn, namesInFleet } from "./fleet-names";
import { readScript } from "./script";

/** The files that are found by themselves, where a command is run. */
const FOUND: readonly string[] = ["main.ts", "brokers.yaml", "brokers.yml", "brokers.json", "brokers.csv"];

const SCRIPT = /\.[cm]?[jt]s$/i;

/** What {@link addDeclaredInOption} adds to a command's options. */
export interface DeclaredInOption {
  readonly declaredIn?: readonly string[];
}

export function addDeclaredInOption(command: Command): Command {
  return command.option(
    "--declared-in <file>",
    `a fleet file or TypeScript that declares brokers, for their lines; may be repeated (default: ${FOUND.join(", ")}, and what they read)`,
    (file: string, before: readonly string[] | undefined) => [...(before ?? []), file],
  );
}

/**
 * Where brokers are declared: in the files that are named, or in those that are found. Fleet files that a script reads by their
 * names are among them.
 *
 * @throws InputError where a file that is named cannot be read, or is none that declares brokers
 * @throws InvalidInputError with all that is wrong with a fleet file that is named
 */
export async function declarationsOf(
  io: Pick<Io, "read" | "find">,
  { declaredIn }: DeclaredInOption,
): Promise<Declarations> {
  const files = new Map<string, DeclaredFile>();
  const add = async (file: string, isNamed: boolean): Promise<void> => {
    const content = files.has(file) ? undefined : await (isNamed ? io.read(file) : readable(io.find(file)));
    if (content === undefined) {
      return;
    }
    const { names, fleetFiles } = read(file, content, isNamed);
    files.set(file, { file, names });
    for (const fleetFile of fleetFiles) {
      // From where cdktf is run: here, or beside the script.
      await add(fleetFile, false);
      await add(join(dirname(file), fleetFile), false);
    }
  };
  for (const file of declaredIn ?? FOUND) {
    await add(file, declaredIn !== undefined);
  }
  return new Declarations([...files.values()]);
}

/** What was found by itself and cannot be read, as a folder, is passed over: nobody asked for it. */
async function readable(content: Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
  try {
    return await content;
  } catch (error) {
    if (error instanceof InputError) {
      return undefined;
    }
    throw error;
  }
}

/** A file that declares brokers, and the fleet files that it reads. What is found by itself may be a file of something else. */
function read(
  file: string,
  content: Uint8Array,
  isNamed: boolean,
): { readonly names: DeclaredFile["names"]; readonly fleetFiles: readonly string[] } {
  const text = textOf(content);
  if (text !== undefined && SCRIPT.test(file)) {
    const { names, fleetFiles } = readScript(text);
    return { names: () => names, fleetFiles };
  }
  const reader = readerOf(file);
  if (isNamed && (text === undefined || reader === undefined)) {
    throw new InputError(file, "is no fleet file and no TypeScript", "name one that declares brokers");
  }
  const fleet = lazy(() => (text === undefined ? undefined : reader?.(text)));
  const flaws = isNamed ? (fleet()?.flaws ?? []) : [];
  if (flaws.length > 0) {
    throw errorOfFlaws(file, flaws);
  }
  if (isNamed && brokersIn(fleet()?.content) === undefined) {
    throw new InputError(file, "has no list of brokers", "name a fleet file or TypeScript");
  }
  const names = lazy(() => {
    const found = fleet();
    return found === undefined ? [] : namesInFleet(found);
  });
  return { names, fleetFiles: [] };
}
