import { logLine, quote } from "../errors";

/**
 * Input that a command cannot work with. The message is all that its user sees, on one line: which file, what is wrong with
 * it, and what to do. It quotes nothing of what is in the file, for that may be a private key.
 */
export class InputError extends Error {
  public override readonly name = "InputError";

  /**
   * @param path the file or directory, as the user wrote it; `-` is standard input
   * @param reason what is wrong with it, as the rest of a sentence: "is no JSON"
   * @param fix what to do about it
   */
  constructor(path: string, reason: string, fix: string) {
    super(logLine(`${path === "-" ? "standard input" : quote(path)} ${reason}; ${fix}`));
  }
}
