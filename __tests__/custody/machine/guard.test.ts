import { conditionsOf, declaredOf } from "../../support/machine";
import type { Synthesized } from "../../support/synth";
import { fleet, SUBJECT } from "./support";

const RESOURCES = ["owner", "authority", "files", "brokers"].map((name) => `terraform_data.${name}`);

describe("preventDestroy", () => {
  /** The conditions that refuse to replace a generation. */
  const refusals = (stack: Synthesized) =>
    conditionsOf(stack, "terraform_data.authority").filter(({ error_message }) =>
      error_message.includes("would be replaced"),
    );

  it("preventDestroy compares an authority's key, intent and expiry date with its record", () => {
    const stack = fleet();
    const [refusal, ...others] = refusals(stack);
    const { key, intent } = declaredOf(stack).authorities["1"] ?? { key: "", intent: "" };

    expect(others).toEqual([]);
    expect(refusal?.condition).toContain(`r.key == "${key}"`);
    expect(refusal?.condition).toContain(`r.intent == "${intent}"`);
    expect(refusal?.condition).toContain("timecmp(plantimestamp(), r.not_after) < 0");
    expect(refusal?.error_message).toMatch(/^pki\/ca\.pem would be replaced.*preventDestroy: false\.$/);
  });

  it("preventDestroy false allows one generation to be replaced, and no other generation", () => {
    const second = { generation: 2, subject: { commonName: "Second CA" } };
    const stack = fleet({ authority: [{ subject: SUBJECT, preventDestroy: false }, second], signingGeneration: 1 });

    expect(refusals(stack)).toMatchObject([
      { error_message: expect.stringMatching(/^pki\/authorities\/2\/ca\.pem would be replaced/) as string },
    ]);
    expect(refusals(fleet({ authority: { subject: SUBJECT, preventDestroy: false } }))).toEqual([]);
  });

  it("preventDestroy changes nothing in declared.json", () => {
    expect(declaredOf(fleet({ authority: { subject: SUBJECT, preventDestroy: false } }))).toEqual(declaredOf(fleet()));
  });
});

describe("directory of a fleet", () => {
  const stack = fleet();

  it("A directory keeps the state that made it as its owner, and refuses any other state", () => {
    const owner = stack.resources["terraform_data.owner"];

    expect(owner?.["lifecycle"]).toMatchObject({ ignore_changes: ["input"] });
    expect(
      conditionsOf(stack, "terraform_data.owner", "postcondition").map(({ error_message }) => error_message),
    ).toEqual([
      expect.stringMatching(/^pki belongs to \$\{self\.input\}\..*create an empty file pki\/take-over\.$/),
      expect.stringMatching(/^pki now belongs to \$\{local\.files_owner\.name\}\./),
    ]);
  });

  it("The resources of a directory depend on each other in order: owner, authority, files, brokers", () => {
    expect(RESOURCES.map((address) => stack.resources[address]?.["depends_on"])).toEqual([
      undefined,
      ["terraform_data.owner"],
      ["terraform_data.authority"],
      ["terraform_data.files"],
    ]);
  });

  it("The guard refuses foreign files, expiry after the authority's, and a generation that signs too early", () => {
    const messages = conditionsOf(stack, "terraform_data.files").map(({ error_message }) => error_message);

    expect(messages).toEqual([
      expect.stringContaining("was not made for this fleet"),
      expect.stringContaining("would expire after their authority's"),
      expect.stringContaining("would sign for brokers in the deployment that makes it"),
    ]);
  });

  it("The guard refuses a state of the other custody, and a machine without the authority's key", () => {
    const conditions = conditionsOf(stack, "terraform_data.files", "postcondition");

    expect(stack.resources["terraform_data.files"]?.["input"]).toBe("machine");
    expect(conditions[0]?.condition).toBe('${self.input == "machine"}');
    expect(conditions[1]?.condition).toContain("ca.key");
    expect(conditions[1]?.error_message).toContain("pki/ca.key is not on this machine");
  });

  it("A plan reads the directory, but validation of the text does not", () => {
    const reads = [...stack.text.matchAll(/fileset\(\\"([^"]*)\\"/g)].map(([, path]) => path);

    expect(reads.length).toBeGreaterThan(0);
    for (const path of reads) {
      expect(path).toContain("plantimestamp()");
    }
  });
});
