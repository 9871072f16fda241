import { InputError, InvalidInputError, inventory, review } from "../../lib/cli/reports";
import { makeAuthority } from "../support/authorities";
import { inNewDirectory } from "../support/synth";
import { readFileSync } from "node:fs";
import { ENGINES, fixture } from "./fixtures";
import { inventory as run } from "./inventory/support";
import { reviewOf } from "./review/reviews";

const NOW = new Date("2026-11-25T00:00:00Z");

describe.each(ENGINES)("review of plans made by %s", (engine) => {
  it("review returns what mqtt-pki review --format json writes", () => {
    const plans = ["broker-added", "address-changed"].map((name) => ({
      name: `${name}.json`,
      content: fixture(engine, "state", name),
    }));

    const found = review(plans, NOW);

    expect(found).toEqual(reviewOf("state", ["broker-added", "address-changed"], engine));
    expect(found.counts).toMatchObject({ issued: 2 });
  });
});

describe("review", () => {
  it("review refuses a document that is not a plan, with its name", () => {
    expect(() => review([{ name: "package.json", content: "{}" }])).toThrow(InputError);
    expect(() => review([{ name: "package.json", content: "{}" }])).toThrow(/"package\.json"/);
  });
});

describe("rules of review and inventory", () => {
  const rules = { name: "mqtt-pki.yaml", content: "rules: [{name: modern, keyAlgorithms: [Ed25519]}]" };

  it("review and inventory apply the given rules", () => {
    const plan = { name: "plan.json", content: fixture("terraform", "state", "re-keyed") };
    const state = { name: "state.json", content: fixture("terraform", "state", "state") };

    expect(review([plan], NOW, rules).violations).toContainEqual(expect.objectContaining({ rule: "modern" }));
    expect(inventory([state], NOW, rules).violations).toContainEqual(expect.objectContaining({ rule: "modern" }));
  });

  it("review and inventory refuse invalid rules", () => {
    expect(() => review([], NOW, { ...rules, content: "rules: 1" })).toThrow(InvalidInputError);
  });
});

describe("inventory", () => {
  const pem = inNewDirectory((folder) => readFileSync(makeAuthority(folder, "ca", {}).certificateFile, "utf8"));

  it("inventory of PEM files returns what mqtt-pki inventory --format json writes", async () => {
    const { output } = await run({ "pki/ca.pem": pem, "pki/ca.key": "" }, ["pki", "--format", "json"], { now: NOW });

    const found = inventory([{ name: "pki", files: { "ca.pem": pem, "ca.key": "" } }], NOW);

    expect(JSON.parse(output)).toEqual({ version: 1, ...found });
    expect(found.certificates).toMatchObject([{ kind: "authority", location: "ca.pem", generation: 1 }]);
  });

  it("inventory of a state returns what mqtt-pki inventory --format json writes", async () => {
    const state = fixture("terraform", "state", "state");
    const { output } = await run({ "state.json": state }, ["state.json", "--format", "json"], { now: NOW });

    expect(JSON.parse(output)).toEqual({ version: 1, ...inventory([{ name: "state.json", content: state }], NOW) });
  });
});
