const MILLISECONDS_BETWEEN = 2000;

/** Tells how far long work has come, now and then. */
export class Progress {
  private last = Date.now();

  /** @param what is done, for the line that says how much of it is */
  constructor(
    private readonly print: (line: string) => void,
    private readonly what = "certificates are made",
  ) {}

  public tell(done: number, all: number): void {
    if (Date.now() - this.last >= MILLISECONDS_BETWEEN && done < all) {
      this.last = Date.now();
      this.print(`${done} of ${all} ${this.what}.`);
    }
  }
}
