import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as cdktf from "cdktf";
import { ModuleKind, transpile } from "typescript";
import * as library from "../../lib";
import { PROBLEM_KINDS } from "../../lib/errors/problem";
import { inNewDirectory, refusal } from "../support/synth";

const PAGE = readFileSync(join(__dirname, "../../docs/errors.md"), "utf8");

const SLIP = {
  authority: { subject: { commonName: "Plant MQTT CA" } },
  brokers: [{ adress: "mqtt-1.example.com" }],
} as unknown as library.BrokerPkiProps;

describe("docs/errors.md", () => {
  it("shows an error as it is", () => {
    const { message } = inNewDirectory(() => refusal((app) => new library.BrokerPki(app, "mqtt", SLIP)));

    expect(PAGE).toContain(`\n\`\`\`\n${message}\n\`\`\`\n`);
  });

  it("has an example that works", () => {
    const [, example = ""] = /^```ts\n([^]*?)^```$/m.exec(PAGE) ?? [];
    const exported: { problemsOf?: (props: library.BrokerPkiProps) => string[] } = {};
    const load = (name: string): unknown => (name === "cdktf" ? cdktf : library);
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- it is the page's own
    new Function("require", "exports", transpile(example, { module: ModuleKind.CommonJS }))(load, exported);

    expect(inNewDirectory(() => exported.problemsOf?.(SLIP))).toEqual([
      "unknown-property at brokers[0].adress: is no property here; did you mean address?",
      expect.stringMatching(/^address\/required at brokers\[0\]\.address: is required; /),
    ]);
  });

  it("lists the kinds that there are", () => {
    expect(Array.from(PAGE.matchAll(/^\| `([\w-]+)`/gm), ([, kind]) => kind)).toEqual(PROBLEM_KINDS);
  });
});
