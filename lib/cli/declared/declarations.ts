import { lazy } from "../../located-text/located-text";
import { spelling } from "../read/names";
import type { DeclaredFile, DeclaredName } from "./declared-file";
import type { FilePlace } from "./file-place";

/** The places where brokers and authorities are declared. Immutable. */
export class Declarations {
  readonly #places: () => ReadonlyMap<string, FilePlace>;

  constructor(private readonly files: readonly DeclaredFile[]) {
    this.#places = lazy(() => placesIn(files));
  }

  /**
   * The place of the first name that is declared; undefined if none is.
   *
   * @param names the names of one certificate, in any spelling of an address
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

  /** The file that declares the most names; undefined if there is no file. A removed broker was most likely declared there. */
  public get mainFile(): string | undefined {
    return this.files.toSorted((one, other) => certainIn(other).length - certainIn(one).length)[0]?.file;
  }
}

/** A certain name has priority, and then the first one in a file. */
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
