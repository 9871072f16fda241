import { isDeepStrictEqual } from "node:util";

/** A synthesized stack: what of it makes a plan. */
export interface SynthesizedStack {
  readonly name: string;
  /** Its folder, from the synthesized directory. */
  readonly workingDirectory: string;
  /** The names of the stacks that it depends on. */
  readonly dependencies: readonly string[];
  /** What its text says. */
  readonly content: unknown;
  /** The digest of every other file of its folder, by its path there. */
  readonly files: Readonly<Record<string, string>>;
}

/** A stack that differs between base and head. */
interface AffectedStack<Change extends string> {
  readonly stack: string;
  readonly change: Change;
  readonly workingDirectory: string;
  /** All the stacks that it depends on: of these, the ones that differ as well go first. */
  readonly dependencies: readonly string[];
}

/** The stacks that differ, each part in the order of the names. */
export interface Affected {
  /** To plan and apply from the head: what GitHub takes for the `include` of a matrix. */
  readonly include: readonly AffectedStack<"added" | "changed">[];
  /** To destroy from the base, for the head knows them not. */
  readonly removed: readonly AffectedStack<"removed">[];
}

/** Compares what is deployed, `base`, with what would be, `head`. */
export function affected(base: readonly SynthesizedStack[], head: readonly SynthesizedStack[]): Affected {
  const before = new Map(base.map((stack) => [stack.name, stack]));
  const after = new Set(head.map((stack) => stack.name));
  return {
    include: inOrder(head)
      .filter((stack) => !isSame(before.get(stack.name), stack))
      .map((stack) => entry(stack, before.has(stack.name) ? "changed" : "added")),
    removed: inOrder(base)
      .filter((stack) => !after.has(stack.name))
      .map((stack) => entry(stack, "removed")),
  };
}

/** Another order of stacks, and another folder, change no plan; what a stack depends on is in its text where it matters. */
function isSame(old: SynthesizedStack | undefined, stack: SynthesizedStack): boolean {
  return isDeepStrictEqual(old?.content, stack.content) && isDeepStrictEqual(old?.files, stack.files);
}

function inOrder(stacks: readonly SynthesizedStack[]): SynthesizedStack[] {
  // By code units, so that no locale reorders a matrix.
  return [...stacks].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function entry<Change extends string>(stack: SynthesizedStack, change: Change): AffectedStack<Change> {
  const { name, workingDirectory, dependencies } = stack;
  return { stack: name, change, workingDirectory, dependencies };
}
