import { BROKER } from "../spec/properties/broker";
import type { FileProperty, Schema } from "../spec/properties/property";

const EXAMPLE = { address: "mqtt-1.plant.example.com" };

/** The JSON schema of fleet files. `schema/fleet.schema.json`, for editors, has the same content. */
export const FLEET_SCHEMA = {
  $schema: "http://json-schema.org/draft-07/schema#",
  $id: "urn:cdktf-mqtt-pki:fleet",
  title: "The brokers of a fleet",
  description: "What brokersFromFile() of cdktf-mqtt-pki reads from YAML, JSON and CSV.",
  type: "object",
  properties: {
    $schema: {
      description: "The place of this schema, for editors.",
      type: "string",
      examples: ["./node_modules/cdktf-mqtt-pki/schema/fleet.schema.json"],
    },
    brokers: {
      description: "The brokers, in any order.",
      type: "array",
      items: {
        description: "A broker. The fleet's options, or the defaults, apply to every property that it leaves out.",
        type: "object",
        properties: Object.fromEntries(
          Object.entries<FileProperty>(BROKER).map(([name, one]) => [name, describe(one)]),
        ),
        required: ["address"],
        additionalProperties: false,
        examples: [EXAMPLE],
      },
      examples: [[EXAMPLE]],
    },
  },
  patternProperties: {
    "^x-": { description: "Anything: it is not read. Use it for values that brokers share, with an anchor in YAML." },
  },
  required: ["brokers"],
  additionalProperties: false,
  examples: [{ brokers: [EXAMPLE] }],
} as const satisfies Schema & { readonly $schema: string; readonly $id: string; readonly title: string };

function describe({ what, inCsv, default: usual, schema }: FileProperty): Schema {
  const sentences = [
    what.replaceAll("`", ""),
    ...(inCsv === undefined ? [] : [`In CSV: ${inCsv}.`]),
    ...(usual === undefined ? [] : [`Default: ${usual}.`]),
  ];
  return { description: sentences.join(" "), ...schema };
}
