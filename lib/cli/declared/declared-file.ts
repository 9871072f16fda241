import type { Position } from "../../located-text/located-text";

/** A name that a file declares, and where. */
export interface DeclaredName {
  /** A broker's address, or an authority's common name. */
  readonly name: string;
  readonly position: Position;
  /** Whether the file says what it is the name of. Else it may be any text that happens to be the same. */
  readonly isCertain: boolean;
}

/** A file that declares brokers or authorities. */
export interface DeclaredFile {
  /** As its user named it. */
  readonly file: string;
  /** Read when it is first asked for: a large fleet takes seconds. */
  readonly names: () => readonly DeclaredName[];
}
