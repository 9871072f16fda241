import type { Position } from "../../located-text/located-text";

/** A name in a file, and its place. */
export interface DeclaredName {
  /** A broker's address, or an authority's common name. */
  readonly name: string;
  readonly position: Position;
  /** Whether the file certainly declares it. Otherwise it may be any text that happens to be equal. */
  readonly isCertain: boolean;
}

/** A file that declares brokers or authorities. */
export interface DeclaredFile {
  /** The path as the user named it. */
  readonly file: string;
  /** Read on first use, because a large fleet takes seconds. */
  readonly names: () => readonly DeclaredName[];
}
