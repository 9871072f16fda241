import { posix } from "node:path";
import type { Io } from "../io";
import { directorySource, filesOfCertificates } from "./directory-source";
import type { Source } from "./source";
import { stateSource } from "./state-source";

/**
 * The certificates of a directory of PEM files, or of a state.
 *
 * @param name as the user named it; `-` is a state from standard input
 * @throws InputError if it is neither, or cannot be read
 */
export async function readSource(io: Io, name: string): Promise<Source> {
  const files = name === "-" ? undefined : await io.list(name);
  return files === undefined ? stateSource(name, await io.read(name)) : readDirectory(io, name, files);
}

/** @param files all files in it, by their relative paths */
export async function readDirectory(io: Io, name: string, files: readonly string[]): Promise<Source> {
  const contents = new Map<string, Uint8Array | undefined>();
  const meant = filesOfCertificates(files);
  for (const file of files) {
    contents.set(file, meant.has(file) ? await io.read(posix.join(name, file)) : undefined);
  }
  return directorySource(name, contents);
}
