/** An error with a message for the deploying user: what is wrong, where, and how to fix it. */
export class Failure extends Error {
  public override readonly name = "Failure";
}

/** The message of an error. Errors of the system name the file. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
