import { isDeepStrictEqual } from "node:util";

/** A synthesized stack: everything of it that a plan depends on. */
export interface SynthesizedStack {
  readonly name: string;
  /** Its folder, relative to the synthesized directory. */
  readonly workingDirectory: string;
  /** The names of the stacks that it depends on. */
  readonly dependencies: readonly string[];
  /** The content of its text. */
  readonly content: unknown;
  /** The digest of each other file in its folder, by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** A stack that differs between base and head. */
interface AffectedStack<Change extends string> {
  readonly stack: string;
  readonly change: Change;
  readonly workingDirectory: string;
  /** All stacks that it depends on. Those that also differ must be deployed first. */
  readonly dependencies: readonly string[];
}

/** The stacks that differ, each list sorted by name. */
export interface Affected {
  /** The stacks to plan and apply from the head, in the form of `include` in a GitHub matrix. */
  readonly include: readonly AffectedStack<"added" | "changed">[];
  /** The stacks to destroy from the base, because they are not in the head. */
  readonly removed: readonly AffectedStack<"removed">[];
}

/** Compares the deployed stacks, `base`, with the new ones, `head`. */
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

/** The order of stacks and their folders do not change a plan. Dependencies that matter are in a stack's text. */
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
