import * as library from "../../lib";
import { PROBLEM_KINDS } from "../../lib/errors/problem";
import { page, runExample } from "../support/examples";
import { inNewDirectory, refusal } from "../support/synth";

const PAGE = page("reference/errors.md");

const SLIP = {
  authority: { subject: { commonName: "Plant MQTT CA" } },
  brokers: [{ adress: "mqtt-1.example.com" }],
} as unknown as library.BrokerPkiProps;

describe("docs/reference/errors.md", () => {
  it("docs/reference/errors.md shows a real error message", () => {
    const { message } = inNewDirectory(() => refusal((app) => new library.BrokerPki(app, "mqtt", SLIP)));

    expect(PAGE).toContain(`\n\`\`\`\n${message}\n\`\`\`\n`);
  });

  it("docs/reference/errors.md has a working example", () => {
    const { problemsOf } = runExample(PAGE, { "cdktf-mqtt-pki": library }) as {
      readonly problemsOf: (props: library.BrokerPkiProps) => string[];
    };

    expect(inNewDirectory(() => problemsOf(SLIP))).toEqual([
      "unknown-property at brokers[0].adress: is not a known property; did you mean address?",
      expect.stringMatching(/^address\/required at brokers\[0\]\.address: is required; /),
    ]);
  });

  it("docs/reference/errors.md lists all kinds of errors", () => {
    expect(Array.from(PAGE.matchAll(/^\| `([\w-]+)`/gm), ([, kind]) => kind)).toEqual(PROBLEM_KINDS);
  });
});
