import { extname } from "node:path";
import type { LocatedText } from "../located-text/located-text";
import { readJson } from "../located-text/json";
import { readYaml } from "../located-text/yaml";
import { columns } from "./check-schema";
import { readCsv } from "./csv";

const READERS: ReadonlyMap<string, (text: string) => LocatedText> = new Map([
  [".yaml", readYaml],
  [".yml", readYaml],
  [".json", readJson],
  [".csv", (text) => readCsv(text, columns())],
]);

/** The endings of a fleet file's name. */
export const FLEET_FILE_ENDINGS: readonly string[] = [...READERS.keys()];

/** The reader for a fleet file, by the ending of its name; undefined for any other ending. */
export function readerOf(file: string): ((text: string) => LocatedText) | undefined {
  return READERS.get(extname(file).toLowerCase());
}
