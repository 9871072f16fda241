import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Io } from "../../../lib/cli/io";
import { program } from "../../../lib/cli/program";
import { ENGINES, type EngineName, fixture, type Folder } from "../fixtures";
import { planNames } from "./reviews";

/** Where the gate is written down. */
const PAGES = ["reference/review.md", "how-to/ci.md", "workflows/github/plan.yml", "workflows/gitlab/stack.yml"];

/** What each says behind `--fail-on` of a review, but where it says what the option is. */
function gatesIn(page: string): string[] {
  const text = readFileSync(join(__dirname, "../../../docs", page), "utf8");
  return [...text.matchAll(/(?<!mqtt-pki check .*)--fail-on ([a-z][a-z,-]*)/g)].map(([, list = ""]) => list);
}

const GATES = new Set(PAGES.flatMap(gatesIn));

/** Whether the gate of the pages lets plans through. */
async function isOpenFor(...plans: readonly string[]): Promise<boolean> {
  const open = [];
  for (const gate of GATES) {
    let isOpen = true;
    const io: Io = {
      ...{ now: new Date("2026-11-25T00:00:00Z"), env: {}, directory: "/work", isTerminal: false },
      read: (path) => Promise.resolve(Buffer.from(plans[Number(path)] ?? "")),
      find: () => Promise.resolve(undefined),
      list: () => Promise.resolve(undefined),
      write: () => undefined,
      writeCommands: () => undefined,
      warn: () => undefined,
      progress: () => undefined,
      dial: () => Promise.reject(new Error("nothing is dialled")),
      reportFindings: () => {
        isOpen = false;
      },
    };
    const names = plans.map((_, index) => `${index}`);
    await program(io, "0").parseAsync(["review", ...names, "--fail-on", gate], { from: "user" });
    open.push(isOpen);
  }
  return open.includes(true);
}

const CHANGES_THAT_PASS = [
  ...["no-op", "renewed", "refresh-only", "failed", "moved", "broker-added", "addresses-changed", "subject-changed"],
  ...["duration-changed", "uses-changed", "mode-changed", "password-added", "files-rewritten"],
  ...["imported-no-op", "imported-variable"],
  // Clients trust the same root, and brokers keep their keys.
  ...["imported-replaced", "intermediate-re-keyed"],
  // Of the stack to which a broker comes: that from which it goes does not pass.
  ...["moved-between-stacks-b", "moved-with-key-b"],
];

describe("the gate of docs and workflows", () => {
  it("the gate is the same in all docs and workflows", () => {
    expect(PAGES.map((page) => [page, gatesIn(page).length > 0])).toEqual(PAGES.map((page) => [page, true]));
    expect([...GATES]).toHaveLength(1);
  });

  describe.each(ENGINES)("for plans of %s", (engine) => {
    it.each(planNames(engine))("the gate opens or closes as expected in %s: %s", async (folder, name) => {
      // OpenTofu does not tell that a plan is for a part, of which the addresses change here.
      const isPart = name === "targeted" && engine === "tofu";

      expect(await isOpenFor(fixture(engine, folder, name))).toBe(CHANGES_THAT_PASS.includes(name) || isPart);
    });

    it.each<[Folder, string]>([
      ["state", "moved-between-stacks"],
      ["state", "moved-with-key"],
      ["machine", "moved-between-stacks"],
      ["machine", "moved-with-key"],
    ])("the gate is closed for a broker that moves to another stack: %s, %s", async (folder, name) => {
      expect(await isOpenFor(...["a", "b"].map((stack) => fixture(engine, folder, `${name}-${stack}`)))).toBe(false);
    });
  });
});

interface Change {
  actions: string[];
  before: unknown;
  after: Record<string, unknown> | null;
  importing?: object;
}

interface Resource {
  address: string;
  type: string;
  action_reason?: string;
  deposed?: string;
  change: Change;
}

/** A fixture with corrupt resources. */
function corrupted(engine: EngineName, folder: Folder, name: string, corrupt: (all: Resource[]) => Resource[]): string {
  const plan = JSON.parse(fixture(engine, folder, name)) as { resource_changes: Resource[] };
  return JSON.stringify({ ...plan, resource_changes: corrupt(plan.resource_changes) });
}

const isReplaced = ({ change }: Resource): boolean => change.actions.includes("delete");

function given(change: Partial<Resource>): (all: Resource[]) => Resource[] {
  return (all) => all.map((one) => (isReplaced(one) ? { ...one, ...change } : one));
}

function acting(...actions: string[]): (all: Resource[]) => Resource[] {
  return (all) => all.map((one) => (isReplaced(one) ? { ...one, change: { ...one.change, actions } } : one));
}

const LEAF = /_2_example_com|mqtt-2/;

describe.each(ENGINES)("the gate, for changed plans of %s", (engine) => {
  it.each(["replace_by_request", "replace_by_triggers", "replace_because_tainted", "replace_because_cannot_update"])(
    "the gate is closed for a replaced key with the reason %s",
    async (action_reason) => {
      for (const [folder, name] of [
        ["state", "algorithm-changed"],
        ["hcl/map", "re-keyed"],
        ["hcl/module", "re-keyed"],
      ] as const) {
        expect(await isOpenFor(corrupted(engine, folder, name, given({ action_reason })))).toBe(false);
      }
    },
  );

  it.each([
    ["created before the old one is destroyed", ["create", "delete"]],
    ["created, and the old one is left", ["forget", "create"]],
    ["treated in a way that is not known", ["reincarnate"]],
  ])("the gate is closed if a replaced resource is %s", async (_, actions) => {
    expect(await isOpenFor(corrupted(engine, "hcl/map", "re-keyed", acting(...actions)))).toBe(false);
  });

  it("the gate is closed for an imported resource", async () => {
    const imported = (all: Resource[]): Resource[] =>
      all.map((one) => (isReplaced(one) ? { ...one, change: { ...one.change, importing: { id: "1" } } } : one));

    expect(await isOpenFor(corrupted(engine, "hcl/map", "re-keyed", imported))).toBe(false);
  });

  it("the gate is closed for a deposed resource that is destroyed", async () => {
    const leftOver = (all: Resource[]): Resource[] => [
      ...all,
      ...all
        .filter(({ type, address }) => type === "tls_locally_signed_cert" && LEAF.test(address))
        .map((one) => ({ ...one, deposed: "0a1b2c3d", change: { ...one.change, actions: ["delete"], after: null } })),
    ];

    expect(await isOpenFor(corrupted(engine, "state", "no-op", leftOver))).toBe(false);
  });

  it.each(["delete, create", "delete"])(
    "the gate is closed for a key of an unknown certificate: %s",
    async (actions) => {
      const alone = (all: Resource[]): Resource[] =>
        acting(...actions.split(", "))(all.filter(({ type }) => type === "tls_private_key"));

      expect(await isOpenFor(corrupted(engine, "hcl/map", "re-keyed", alone))).toBe(false);
    },
  );

  it("the gate is closed for a broker that moves to another resource", async () => {
    const moved = (all: Resource[]): Resource[] =>
      all.flatMap((one) =>
        isReplaced(one)
          ? [
              { ...one, change: { ...one.change, actions: ["delete"], after: null } },
              { ...one, address: `${one.address}_2`, change: { ...one.change, actions: ["create"], before: null } },
            ]
          : [one],
      );

    expect(await isOpenFor(corrupted(engine, "hcl/map", "re-keyed", moved))).toBe(false);
  });

  it.each(["finished: a deployment was stopped", "because it is Wednesday"])(
    "the gate is closed for custody machine with the words: %s",
    async (words) => {
      const plan = fixture(engine, "machine", "renewed");

      expect(await isOpenFor(plan.replaceAll("new certificate, same key: the old one is due", words))).toBe(false);
    },
  );
});
