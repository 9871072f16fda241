/** Where it is told; what a stream of Node is. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Milliseconds from one line to the next: on a terminal in its place, and in a log below it. */
const [ON_TERMINAL, IN_LOG] = [200, 5000];

/** Clears the line. */
const CLEAR = "\r\u001b[K";

/** How far a long command is, for a person. */
export class Progress {
  #last: number;
  #isShown = false;

  /** @param now a clock, in milliseconds */
  constructor(
    private readonly screen: Screen,
    private readonly now: () => number,
  ) {
    this.#last = now();
  }

  /** Shows a line, unless one was shown a moment ago. */
  public tell(line: () => string): void {
    const isTerminal = this.screen.isTTY === true;
    if (this.now() - this.#last < (isTerminal ? ON_TERMINAL : IN_LOG)) {
      return;
    }
    this.#last = this.now();
    this.#isShown = isTerminal;
    this.screen.write(isTerminal ? `${CLEAR}${line()}` : `${line()}\n`);
  }

  /** Makes room for other text. */
  public clear(): void {
    if (this.#isShown) {
      this.screen.write(CLEAR);
      this.#isShown = false;
    }
  }
}
