import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Cell } from "./csv";
import { FLEET_SCHEMA } from "./fleet-schema";
import { type Flaw, lazy } from "./text";
import type { BrokerProps } from "../spec/fleet-props";
import { BROKER } from "../spec/properties/broker";
import type { FileProperty, Schema } from "../spec/properties/property";
import { isObject } from "../values/plain-data";
import { hide, suggest } from "../errors";

/** A broker as a file says it: what is a value type in props is text here. */
export interface BrokerInFile extends Omit<BrokerProps, "keyAlgorithm" | "duration" | "renewBefore"> {
  readonly keyAlgorithm?: string;
  readonly duration?: string;
  readonly renewBefore?: string;
}

const validator = lazy((): ValidateFunction<{ readonly brokers: readonly BrokerInFile[] }> => {
  const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true });
  return ajv.compile(FLEET_SCHEMA);
});

/** What is wrong, and where: what it is in, for something that is not there. */
export type SchemaFlaw = Omit<Flaw, "position">;

/** @returns the brokers of what a file says, or all that is wrong with it */
export function checkSchema(
  content: unknown,
): { readonly brokers: readonly BrokerInFile[] } | { readonly flaws: readonly SchemaFlaw[] } {
  const isFleet = validator();
  return isFleet(content) ? { brokers: content.brokers } : { flaws: (isFleet.errors ?? []).map(flawOf) };
}

/** The columns of a table of brokers. */
export function columns(): ReadonlyMap<string, Cell> {
  return new Map(
    Object.entries<FileProperty>(BROKER).flatMap(([name, { schema }]) =>
      schema.properties === undefined
        ? [[name, cellOf(schema)] as const]
        : Object.entries(schema.properties).map(([inner, property]) => [`${name}.${inner}`, cellOf(property)] as const),
    ),
  );
}

function cellOf({ type }: Schema): Cell {
  switch (type) {
    case "integer":
      return "number";
    case "array":
      return "list";
    case "string":
      return "text";
    case "boolean":
      return "true or false";
    default:
      return "text or false"; // The one type beside these is a list of both.
  }
}

const TYPES: ReadonlyMap<unknown, string> = new Map([
  ["string", "text"],
  ["integer", "a whole number"],
  ["boolean", "true or false"],
  ["array", "a list"],
  ["object", "a map of names and values"],
]);

/** What a pattern stands for. */
const FORMS: ReadonlyMap<unknown, string> = new Map([
  ["duration", "a number of hours or days"],
  ["renewBefore", "a number of hours or days"],
  ["shard", "a name of small letters, digits and hyphens that starts with a letter"],
]);

const NO_VARIABLE = "is not the name of a variable, or false";

function flawOf(error: ErrorObject): SchemaFlaw {
  const { keyword, instancePath, data } = error;
  const { type, properties = {}, enum: choices = [], examples = [] } = (error.parentSchema ?? {}) as Schema;
  const way = instancePath.split("/").slice(1);
  // A text in place of a number may be the password itself.
  const value: unknown = (way.at(-1) ?? "").startsWith("password") ? hide(data) : data;
  const fix = `write it as in ${example({ examples })}`;
  const limit = String(error.params["limit"]);
  switch (keyword) {
    case "additionalProperties": {
      const name = String(error.params["additionalProperty"]);
      return {
        way: [...way, name],
        ...shown(isObject(value) ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined),
        reason: "is no property here",
        fix: suggest(name, Object.keys(properties)),
        kind: "unknown-property",
      };
    }
    case "required": {
      const name = String(error.params["missingProperty"]);
      const add = `add it, as in ${name}: ${example(properties[name])}`;
      return { way: [...way, name], value: undefined, reason: "is required", fix: add, kind: "required" };
    }
    case "type":
      return typeof type === "string"
        ? { way, value, reason: `is not ${TYPES.get(type) ?? type}`, fix }
        : { way, reason: NO_VARIABLE, fix }; // It may be the password itself.
    case "not":
      return { way, value, reason: NO_VARIABLE, fix };
    case "enum":
      return { way, value, reason: "is none of those that there are", fix: `choose from ${choices.join(", ")}` };
    case "minLength":
      return { way, value, reason: "is empty", fix };
    case "minimum":
      return { way, value, reason: `is less than ${limit}`, fix: limit === "1" ? "count them: 1, 2, 3" : fix };
    case "maximum":
      return { way, value, reason: `is more than ${limit}`, fix };
    default:
      return { way, value, reason: `is not ${FORMS.get(way.at(-1)) ?? "written as it must be"}`, fix };
  }
}

/** Text of an unknown meaning may be a secret. */
function shown(value: unknown): Pick<SchemaFlaw, "value"> {
  return typeof value === "string" ? {} : { value };
}

function example({ examples: [first] = [] }: Schema = {}): string {
  return JSON.stringify(first);
}
