import { logLine } from "./log-text";

/** The names of {@link ProblemKind}. */
export const PROBLEM_KINDS = [
  "unknown-property",
  "required",
  "invalid",
  "unsupported",
  "duplicate",
  "conflict",
  "unreadable",
  "occupied",
  "refused",
  "token",
] as const;

/**
 * The kind of a problem:
 *
 * - `unknown-property`: a name that is not known
 * - `required`: a required value is missing
 * - `invalid`: a value in the wrong form, or outside its limits
 * - `unsupported`: a valid value that this custody, engine or kind of key does not support
 * - `duplicate`: a value that is given twice
 * - `conflict`: a value that contradicts another value
 * - `unreadable`: a file that does not exist, cannot be read, or contains something else
 * - `occupied`: something else is already at that place on the disk
 * - `refused`: a key, certificate or request from elsewhere that clients or engines do not accept
 * - `token`: a value that is known only at apply
 */
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

/** One problem of the input, and its fix. */
export interface Problem {
  /** The place of the value in the props: `brokers[3].address`. Empty for the value as a whole. */
  readonly path: string;
  /** The given value, ready to be printed like all texts here: on one line, without commands of CI systems. */
  readonly value: string;
  /** The reason, as the rest of a sentence: "has a port". Its words may change; kind and code do not. */
  readonly reason: string;
  /** The way to fix the problem: "write the address alone". */
  readonly fix: string;
  /** The kind, for programs. It does not change between versions. */
  readonly kind: ProblemKind;
  /** The property and the kind, for programs: `address/invalid`. Only the kind, if no known property is concerned. */
  readonly code: string;
}

/** A problem as it is found; its kind is `invalid` by default. */
export type FoundProblem = Omit<Problem, "kind" | "code"> & { readonly kind?: ProblemKind };

function withCode(found: FoundProblem): Problem {
  const { path, kind = "invalid" } = found;
  // The last name in `brokers.csv:3:1 brokers[0].alternativeAddresses[1]`.
  const [, property] = /(?:^|[. ])(\w+)(?:\[\d+\])*$/.exec(path) ?? [];
  const code = property === undefined || kind === "unknown-property" ? kind : `${property}/${kind}`;
  const [value, reason, fix] = [logLine(found.value), logLine(found.reason), logLine(found.fix)];
  return { path: logLine(path), value, reason, fix, kind, code };
}

/** The number of problems in a message: a slip in a template is in each of 10,000 brokers. */
const TOLD_AT_MOST = 100;

/** Not a field of the error: Node would print it below the message of an uncaught error. */
const INVALID_INPUT = "MQTT_PKI_INVALID_INPUT";

/**
 * Invalid input. It is thrown while the construct tree is built, before anything is synthesized, planned or written. It has
 * every problem that was found; its message lists the first 100.
 *
 * @example
 * ```ts
 * try {
 *   Address.parse("mqtt-1.example.com:8883");
 * } catch (error) {
 *   if (error instanceof InvalidInputError) {
 *     console.error(error.problems.map(({ code, fix }) => `${code}: ${fix}`).join("\n"));
 *   }
 * }
 * ```
 */
export class InvalidInputError extends Error {
  /** `InvalidInputError`. */
  public override readonly name = "InvalidInputError";

  /** `MQTT_PKI_INVALID_INPUT`. It identifies this error even if another copy of this package threw it. */
  public get code(): string {
    return INVALID_INPUT;
  }

  readonly #problems: readonly Problem[];

  /**
   * @param subject the thing with the problems: `the fleet "mqtt"`
   * @param found at least one problem
   * @internal
   */
  constructor(subject: string, found: readonly FoundProblem[]) {
    const problems = found.map(withCode);
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    const lines = problems.slice(0, TOLD_AT_MOST).map((each) => `  ${sentence(each)}`);
    const left = problems.length - lines.length;
    const rest = left === 0 ? [] : [`  … and ${left} more: the error's \`problems\` list all of them`];
    super([`${count} in ${subject}:`, ...lines, ...rest].map(logLine).join("\n"));
    this.#problems = problems;
  }

  /** All problems that were found. */
  public get problems(): readonly Problem[] {
    // Not a field: Node prints the fields of an uncaught error below its message.
    return this.#problems;
  }
}

function sentence({ path, value, reason, fix, kind }: Problem): string {
  const where = path === "" ? "" : `${path}: `;
  return kind === "required" && path !== "" ? `${path} ${reason}; ${fix}` : `${where}${value} ${reason}; ${fix}`;
}
