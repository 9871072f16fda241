import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeAuthority } from "../support/authorities";
import { commandLines } from "../support/command-lines";
import { page } from "../support/examples";
import { fixture } from "./fixtures";
import { type Files, makeServer, mqttPki, type Outcome } from "./inventory/support";

const COMMANDS = ["affected", "check", "inventory", "review"];
const SYNTH = '{"stacks":{}}';

let files: Files;

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "examples-"));
  try {
    const root = makeAuthority(folder, "ca");
    const pem = makeServer(folder, "mqtt-1", root).certificatePem;
    const plan = fixture("terraform", "state", "no-op");
    files = {
      ...Object.fromEntries(
        ["pki", "/srv/pki"].flatMap((name) => [
          [`${name}/ca.pem`, root.certificatePem],
          [`${name}/brokers/mqtt-1.example.com/server.pem`, pem],
        ]),
      ),
      "plan.json": plan,
      "plans/*.json": plan,
      "cdktf.out/manifest.json": SYNTH,
      "base/cdktf.out/manifest.json": SYNTH,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Runs a line of an example with its piped input. No dialled broker answers. */
function run(args: readonly string[]): Promise<Outcome> {
  const piped = fixture("terraform", "state", args[0] === "review" ? "no-op" : "state");
  return mqttPki({ ...files, "-": piped }, args, {
    dial: () => Promise.resolve({ kind: "unreachable", reason: "does not answer" }),
  });
}

async function help(...command: readonly string[]): Promise<string> {
  return (await mqttPki({}, [...command, "--help"])).output;
}

describe("mqtt-pki --help", () => {
  it("mqtt-pki prints help for each command", async () => {
    expect([...(await help()).matchAll(/^ {2}(\w+)(?: \[options\].*| {2}.*)$/gm)].map(([, name]) => name)).toEqual(
      COMMANDS,
    );
  });

  it.each([[], ...COMMANDS.map((command) => [command])])(
    "an example of mqtt-pki --help works: %p",
    async (...command) => {
      const [, examples = ""] = (await help(...command)).split("\nExamples:\n");
      const lines = commandLines(examples);

      expect(lines.length).toBeGreaterThan(1);
      expect(examples.split("\n").filter((line) => line.length > 100)).toEqual([]);
      for (const line of lines) {
        const { status, output, warnings } = await run(line);
        expect([line, warnings.filter((warning) => warning.startsWith("error"))]).toEqual([line, []]);
        expect([line, status === 2, output === ""]).toEqual([line, false, false]);
      }
    },
  );
});

describe("docs/how-to/monitoring.md", () => {
  it("docs/how-to/monitoring.md has commands that work", async () => {
    const shell = [...page("how-to/monitoring.md").matchAll(/^```sh\n([^]*?)^```$/gm)]
      .map(([, text = ""]) => text)
      .join("");
    const lines = commandLines(shell);

    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect([line, (await run(line)).status]).toEqual([line, 0]);
    }
  });
});
