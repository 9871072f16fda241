import { fixture, fixturesOf } from "../fixtures";
import { makeAuthority } from "../../support/authorities";
import { inNewDirectory } from "../../support/synth";
import { type Files, makeServer, mqttPki } from "../inventory/support";

const FORMATS = ["sarif", "junit", "github", "gitlab"] as const;

/** How many findings a format calls errors. */
const ERRORS = {
  sarif: (text: string) => text.split('"level": "error",\n          "message"').length - 1,
  junit: (text: string) => text.split("<failure ").length - 1,
  github: (text: string) => text.split("\n").filter((line) => line.startsWith("::error ")).length,
  gitlab: (text: string) => text.split('"severity": "critical"').length - 1,
} as const;

/** The exit status, and how many errors each format has. */
async function outcomesOf(
  files: Files,
  args: readonly string[],
): Promise<{ readonly status: number; readonly errors: number }[]> {
  const outcomes = [];
  for (const format of FORMATS) {
    const { status, output } = await mqttPki(files, [...args, "--format", format], {
      now: new Date("2026-12-01T00:00:00Z"),
      dial: () => Promise.resolve({ kind: "unreachable", reason: "does not answer" }),
    });
    outcomes.push({ status, errors: ERRORS[format](output) });
  }
  return outcomes;
}

const PKI = inNewDirectory((folder) => {
  const ca = makeAuthority(folder, "ca", { subject: "/CN=Plant CA" });
  const server = makeServer(folder, "server", ca);
  return { "pki/ca.pem": ca.certificatePem, "pki/brokers/mqtt-1.example.com/server.pem": server.certificatePem };
});

const RULES = `rules:
  - { name: fails, forbiddenNames: "^mqtt-1" }
  - { name: warns, level: warn, forbiddenNames: . }
  - { name: waived, forbiddenNames: . }
waivers:
  - { rule: waived, for: ["*"], owner: ops, reason: agreed, until: 2999-12-31 }
`;

const REVIEWS = (["state", "machine", "hcl/module", "hcl/count"] as const).flatMap((folder) =>
  fixturesOf(folder)
    .filter((name) => !/^(state|failed|errored.*|imported-root-replaced)$/.test(name))
    .map((name) => [folder, name] as const),
);

describe("errors and the exit status", () => {
  it.each(REVIEWS)("every format has an error if a review's exit status is 1: %s, %s", async (folder, name) => {
    const files = { "plan.json": fixture("terraform", folder, name) };
    const gates = [[], ["--fail-on", "grave"], ["--fail-on", "renewed,removed,drifted"]];
    for (const gate of gates) {
      const outcomes = await outcomesOf(files, ["review", "plan.json", ...gate]);

      expect(outcomes.map(({ status, errors }) => status === (errors > 0 ? 1 : 0))).toEqual(FORMATS.map(() => true));
      // GitHub has ten at most.
      expect(new Set(outcomes.map(({ errors }) => Math.min(errors, 10))).size).toBe(1);
    }
  });

  it.each([
    ["no gate", [], 0],
    ["an end that comes", ["--expires-within", "9999w"], 1],
    ["an end that does not come", ["--expires-within", "1h"], 0],
  ])("every format has an error if an inventory's exit status is 1, with %s", async (_, gate, status) => {
    const files = { "state.json": fixture("terraform", "state", "state") };
    const outcomes = await outcomesOf(files, ["inventory", "state.json", ...gate]);

    expect(outcomes.map((outcome) => [outcome.status, outcome.errors > 0])).toEqual(
      FORMATS.map(() => [status, status === 1]),
    );
  });

  it.each([
    ["no gate", [], 0],
    ["a gate for what is found", ["--fail-on", "stale,unreachable"], 1],
    ["a gate for all", ["--fail-on", "any"], 1],
    ["a gate for something else", ["--fail-on", "stale"], 0],
  ])("every format has an error if a check's exit status is 1, with %s", async (_, gate, status) => {
    expect(await outcomesOf(PKI, ["check", "pki", "--retries", "0", ...gate])).toEqual(
      FORMATS.map(() => ({ status, errors: status })),
    );
  });

  it.each([
    ["no gate", ["inventory", "pki"], 0],
    ["a gate", ["inventory", "pki", "--expires-within", "1h"], 1],
    ["no gate", ["check", "pki", "--retries", "0"], 0],
    ["a gate", ["check", "pki", "--retries", "0", "--fail-on", "stale"], 1],
  ])(
    "every format has an error if the exit status is 1 for unreadable certificates: %s, %j",
    async (_, args, status) => {
      const files = {
        ...PKI,
        "pki/brokers/b/server.pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      };

      expect(await outcomesOf(files, args)).toEqual(FORMATS.map(() => ({ status, errors: status })));
    },
  );

  it.each([
    ["a rule that fails", RULES, 1],
    ["rules that warn or are waived", RULES.replace(/^.*fails.*\n/m, ""), 0],
  ])("every format has an error if the exit status is 1 because of %s", async (_, rules, status) => {
    const files = { "state.json": fixture("terraform", "state", "state"), "mqtt-pki.yaml": rules };
    const outcomes = await outcomesOf(files, ["inventory", "state.json"]);

    expect(outcomes).toEqual(FORMATS.map(() => ({ status, errors: status })));
  });
});
