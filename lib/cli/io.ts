import type { Dial } from "./check/dial/answer";

/**
 * The world of a command: files, standard input and output, the network, the clock. A command uses nothing else, so that a test can
 * replace it.
 */
export interface Io {
  readonly now: Date;

  readonly env: Readonly<Record<string, string | undefined>>;

  /** The working directory, which paths are relative to. */
  readonly directory: string;

  /** Whether standard output is a terminal, and not a file or another program. */
  readonly isTerminal: boolean;

  /**
   * The bytes of a file, or of standard input for `-`.
   *
   * @throws InputError if it cannot be read
   */
  read(path: string): Promise<Uint8Array>;

  /**
   * The bytes of a file; undefined if it does not exist.
   *
   * @throws InputError if it cannot be read
   */
  find(path: string): Promise<Uint8Array | undefined>;

  /**
   * Every file below a directory, as relative paths with `/` between the parts, sorted. `undefined` if the path is not a
   * directory.
   *
   * @throws InputError if it does not exist, or cannot be read
   */
  list(directory: string): Promise<readonly string[] | undefined>;

  /** Writes a text to standard output, unchanged. */
  write(text: string): void;

  /** Writes commands for a CI system to standard output, one a line. The caller escapes their content. */
  writeCommands(text: string): void;

  /** Writes a line for a person to standard error. */
  warn(line: string): void;

  /** Shows the progress of a long command, replacing the line before. Calls in quick succession are skipped. */
  progress(line: () => string): void;

  /** Connects to a broker. */
  readonly dial: Dial;

  /** Sets the exit status to 1, because of findings. */
  reportFindings(): void;
}
