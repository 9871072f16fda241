import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KeyAlgorithm } from "../../lib/values/key-algorithm";
import { BROKER } from "../../lib/spec/properties/broker";
import { namesIn } from "../../lib/spec/properties/property";
import { REPOSITORY, problems, FULL } from "./support";

describe("The schema of fleet files", () => {
  interface Schema {
    readonly properties: Readonly<Record<string, Property>>;
  }
  interface Property extends Partial<Schema> {
    readonly description?: string;
    readonly examples?: readonly unknown[];
    readonly enum?: readonly string[];
    readonly items?: Property;
  }
  const schema = JSON.parse(readFileSync(join(REPOSITORY, "schema/fleet.schema.json"), "utf8")) as Schema;
  const broker = schema.properties["brokers"]?.items?.properties ?? {};

  it("The schema has every property of a broker, and no other", () => {
    expect(Object.keys(broker)).toEqual(Object.keys(FULL));
    expect(Object.keys(broker).sort()).toEqual([...namesIn(BROKER)].sort());
    expect(Object.keys(broker["subject"]?.properties ?? {})).toEqual(Object.keys(FULL.subject));
  });

  it("The schema has every key algorithm, and no other", () => {
    const fields: object = KeyAlgorithm;
    const algorithms = Object.values(fields).filter((value) => value instanceof KeyAlgorithm);

    expect(algorithms).not.toHaveLength(0);
    expect(broker["keyAlgorithm"]?.enum).toEqual(algorithms.map(String));
  });

  it.each(Object.entries({ ...schema.properties, ...broker, ...broker["subject"]?.properties }))(
    "The schema describes %s, with examples",
    (_, { description, examples }) => {
      expect(description).toMatch(/\.$/);
      expect(examples).not.toHaveLength(0);
    },
  );

  it("The schema accepts its own examples", () => {
    for (const [name, { examples = [] }] of Object.entries(broker)) {
      for (const example of examples) {
        const text = JSON.stringify({ brokers: [{ address: "a.example.com", [name]: example }] });
        expect(problems("brokers.json", text)).toEqual([]);
      }
    }
  });
});
