import { lazy } from "../../located-text/located-text";
import { spelling } from "../read/names";
import type { DeclaredFile, DeclaredName } from "./declared-file";
import type { FilePlace } from "./file-place";

/** Where brokers and authorities are declared. Immutable. */
export class Declarations {
  readonly #places: () => ReadonlyMap<string, FilePlace>;

  constructor(private readonly files: readonly DeclaredFile[]) {
    this.#places = lazy(() => placesIn(files));
  }

  /**
   * Where the first of names is declared that is found; undefined where none is.
   *
   * @param names of one certificate: in any spelling that an address may have
   */
  public placeOf(names: readonly string[]): FilePlace | undefined {
    for (const name of names) {
      const found = this.#places().get(keyOf(name));
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  /** The file that declares the most; undefined where there is no file. What is declared no more was there, most likely. */
  public get mainFile(): string | undefined {
    return this.files.toSorted((one, other) => certainIn(other).length - certainIn(one).length)[0]?.file;
  }
}

/** What is certain comes first, and then the first of a file. */
function placesIn(files: readonly DeclaredFile[]): ReadonlyMap<string, FilePlace> {
  const places = new Map<string, FilePlace>();
  for (const isCertain of [true, false]) {
    for (const { file, names } of files) {
      for (const { name, position } of names().filter((one) => one.isCertain === isCertain)) {
        const key = keyOf(name);
        if (!places.has(key)) {
          places.set(key, { file, ...position });
        }
      }
    }
  }
  return places;
}

function certainIn({ names }: DeclaredFile): DeclaredName[] {
  return names().filter(({ isCertain }) => isCertain);
}

function keyOf(name: string): string {
  return spelling(name).toLowerCase();
}
