/** What keeps certificates from being made, in words for whoever deploys: what, where, and how to go on. */
export class Failure extends Error {
  public override readonly name = "Failure";
}

/** What went wrong, in a sentence: errors of the system name the file. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
