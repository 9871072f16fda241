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
 * What kinds of problems there are:
 *
 * - `unknown-property`: a name that nothing here has
 * - `required`: nothing is given, and something has to be
 * - `invalid`: not written as it has to be, or outside of what is allowed
 * - `unsupported`: right by itself; this custody, engine or kind of key cannot do it
 * - `duplicate`: given twice
 * - `conflict`: contradicts something else that is given
 * - `unreadable`: a file that is not there, cannot be read, or holds something else
 * - `occupied`: something stands in the way on the disk
 * - `refused`: a key, certificate or request from elsewhere that clients, or engines, do not take
 * - `token`: known only when it is applied
 */
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

/** One thing that is wrong with the input, and how to put it right. */
export interface Problem {
  /** Where it stands, in the terms of the props: `brokers[3].address`. Empty for the value as a whole. */
  readonly path: string;
  /** The value as it was given, ready to be shown, as all texts here are: on one line, and without what a CI system takes for a command. */
  readonly value: string;
  /** What is wrong with it, as the rest of a sentence: "has a port". Its words may change; kind and code do not. */
  readonly reason: string;
  /** What to do about it. */
  readonly fix: string;
  readonly kind: ProblemKind;
  /** The property and the kind, for programs: `address/invalid`. The kind alone, where no property of ours is concerned. */
  readonly code: string;
}

/** A problem as it is found: `invalid`, where it is of no other kind. */
export type FoundProblem = Omit<Problem, "kind" | "code"> & { readonly kind?: ProblemKind };

function withCode(found: FoundProblem): Problem {
  const { path, kind = "invalid" } = found;
  // The last name in `brokers.csv:3:1 brokers[0].alternativeAddresses[1]`.
  const [, property] = /(?:^|[. ])(\w+)(?:\[\d+\])*$/.exec(path) ?? [];
  const code = property === undefined || kind === "unknown-property" ? kind : `${property}/${kind}`;
  const [value, reason, fix] = [logLine(found.value), logLine(found.reason), logLine(found.fix)];
  return { path: logLine(path), value, reason, fix, kind, code };
}

/** As many as somebody reads. A slip in a template is in each of 10,000 brokers. */
const TOLD_AT_MOST = 100;

/** As a field it would be printed below the message of an uncaught error. */
const INVALID_INPUT = "MQTT_PKI_INVALID_INPUT";

/**
 * Bad input, thrown while the construct tree is built: before anything is synthesized, planned or written.
 * It carries every problem that was found, not only the first; its message tells the first 100.
 */
export class InvalidInputError extends Error {
  public override readonly name = "InvalidInputError";

  /** `MQTT_PKI_INVALID_INPUT`: what tells this error from others, whichever copy of this package threw it. */
  public get code(): string {
    return INVALID_INPUT;
  }

  readonly #problems: readonly Problem[];

  /**
   * @param subject what the problems are in: `the fleet "mqtt"`
   * @param found at least one
   * @internal
   */
  constructor(subject: string, found: readonly FoundProblem[]) {
    const problems = found.map(withCode);
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    const lines = problems.slice(0, TOLD_AT_MOST).map((each) => `  ${sentence(each)}`);
    const left = problems.length - lines.length;
    const rest = left === 0 ? [] : [`  … and ${left} more: the error's \`problems\` have them all`];
    super([`${count} in ${subject}:`, ...lines, ...rest].map(logLine).join("\n"));
    this.#problems = problems;
  }

  /** All that is wrong. Not a field, for Node prints the fields of an uncaught error below its message. */
  public get problems(): readonly Problem[] {
    return this.#problems;
  }
}

function sentence({ path, value, reason, fix, kind }: Problem): string {
  const where = path === "" ? "" : `${path}: `;
  return kind === "required" && path !== "" ? `${path} ${reason}; ${fix}` : `${where}${value} ${reason}; ${fix}`;
}
