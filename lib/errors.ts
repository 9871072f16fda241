/** One thing that is wrong with the input, and how to put it right. */
export interface Problem {
  /** Where it stands, in the terms of the props: `brokers[3].address`. Empty for the value as a whole. */
  readonly path: string;
  /** The value as it was given, ready to be shown. */
  readonly value: string;
  /** What is wrong with it, as the rest of a sentence: "has a port". */
  readonly reason: string;
  /** What to do about it. */
  readonly fix: string;
}

/**
 * Bad input, thrown while the construct tree is built: before anything is synthesized, planned or written.
 * It carries every problem that was found, not only the first.
 */
export class InvalidInputError extends Error {
  public override readonly name = "InvalidInputError";

  readonly #problems: readonly Problem[];

  /**
   * @param subject what the problems are in: `the fleet "mqtt"`
   * @param problems at least one
   */
  constructor(subject: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super([`${count} in ${subject}:`, ...problems.map((problem) => `  ${sentence(problem)}`)].join("\n"));
    this.#problems = problems;
  }

  /** All that is wrong. Not a field, for Node prints the fields of an uncaught error below its message. */
  public get problems(): readonly Problem[] {
    return this.#problems;
  }
}

/** Gathers the problems of one input, so that all of them are reported at once. */
export class Problems {
  private readonly found = new Map<string, Problem>();
  private readonly unknowable = new Set<string>();

  /** Files a problem, once. */
  public add(path: string, value: unknown, reason: string, fix: string): void {
    this.file({ path, value: show(value), reason, fix });
  }

  /** Files a problem with a value that may be a secret: it is not shown. */
  public addHidden(path: string, reason: string, fix: string): void {
    this.file({ path, value: "(a text)", reason, fix });
  }

  /** Files that the value at `path` is not known yet: whatever else seems wrong with it does not count. */
  public addUnknown(path: string): void {
    const reason =
      "is a token, whose value is known only when it is applied: it cannot be checked at synth, and names of resources and files cannot be made of it";
    this.file({ path, value: "(token)", reason, fix: "give the value itself, from code, a file or the environment" });
    this.unknowable.add(path);
  }

  /**
   * Runs `parse` and returns its value; or files the problems that it throws, and returns undefined.
   *
   * @param path where what is parsed stands, or the way from a problem's own path to its path here: undefined where it
   *   is no problem here
   */
  public attempt<T>(path: string | ((below: string) => string | undefined), parse: () => T): T | undefined {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof InvalidInputError)) {
        throw error;
      }
      for (const problem of error.problems) {
        const here = typeof path === "string" ? join(path, problem.path) : path(problem.path);
        if (here !== undefined) {
          this.file({ ...problem, path: here });
        }
      }
      return undefined;
    }
  }

  private file(problem: Problem): void {
    const key = JSON.stringify([problem.path, problem.value, problem.reason]);
    const isUnknowable = [...this.unknowable].some(
      (path) => path === problem.path || problem.path.startsWith(`${path}[`),
    );
    if (!isUnknowable && !this.found.has(key)) {
      this.found.set(key, problem);
    }
  }

  /** Files a problem for every property of `props` that is not one of `known`: a slip of the pen must not be ignored. */
  public refuseUnknown(path: string, props: object, known: readonly string[]): void {
    for (const [name, value] of Object.entries(props) as [string, unknown][]) {
      if (value === undefined || known.includes(name)) {
        continue;
      }
      const [reason, fix] = ["is no property here", `choose from ${known.join(", ")}`];
      if (typeof value === "string") {
        this.addHidden(join(path, nameInPath(name)), reason, fix);
      } else {
        this.add(join(path, nameInPath(name)), value, reason, fix);
      }
    }
  }

  /** All that was filed, as one error. */
  public toError(subject: string): InvalidInputError {
    return new InvalidInputError(subject, [...this.found.values()]);
  }

  /**
   * @param blame the function whose caller gave the input: the error's stack trace starts there
   * @throws InvalidInputError where at least one problem was filed
   */
  public throwIfAny(subject: string, blame?: NewableFunction): void {
    if (this.found.size > 0) {
      const error = this.toError(subject);
      Error.captureStackTrace(error, blame);
      throw error;
    }
  }
}

/** Runs `parse`, whose value stands at `path`: the problems that it throws get their paths from there. */
export function at<T>(path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) {
      throw error;
    }
    const problems = error.problems.map((problem) => ({ ...problem, path: join(path, problem.path) }));
    throw new InvalidInputError(path, problems);
  }
}

/** Runs `body`: where its input is bad, the error's stack trace starts at the caller of `blame`. */
export function blaming<T>(blame: (...given: never[]) => unknown, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof InvalidInputError) {
      Error.captureStackTrace(error, blame);
    }
    throw error;
  }
}

/** A single problem of a value that knows no path: its holder gives it one. */
export function invalid(subject: string, value: unknown, reason: string, fix: string): InvalidInputError {
  return new InvalidInputError(subject, [{ path: "", value: show(value), reason, fix }]);
}

function sentence(problem: Problem): string {
  const where = problem.path === "" ? "" : `${problem.path}: `;
  return `${where}${problem.value} ${problem.reason}; ${problem.fix}`;
}

function join(path: string, below: string): string {
  return path === "" || below === "" || below.startsWith("[") ? path + below : `${path}.${below}`;
}

/** The name of a property, as a part of a path. */
export function nameInPath(name: string): string {
  return /^\w+$/.test(name) ? name : quote(name);
}

const SHOWN_AT_MOST = 300;

/** Text for a message: quoted, cut where it is long, its control characters escaped, and never a PEM. */
export function quote(text: string): string {
  if (text.includes("-----BEGIN")) {
    return "(a PEM)";
  }
  const cut = text.length > SHOWN_AT_MOST ? `${text.slice(0, SHOWN_AT_MOST)}…` : text;
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A value for a message. What is in an object is not shown: it may be a key. */
function show(value: unknown): string {
  if (typeof value === "string") {
    return quote(value);
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? "[]" : `(a list of ${value.length})`;
  }
  if (typeof value === "object" && value !== null) {
    return "(an object)";
  }
  return typeof value === "function" ? "(a function)" : String(value);
}
