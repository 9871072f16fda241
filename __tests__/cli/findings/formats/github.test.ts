import { execFileSync } from "node:child_process";
import type { Findings } from "../../../../lib/cli/findings/finding";
import { toGithub } from "../../../../lib/cli/findings/formats/github";
import { fixture } from "../../fixtures";
import { mqttPki } from "../../inventory/support";
import { FINE, findingsOf, HOSTILE, HOSTILE_CASES, hostile, many, REMOVED, WAIVED } from "../support";

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const UNESCAPED = [
  ["%0D", "\r"],
  ["%0A", "\n"],
  ["%3A", ":"],
  ["%2C", ","],
  ["%25", "%"],
] as const;

function unescaped(text: string, tokens: readonly string[]): string {
  return UNESCAPED.filter(([, token]) => tokens.includes(token)).reduce(
    (rest, [escape, token]) => rest.replaceAll(escape, token),
    text,
  );
}

/** As the runner reads a line (actions/runner, src/Runner.Common/ActionCommand.cs, TryParseV2); undefined of other lines. */
function parse(line: string): Command | undefined {
  const [, name, told = "", data = ""] = /^\s*::([^ ]*?)(?: (.*?))?::(.*)$/s.exec(line) ?? [];
  if (name === undefined) {
    return undefined;
  }
  const pairs: [string, string][] = told
    .split(",")
    .map((pair) => /^([^=]+)=(.+)$/s.exec(pair))
    .flatMap((pair) => (pair === null ? [] : [[pair[1] ?? "", unescaped(pair[2] ?? "", ["\r", "\n", ":", ",", "%"])]]));
  return { name, properties: Object.fromEntries(pairs), data: unescaped(data, ["\r", "\n", "%"]) };
}

function commandsOf(findings: Findings): (Command | undefined)[] {
  return toGithub(findings).split("\n").slice(0, -1).map(parse);
}

describe("toGithub", () => {
  it("toGithub writes findings with file and line", () => {
    expect(
      commandsOf(findingsOf(FINE, WAIVED, { ...REMOVED, level: "warning", declared: undefined }, REMOVED)),
    ).toEqual([
      {
        name: "error",
        properties: { file: "fleet/north.csv", line: "3", title: "mqtt-pki review: review/removed" },
        data: "mqtt-1.example.com: removed: it stays valid",
      },
      {
        name: "warning",
        properties: { title: "mqtt-pki review: review/removed" },
        data: "mqtt-1.example.com: removed: it stays valid",
      },
      {
        name: "notice",
        properties: { file: "mqtt-pki.yaml", line: "7", col: "5", title: "mqtt-pki review: rules/small-steps" },
        data: "31 change at once; waived until 2027-05-31 by ops: agreed",
      },
    ]);
  });

  it.each(HOSTILE_CASES)("toGithub writes one command for a finding with a hostile text: %s", (_, text) => {
    const [finding] = findingsOf(hostile(text)).all;

    expect(commandsOf(findingsOf(hostile(text)))).toEqual([
      {
        name: "error",
        properties: {
          ...{ file: finding?.declared?.file, line: "2", col: "3" },
          title: "mqtt-pki review: rules/a",
        },
        data: `${finding?.address ?? ""}: ${finding?.message ?? ""}; ${finding?.waiver ?? ""}`,
      },
    ]);
  });

  it("toGithub escapes like GitHub's own package", () => {
    const all = findingsOf(...HOSTILE.slice(0, 10).map(hostile));
    const calls = all.all.map(({ address, message, waiver, declared }) => [
      `${address ?? ""}: ${message}; ${waiver ?? ""}`,
      {
        title: "mqtt-pki review: rules/a",
        file: declared?.file,
        startLine: declared?.line,
        startColumn: declared?.col,
      },
    ]);
    const script = `import { error } from "@actions/core";
      for (const [message, properties] of ${JSON.stringify(calls)}) error(message, properties);`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
      ...{ cwd: __dirname, encoding: "utf8" },
    });
    const sorted = (line: string) => line.split(/[ ,]|::/).sort();

    expect(toGithub(all).split("\n").map(sorted)).toEqual(printed.split("\n").map(sorted));
  });

  it("toGithub writes at most ten commands of each level, merges equal ones and counts the rest", () => {
    const kinds = Array.from({ length: 12 }, (_, at) => many(2, { ...REMOVED, id: `rules/r${at}` })).flat();
    const [one] = commandsOf(findingsOf(...many(10_000)));
    const all = commandsOf(findingsOf(...kinds, ...many(11, { ...REMOVED, level: "warning" })));

    expect(one?.data).toBe(
      "mqtt-0.example.com: removed: it stays valid\nAnd 9,999 more: mqtt-1.example.com, mqtt-2.example.com, mqtt-3.example.com, mqtt-4.example.com, mqtt-5.example.com, and 9,994 more",
    );
    expect(all.map((command) => command?.name)).toEqual([...Array<string>(10).fill("error"), "warning"]);
    expect(all[9]?.data).toBe("6 more findings: rules/r9, rules/r10, rules/r11");
    expect(commandsOf(findingsOf(...many(10)))).toHaveLength(10);
  });

  it("toGithub writes a separate command for each waiver", () => {
    const other = { ...WAIVED, waiver: "waived until 2027-05-31 by someone else: agreed" };
    const [one, two, ...rest] = commandsOf(findingsOf(...many(6, WAIVED), ...many(6, other)));

    expect([one?.data, two?.data]).toEqual([
      expect.stringMatching(/ by ops: agreed\nAnd 5 more: /),
      expect.stringMatching(/ by someone else: agreed\nAnd 5 more: /),
    ]);
    expect(rest).toEqual([]);
  });

  it("--format github writes its commands to the log, and no other command gets through", async () => {
    const files = { "plan.json": fixture("terraform", "state", "several-at-once"), "main.ts": MAIN };
    const { output } = await mqttPki(files, ["review", "plan.json", "--format", "github"], {
      env: { GITHUB_WORKSPACE: "/repository" },
      directory: "/repository/infra",
    });
    const commands = output.split("\n").slice(0, -1).map(parse);

    expect(commands.map((command) => command?.name)).toEqual(["warning", "notice", "notice", "notice"]);
    expect(commands[1]?.properties).toMatchObject({ file: "infra/main.ts", line: "2" });
  });
});

const MAIN = `brokers: [
  { address: "mqtt-2.example.com" },
]`;
