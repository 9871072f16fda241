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
  it("shows an error as it is", () => {
    const { message } = inNewDirectory(() => refusal((app) => new library.BrokerPki(app, "mqtt", SLIP)));

    expect(PAGE).toContain(`\n\`\`\`\n${message}\n\`\`\`\n`);
  });

  it("has an example that works", () => {
    const { problemsOf } = runExample(PAGE, { "cdktf-mqtt-pki": library }) as {
      readonly problemsOf: (props: library.BrokerPkiProps) => string[];
    };

    expect(inNewDirectory(() => problemsOf(SLIP))).toEqual([
      "unknown-property at brokers[0].adress: is not a known property; did you mean address?",
      expect.stringMatching(/^address\/required at brokers\[0\]\.address: is required; /),
    ]);
  });

  it("lists the kinds that there are", () => {
    expect(Array.from(PAGE.matchAll(/^\| `([\w-]+)`/gm), ([, kind]) => kind)).toEqual(PROBLEM_KINDS);
  });
});
