const MILLISECONDS_BETWEEN = 2000;

/** Tells how far long work has come, now and then. */
export class Progress {
  private last = Date.now();

  constructor(private readonly print: (line: string) => void) {}

  public tell(done: number, all: number): void {
    if (Date.now() - this.last >= MILLISECONDS_BETWEEN && done < all) {
      this.last = Date.now();
      this.print(`${done} of ${all} certificates are made.`);
    }
  }
}
