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
 * The JSON schema of a file of rules: `schema/rules.schema.json`, for editors, is this.
 *
 * @param kinds what may be named as a kind
 */
export function rulesSchema(kinds: readonly string[]): object {
  const limits = {
    kinds: {
      description: "What must not happen, or be: kinds of a review, an inventory or a check.",
      type: "array",
      minItems: 1,
      items: { type: "string", enum: kinds, examples: kinds.slice(0, 1) },
      examples: [["authority-replaced", "authority-removed"]],
    },
    longestValidity: {
      description: "From a certificate's start to its end, at most, in hours or days of 24 hours.",
      ...LENGTH,
      examples: ["398 days"],
    },
    shortestRenewal: {
      description: "How long before its end a certificate has to be another one, at least, in hours or days.",
      ...LENGTH,
      examples: ["30 days"],
    },
    keyAlgorithms: {
      description: "Those that keys may be of.",
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
      description: "A regular expression that is found in each name.",
      ...EXPRESSION,
      examples: ["\\.plant\\.example\\.com$"],
    },
    forbiddenNames: {
      description: "A regular expression that is found in no name.",
      ...EXPRESSION,
      examples: ["^\\*"],
    },
    protectedFrom: {
      description:
        "What must not happen: changes, where it is another certificate afterwards; goes, where it is removed.",
      type: "array",
      minItems: 1,
      items: { type: "string", enum: ["changes", "goes"], examples: ["goes"] },
      examples: [["changes", "goes"]],
    },
    changesAtMost: {
      description: "How many certificates may change or go at once.",
      type: "integer",
      minimum: 0,
      examples: [20],
    },
    changesWithin: {
      description: "When certificates may change or go.",
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
          from: { description: "Its first minute.", ...HOUR, examples: ["08:00"] },
          to: {
            description: "The minute after its last; 24:00 is the end of the day.",
            ...HOUR_OF_END,
            examples: ["16:00"],
          },
          timeZone: {
            description: "A name of the IANA's time zone database. Default: UTC.",
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
      description: "When they must not: from the start of one day to the end of another, in UTC.",
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
    title: "Rules of one's own",
    description: "What mqtt-pki holds reviews, inventories and checks to: mqtt-pki.yaml.",
    type: "object",
    properties: {
      rules: {
        description: "Each has a name and one limit.",
        type: "array",
        items: {
          type: "object",
          properties: {
            name: {
              description: "By which violations and waivers name it.",
              type: "string",
              pattern: "^[a-z\\d]+(-[a-z\\d]+)*$",
              examples: ["no-outage"],
            },
            level: {
              description:
                "What follows where it is broken: fail, the exit status is 1; warn, it is said. Default: fail.",
              type: "string",
              enum: ["fail", "warn"],
              examples: ["warn"],
            },
            for: {
              description:
                "The certificates that it is for, by their addresses; * stands for any text. Default: all of brokers; with kinds, and what is of changes, authorities too.",
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
        description: "Let rules be broken, for a time.",
        type: "array",
        items: {
          type: "object",
          properties: {
            rule: { description: "The rule's name.", type: "string", minLength: 1, examples: ["short-lived"] },
            for: { description: "The certificates, by their addresses; * stands for any text.", ...CERTIFICATES },
            owner: { description: "Who answers for it.", type: "string", minLength: 1, examples: ["ops@example.com"] },
            reason: { description: "Why.", type: "string", minLength: 1, examples: ["Replaced in May."] },
            until: { description: "The last day, in UTC.", ...DATE, examples: ["2027-03-31"] },
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
      "^x-": { description: "Anything: it is not read. A place for what rules share, with an anchor." },
    },
    required: ["rules"],
    additionalProperties: false,
    examples: [{ rules: [] }],
  };
}
