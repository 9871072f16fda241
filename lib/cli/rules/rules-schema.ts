import { KEY_ALGORITHM_NAMES } from "../../values/key-algorithm";
import { type LimitName } from "./limits";
import { DAYS } from "./times";

const LENGTH = {
  type: "string",
  pattern: "^[1-9]\\d{0,5} (hours?|days?)$",
} as const;

const CERTIFICATES = {
  type: "array",
  minItems: 1,
  items: { type: "string", minLength: 1, examples: ["*.plant.example.com"] },
  examples: [["mqtt-1.plant.example.com", "*.lab.example.com"]],
} as const;

const DATE = { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\d$" } as const;
const HOUR = { type: "string", pattern: "^([01]\\d|2[0-3]):[0-5]\\d$" } as const;
const HOUR_OF_END = { type: "string", pattern: "^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$" } as const;
const EXPRESSION = { type: "string", minLength: 1 } as const;

/**
 * The JSON schema of a file of rules. `schema/rules.schema.json`, for editors, is its copy.
 *
 * @param kinds all kinds that a rule may name
 */
export function rulesSchema(kinds: readonly string[]): object {
  const limits = {
    kinds: {
      description: "Kinds of a review, an inventory or a check that must not occur.",
      type: "array",
      minItems: 1,
      items: { type: "string", enum: kinds, examples: kinds.slice(0, 1) },
      examples: [["authority-replaced", "authority-removed"]],
    },
    longestValidity: {
      description: "The longest validity of a certificate, in hours or days of 24 hours.",
      ...LENGTH,
      examples: ["398 days"],
    },
    shortestRenewal: {
      description: "The time before expiry at which a certificate must have been replaced, in hours or days.",
      ...LENGTH,
      examples: ["30 days"],
    },
    keyAlgorithms: {
      description: "The allowed key algorithms.",
      type: "array",
      minItems: 1,
      items: { type: "string", enum: KEY_ALGORITHM_NAMES, examples: ["ECDSA-P256"] },
      examples: [["ECDSA-P256", "ECDSA-P384"]],
    },
    authorities: {
      description: "The common names of the authorities that may sign.",
      type: "array",
      minItems: 1,
      items: { type: "string", minLength: 1, examples: ["Plant MQTT CA"] },
      examples: [["Plant MQTT CA"]],
    },
    names: {
      description: "A regular expression that must match a part of every name.",
      ...EXPRESSION,
      examples: ["\\.plant\\.example\\.com$"],
    },
    forbiddenNames: {
      description: "A regular expression that must not match a part of any name.",
      ...EXPRESSION,
      examples: ["^\\*"],
    },
    protectedFrom: {
      description: "What must not happen: changes (the certificate is replaced) or goes (the certificate is removed).",
      type: "array",
      minItems: 1,
      items: { type: "string", enum: ["changes", "goes"], examples: ["goes"] },
      examples: [["changes", "goes"]],
    },
    changesAtMost: {
      description: "The number of certificates that may be replaced or removed at once.",
      type: "integer",
      minimum: 0,
      examples: [20],
    },
    changesWithin: {
      description: "The times at which certificates may be replaced or removed.",
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        properties: {
          days: {
            description: "Days of the week. Default: all.",
            type: "array",
            minItems: 1,
            items: { type: "string", enum: DAYS, examples: ["Mon"] },
            examples: [["Mon", "Tue"]],
          },
          from: { description: "The first minute of the period.", ...HOUR, examples: ["08:00"] },
          to: {
            description: "The minute after the period; 24:00 is the end of the day.",
            ...HOUR_OF_END,
            examples: ["16:00"],
          },
          timeZone: {
            description: "A name in the IANA time zone database. Default: UTC.",
            type: "string",
            minLength: 1,
            examples: ["Europe/Berlin"],
          },
        },
        required: ["from", "to"],
        additionalProperties: false,
        examples: [{ from: "08:00", to: "16:00" }],
      },
      examples: [[{ from: "08:00", to: "16:00" }]],
    },
    changesOutside: {
      description:
        "The periods in which certificates must not be replaced or removed: from the start of one day to the end of another, in UTC.",
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        properties: {
          from: { ...DATE, examples: ["2026-12-20"] },
          to: { ...DATE, examples: ["2027-01-06"] },
        },
        required: ["from", "to"],
        additionalProperties: false,
        examples: [{ from: "2026-12-20", to: "2027-01-06" }],
      },
      examples: [[{ from: "2026-12-20", to: "2027-01-06" }]],
    },
  } as const satisfies Record<LimitName, object>;

  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: "urn:cdktf-mqtt-pki:rules",
    title: "Your own rules",
    description: "The rules that mqtt-pki checks in reviews, inventories and checks: mqtt-pki.yaml.",
    type: "object",
    properties: {
      rules: {
        description: "The rules. Each has a name and one limit.",
        type: "array",
        items: {
          type: "object",
          properties: {
            name: {
              description: "The name that violations and waivers use.",
              type: "string",
              pattern: "^[a-z\\d]+(-[a-z\\d]+)*$",
              examples: ["no-outage"],
            },
            level: {
              description: "The effect of a violation: fail (the exit status is 1) or warn (a message). Default: fail.",
              type: "string",
              enum: ["fail", "warn"],
              examples: ["warn"],
            },
            for: {
              description:
                "The addresses of the certificates that the rule applies to; * stands for any text. Default: all certificates of brokers; for kinds and limits on changes, authorities too.",
              ...CERTIFICATES,
            },
            ...limits,
          },
          required: ["name"],
          additionalProperties: false,
          examples: [{ name: "no-outage", kinds: ["authority-replaced"] }],
        },
        examples: [[{ name: "no-outage", kinds: ["authority-replaced"] }]],
      },
      waivers: {
        description: "Permit violations of rules until a date.",
        type: "array",
        items: {
          type: "object",
          properties: {
            rule: { description: "The rule's name.", type: "string", minLength: 1, examples: ["short-lived"] },
            for: { description: "The addresses of the certificates; * stands for any text.", ...CERTIFICATES },
            owner: {
              description: "The person or team responsible for the waiver.",
              type: "string",
              minLength: 1,
              examples: ["ops@example.com"],
            },
            reason: {
              description: "The reason for the waiver.",
              type: "string",
              minLength: 1,
              examples: ["Replaced in May."],
            },
            until: { description: "The last day of the waiver, in UTC.", ...DATE, examples: ["2027-03-31"] },
          },
          required: ["rule", "for", "owner", "reason", "until"],
          additionalProperties: false,
          examples: [
            { rule: "short-lived", for: ["mqtt-1.plant.example.com"], owner: "ops", reason: "…", until: "2027-03-31" },
          ],
        },
        examples: [[]],
      },
    },
    patternProperties: {
      "^x-": { description: "Ignored. A place for parts that rules share by YAML anchors." },
    },
    required: ["rules"],
    additionalProperties: false,
    examples: [{ rules: [] }],
  };
}
