import { affected, type SynthesizedStack } from "../../../lib/cli/affected/affected";

function stack(name: string, rest: Partial<SynthesizedStack> = {}): SynthesizedStack {
  return { name, workingDirectory: `stacks/${name}`, dependencies: [], content: {}, files: {}, ...rest };
}

/** What differs, in short: `name change`. */
function changes(base: readonly SynthesizedStack[], head: readonly SynthesizedStack[]): string[] {
  const { include, removed } = affected(base, head);
  return [...include, ...removed].map((entry) => `${entry.stack} ${entry.change}`);
}

describe("affected", () => {
  it("affected finds nothing in equal stacks, in any order of stacks and properties", () => {
    const base = [stack("a", { content: { one: 1, two: [1, 2] }, files: { x: "1", y: "2" } }), stack("b")];
    const head = [stack("b"), stack("a", { content: { two: [1, 2], one: 1 }, files: { y: "2", x: "1" } })];

    expect(changes(base, head)).toEqual([]);
  });

  it.each([
    ["a value", { content: { one: [{ two: 2 }] } }, { content: { one: [{ two: 3 }] } }],
    ["the order of a list", { content: [1, 2] }, { content: [2, 1] }],
    ["a file's content", { files: { "assets/brokers.json": "1" } }, { files: { "assets/brokers.json": "2" } }],
    ["a file's name", { files: { "assets/a": "1" } }, { files: { "assets/b": "1" } }],
    ["a file more", { files: {} }, { files: { "assets/a": "1" } }],
    ["a file less", { files: { "assets/a": "1" } }, { files: {} }],
  ])("affected finds a stack changed by %s", (_, before, after) => {
    expect(changes([stack("a", before)], [stack("a", after)])).toEqual(["a changed"]);
  });

  it("affected does not report a stack only because its dependency changed", () => {
    const dependent = stack("b", { dependencies: ["a"] });

    expect(changes([stack("a", { content: 1 }), dependent], [stack("a", { content: 2 }), dependent])).toEqual([
      "a changed",
    ]);
  });

  it("affected lists removed stacks separately, each list sorted by name", () => {
    const base = [stack("z"), stack("B", { content: 1 }), stack("y", { dependencies: ["z"] })];
    const head = [stack("a", { dependencies: ["B"] }), stack("B", { content: 2 })];

    expect(affected(base, head)).toEqual({
      include: [
        { stack: "B", change: "changed", workingDirectory: "stacks/B", dependencies: [] },
        { stack: "a", change: "added", workingDirectory: "stacks/a", dependencies: ["B"] },
      ],
      removed: [
        { stack: "y", change: "removed", workingDirectory: "stacks/y", dependencies: ["z"] },
        { stack: "z", change: "removed", workingDirectory: "stacks/z", dependencies: [] },
      ],
    });
  });

  it("affected finds every stack added to an empty base", () => {
    expect(changes([], [stack("b"), stack("a")])).toEqual(["a added", "b added"]);
  });
});
