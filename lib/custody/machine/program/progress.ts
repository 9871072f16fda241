const MILLISECONDS_BETWEEN = 2000;

/** Prints the progress of long work, every few seconds. */
export class Progress {
  private last = Date.now();

  /** @param what the end of the printed line */
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
