import { LIMIT_NAMES, type LimitName } from "../../../lib/cli/rules/limits";
import { ENGINES, fixture } from "../fixtures";
import { mqttPki, type Outcome } from "../inventory/support";

/** For each limit, one that the fleet of the fixtures breaks, and one that it holds. Both are written into one file of rules. */
const LIMITS: Readonly<Record<LimitName, readonly [broken: unknown, held: unknown]>> = {
  kinds: [["re-keyed", "removed", "doubtful"], ["drifted"]],
  longestValidity: ["1 hour", "9000 days"],
  shortestRenewal: ["9000 days", "1 hour"],
  keyAlgorithms: [["Ed25519"], ["ECDSA-P256"]],
  authorities: [["Unused CA"], ["Plant CA"]],
  names: ["^none$", "."],
  forbiddenNames: [".", "^none$"],
  protectedFrom: [["changes", "goes"], ["changes"]],
  changesAtMost: [0, 100],
  changesWithin: [[{ from: "00:00", to: "00:01" }], [{ from: "00:00", to: "24:00", timeZone: "Europe/Berlin" }]],
  changesOutside: [[{ from: "2026-01-01", to: "2099-12-31" }], [{ from: "2020-12-20", to: "2021-01-06" }]],
};

/** Those that an inventory can break: nothing changes in one. */
const OF_WHAT_IS: readonly LimitName[] = [
  "longestValidity",
  "shortestRenewal",
  "keyAlgorithms",
  "authorities",
  "names",
  "forbiddenNames",
];

type Custody = "state" | "machine";

const NOW = new Date("2026-11-29T12:00:00Z");

/** A file with every limit. The held `protectedFrom` is for a broker that is not there: there is no fate that none has. */
function rulesFile(index: 0 | 1): string {
  const rules = LIMIT_NAMES.map((name) => ({
    name: nameOf(name),
    [name]: LIMITS[name][index],
    ...(name === "protectedFrom" && index === 1 && { for: ["none"] }),
  }));
  return JSON.stringify({ rules });
}

function nameOf(limit: LimitName): string {
  return limit.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The names of the rules that were broken. */
function brokenIn({ output }: Outcome): string[] {
  const { violations } = JSON.parse(output) as { violations: readonly { rule: string }[] };
  return [...new Set(violations.map(({ rule }) => rule))];
}

describe.each(ENGINES)("a file with every rule, of what is there with %s", (engine) => {
  const run = (command: string, file: string, custody: Custody, rules: string): Promise<Outcome> =>
    mqttPki({ given: fixture(engine, custody, file), "mqtt-pki.yaml": rules }, [command, "given", "--format", "json"], {
      now: NOW,
    });

  it("a plan breaks every strict rule that a plan can break, and the exit status is 1", async () => {
    const outcome = await run("review", "several-at-once", "state", rulesFile(0));

    expect(outcome.status).toBe(1);
    expect(brokenIn(outcome)).toEqual(LIMIT_NAMES.map(nameOf));
  });

  it("a state breaks every strict rule that is not about changes", async () => {
    const outcome = await run("inventory", "state", "state", rulesFile(0));

    expect(outcome.status).toBe(1);
    expect(brokenIn(outcome)).toEqual(OF_WHAT_IS.map(nameOf));
  });

  it.each<[command: string, file: string, custody: Custody]>([
    ["review", "several-at-once", "state"],
    ["review", "several-at-once", "machine"],
    ["inventory", "state", "state"],
    ["inventory", "state", "machine"],
  ])("mqtt-pki %s %s, custody %s, breaks no loose rule", async (command, file, custody) => {
    const outcome = await run(command, file, custody, rulesFile(1));

    expect({ status: outcome.status, broken: brokenIn(outcome) }).toEqual({ status: 0, broken: [] });
  });
});
