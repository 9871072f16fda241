import { type FoundProblem, InvalidInputError, type ProblemKind } from "./problem";
import { hide, nameInPath, show } from "./quote";
import { suggest } from "./suggestion";

/** Collects the problems of one input, so that all of them are reported at once. */
export class Problems {
  private readonly found = new Map<string, FoundProblem>();
  private readonly unknowable = new Set<string>();

  /** Files a problem; a second time, it has no effect. */
  public add(path: string, value: unknown, reason: string, fix: string, kind: ProblemKind = "invalid"): void {
    this.file({ path, value: show(value), reason, fix, kind });
  }

  /** Files a problem without its value, which may be a secret. */
  public addHidden(path: string, reason: string, fix: string, kind: ProblemKind = "invalid"): void {
    this.add(path, hide(""), reason, fix, kind);
  }

  /** Files that the value at `path` is not known yet. Other problems of that value do not count. */
  public addUnknown(path: string): void {
    const reason =
      "is a token, whose value is known only at apply: it cannot be checked at synth, nor used in names of resources and files";
    const fix = "give the value itself, from code, a file or the environment";
    this.file({ path, value: "(token)", reason, fix, kind: "token" });
    this.unknowable.add(path);
  }

  /**
   * Runs `parse` and returns its value; or files the problems that it throws, and returns undefined.
   *
   * @param path the place of the parsed value, or a function from a problem's path to its path here; a problem for which it
   *   returns undefined is dropped
   */
  public attempt<T>(path: string | ((below: string) => string | undefined), parse: () => T): T | undefined {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof InvalidInputError)) {
        throw error;
      }
      for (const found of error.problems) {
        const here = typeof path === "string" ? join(path, found.path) : path(found.path);
        if (here !== undefined) {
          this.file({ ...found, path: here });
        }
      }
      return undefined;
    }
  }

  private file(found: FoundProblem): void {
    const key = JSON.stringify([found.path, found.value, found.reason]);
    if (!this.isUnknowable(found.path) && !this.found.has(key)) {
      this.found.set(key, found);
    }
  }

  /** Whether the value at the path, or a list that contains it, is not known yet. */
  private isUnknowable(path: string): boolean {
    return (
      this.unknowable.size > 0 &&
      (this.unknowable.has(path) ||
        [...path.matchAll(/\[/g)].some(({ index }) => this.unknowable.has(path.slice(0, index))))
    );
  }

  /** Files a problem for every property of `props` that is not one of `known`: a typing error must not go unnoticed. */
  public refuseUnknown(path: string, props: object, known: readonly string[]): void {
    for (const [name, value] of Object.entries(props) as [string, unknown][]) {
      if (value === undefined || known.includes(name)) {
        continue;
      }
      const fix = suggest(name, known);
      this.add(join(path, nameInPath(name)), hide(value), "is not a known property", fix, "unknown-property");
    }
  }

  /** All filed problems, as one error. */
  public toError(subject: string): InvalidInputError {
    return new InvalidInputError(subject, [...this.found.values()]);
  }

  /**
   * @param blame the function whose caller gave the input: the stack trace of the error starts there
   * @throws InvalidInputError if at least one problem was filed
   */
  public throwIfAny(subject: string, blame?: NewableFunction): void {
    if (this.found.size > 0) {
      const error = this.toError(subject);
      Error.captureStackTrace(error, blame);
      throw error;
    }
  }
}

/** Runs `parse`, whose value is at `path`: the problems that it throws get paths below it. */
export function underPath<T>(path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) {
      throw error;
    }
    const problems = error.problems.map((found) => ({ ...found, path: join(path, found.path) }));
    throw new InvalidInputError(path, problems);
  }
}

/** Runs `body`. If its input is invalid, the stack trace of the error starts at the caller of `blame`. */
export function thrownFrom<T>(blame: (...given: never[]) => unknown, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof InvalidInputError) {
      Error.captureStackTrace(error, blame);
    }
    throw error;
  }
}

/** A single problem of a value without a path: the caller adds the path. */
export function invalid(
  subject: string,
  value: unknown,
  reason: string,
  fix: string,
  kind: ProblemKind = "invalid",
): InvalidInputError {
  return new InvalidInputError(subject, [{ path: "", value: show(value), reason, fix, kind }]);
}

function join(path: string, below: string): string {
  return path === "" || below === "" || below.startsWith("[") ? path + below : `${path}.${below}`;
}
