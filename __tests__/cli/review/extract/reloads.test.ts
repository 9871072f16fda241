import { toJson } from "../../../../lib/cli/review/formats/json";
import { toMarkdown } from "../../../../lib/cli/review/formats/markdown";
import { toText } from "../../../../lib/cli/review/formats/text";
import { type Review, review } from "../../../../lib/cli/review/review";
import { readPlan } from "../../../../lib/cli/terraform/plan";

const BEFORE = "2026-01-05T09:00:00Z";
const NOW = "2026-11-28T13:49:00Z";
const RELOAD = "systemctl reload mosquitto";

interface Side {
  readonly input?: object;
  readonly triggers_replace?: unknown;
}

/** The review of a plan with one resource. */
function reviewOf(
  address: string,
  [before, after]: readonly [Side | null, Side | null],
  actions: readonly string[],
  reason?: string,
): Review {
  const [type, name] = address.split(".");
  const change = { actions, before, after, after_unknown: {} };
  const resource = { address, mode: "managed", type, name, change, action_reason: reason };
  const plan = { format_version: "1.2", timestamp: NOW, resource_changes: [resource] };
  return review([readPlan("plan.json", Buffer.from(JSON.stringify(plan)))], new Date(0));
}

/** Of custody "machine": commands with their tokens, by the names of brokers. */
function shown(commands: Readonly<Record<string, readonly [command: string, token: string]>>): Side {
  const entries = Object.entries(commands).map(([name, [command, token]]) => [`brokers/${name}`, { command, token }]);
  return { triggers_replace: JSON.stringify(Object.fromEntries(entries)) };
}

describe("reload commands of custody machine", () => {
  const before = shown({ a: [RELOAD, `${BEFORE} its files change`], b: [RELOAD, `${BEFORE} its files change`] });

  it("a reload command of custody machine that this plan runs is listed with broker and reason", () => {
    const after = shown({ a: [RELOAD, `${NOW} its files change`], b: [RELOAD, `${BEFORE} its files change`] });
    const found = reviewOf("terraform_data.reloads", [before, after], ["delete", "create"]);

    expect(found.reloads).toEqual([
      {
        source: "plan.json",
        address: 'terraform_data.reloads["brokers/a"]',
        broker: "a",
        command: RELOAD,
        reason: "its files change",
      },
    ]);
    expect(found.others).toEqual([]);
  });

  it("a reload command of custody machine that an earlier deployment ran is not listed", () => {
    const after = shown({ a: [RELOAD, "2026-11-01T00:00:00Z its files change"] });
    const found = reviewOf("terraform_data.reloads", [before, after], ["delete", "create"]);

    expect(found).toMatchObject({ reloads: [], others: [] });
  });

  it("another declared command of custody machine that does not run is an other change", () => {
    const after = shown({ a: ["true", `${BEFORE} its files change`], b: [RELOAD, `${BEFORE} its files change`] });
    const found = reviewOf("terraform_data.reloads", [before, after], ["delete", "create"]);

    expect(found.reloads).toEqual([]);
    expect(found.others).toEqual([
      {
        source: "plan.json",
        address: 'terraform_data.reloads["brokers/a"]',
        action: "update",
        detail: "another command is declared: true",
      },
    ]);
  });
});

describe("reload commands of custody state", () => {
  const side = (command = RELOAD): Side => ({ input: { address: "a.example.com", reload_command: command } });

  it.each<[string, Side | null, string[], string | undefined, string]>([
    ["for the first time", null, ["create"], undefined, "it was never run"],
    ["because files change", side(), ["delete", "create"], "replace_because_cannot_update", "its files change"],
    ["because it failed", side(), ["delete", "create"], "replace_because_tainted", "it failed before"],
  ])("a reload command of custody state runs %s", (_, before, actions, why, reason) => {
    const found = reviewOf("terraform_data.broker_a", [before, side()], actions, why);

    expect(found.reloads).toEqual([
      { source: "plan.json", address: "terraform_data.broker_a", broker: "a.example.com", command: RELOAD, reason },
    ]);
    expect(found.others).toEqual([]);
  });

  it("another declared command of custody state that does not run is an other change", () => {
    const found = reviewOf("terraform_data.broker_a", [side(), side("true")], ["update"]);

    expect(found.reloads).toEqual([]);
    expect(found.others).toMatchObject([{ action: "update", detail: "another command is declared: true" }]);
  });

  it("a reload command of custody state is removed with its broker, and not listed", () => {
    expect(reviewOf("terraform_data.broker_a", [side(), null], ["delete"])).toMatchObject({ reloads: [], others: [] });
  });

  it("a reload command of custody state appears in each format", () => {
    const found = reviewOf("terraform_data.broker_a", [null, side("run `this` | that")], ["create"]);

    expect(toText(found, false)).toBe(
      "No certificate changes and 0 stay, but 1 reload command will run.\n\n" +
        "1 reload command to run:\n  a.example.com: it was never run\n    run `this` | that\n",
    );
    expect(toMarkdown(found)).toContain("<summary>1 reload command to run</summary>");
    expect(toMarkdown(found)).toContain("| Brokers | Command | Why it runs |");
    expect(JSON.parse(toJson(found))).toMatchObject({ reloads: [{ command: "run `this` | that" }] });
  });

  it("a reload command shows neither a CI command nor a private key", () => {
    const secret = "aB3".repeat(20);
    const found = reviewOf("terraform_data.broker_a", [null, side(`##[error] ${secret}`)], ["create"]);

    for (const text of [toText(found, false), toMarkdown(found), toJson(found)]) {
      expect(text).not.toContain("##[error]");
      expect(text).not.toContain(secret);
    }
  });
});
