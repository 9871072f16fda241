/** The output for progress; a stream of Node fits. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Milliseconds between lines: on a terminal, a line replaces the one before; in a log, it follows. */
const [ON_TERMINAL, IN_LOG] = [200, 5000];

/** Clears the line. */
const CLEAR = "\r\u001b[K";

/** Shows a person the progress of a long command. */
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

  /** Shows a line, unless one was shown just before. */
  public tell(line: () => string): void {
    const isTerminal = this.screen.isTTY === true;
    if (this.now() - this.#last < (isTerminal ? ON_TERMINAL : IN_LOG)) {
      return;
    }
    this.#last = this.now();
    this.#isShown = isTerminal;
    this.screen.write(isTerminal ? `${CLEAR}${line()}` : `${line()}\n`);
  }

  /** Removes the line, to make room for other text. */
  public clear(): void {
    if (this.#isShown) {
      this.screen.write(CLEAR);
      this.#isShown = false;
    }
  }
}
