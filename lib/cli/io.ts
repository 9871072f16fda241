import type { Dial } from "./check/dial/answer";

/**
 * The world, as a command sees it: files, standard input and output, the network, the clock. A command touches nothing else, so that a
 * test can hand it another.
 */
export interface Io {
  readonly now: Date;

  readonly env: Readonly<Record<string, string | undefined>>;

  /** Where it is run: what paths are relative to. */
  readonly directory: string;

  /** Whether what is written is for the eyes of a person, and for no file and no other program. */
  readonly isTerminal: boolean;

  /**
   * The bytes of a file, or of standard input for `-`.
   *
   * @throws InputError where it cannot be read
   */
  read(path: string): Promise<Uint8Array>;

  /**
   * The bytes of a file; undefined where it is not there.
   *
   * @throws InputError where it cannot be read
   */
  find(path: string): Promise<Uint8Array | undefined>;

  /**
   * Every file below a directory, by its path from there with `/` between its parts, in the order of these paths.
   * `undefined` for what is no directory.
   *
   * @throws InputError where it is not there, or cannot be read
   */
  list(directory: string): Promise<readonly string[] | undefined>;

  /** Writes a text to standard output, as it is. */
  write(text: string): void;

  /** Writes commands to a CI system, a line each, to standard output. Whoever makes them escapes what is in them. */
  writeCommands(text: string): void;

  /** Writes a line for a person to standard error, beside the output. */
  warn(line: string): void;

  /** Tells a person how far a long command is, in place of what was told before. Where it is told too often, nothing is shown. */
  progress(line: () => string): void;

  /** Connects to a broker. */
  readonly dial: Dial;

  /** Says that there is something to stop for: the exit status will be 1. */
  reportFindings(): void;
}
