import { logLine, quote } from "../errors";

/**
 * Input that a command cannot use. The message is the only line that the user sees: the file, what is wrong with it, and how to
 * fix it. It quotes nothing from the file, which may hold a private key.
 */
export class InputError extends Error {
  /** The name of the class, by which a program recognizes the error. */
  public override readonly name = "InputError";

  /**
   * Makes the message from its parts.
   *
   * @param path the file or directory, as the user wrote it; `-` is standard input
   * @param reason what is wrong with it, as the rest of a sentence: "is not JSON"
   * @param fix how to fix it
   */
  constructor(path: string, reason: string, fix: string) {
    super(logLine(`${path === "-" ? "standard input" : quote(path)} ${reason}; ${fix}`));
  }
}
