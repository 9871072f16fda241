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

/** The default files in the current directory. */
const FOUND: readonly string[] = ["main.ts", "brokers.yaml", "brokers.yml", "brokers.json", "brokers.csv"];

const SCRIPT = /\.[cm]?[jt]s$/i;

/** The options of {@link addDeclaredInOption}. */
export interface DeclaredInOption {
  readonly declaredIn?: readonly string[];
}

export function addDeclaredInOption(command: Command): Command {
  return command.option(
    "--declared-in <file>",
    `file that declares brokers (fleet file or TypeScript), so that findings name its lines; repeatable (default: ${FOUND.join(", ")}, and the files they read)`,
    (file: string, before: readonly string[] | undefined) => [...(before ?? []), file],
  );
}

/**
 * Finds where brokers are declared: in the named files, or in the default files. This includes the fleet files that a script
 * reads by name.
 *
 * @throws InputError if a named file cannot be read, or declares no brokers
 * @throws InvalidInputError with all problems of a named fleet file
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
      // cdktf runs in the current directory, or in the script's.
      await add(fleetFile, false);
      await add(join(dirname(file), fleetFile), false);
    }
  };
  for (const file of declaredIn ?? FOUND) {
    await add(file, declaredIn !== undefined);
  }
  return new Declarations([...files.values()]);
}

/** Ignores a default file that cannot be read, such as a folder: the user did not ask for it. */
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

/** Reads a file that declares brokers, and finds the fleet files that it reads. A default file may contain something else. */
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
    throw new InputError(file, "is neither a fleet file nor TypeScript", "name a file that declares brokers");
  }
  const fleet = lazy(() => (text === undefined ? undefined : reader?.(text)));
  const flaws = isNamed ? (fleet()?.flaws ?? []) : [];
  if (flaws.length > 0) {
    throw errorOfFlaws(file, flaws);
  }
  if (isNamed && brokersIn(fleet()?.content) === undefined) {
    throw new InputError(file, "has no list of brokers", "name a fleet file or a TypeScript file");
  }
  const names = lazy(() => {
    const found = fleet();
    return found === undefined ? [] : namesInFleet(found);
  });
  return { names, fleetFiles: [] };
}
