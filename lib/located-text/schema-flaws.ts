import type { ErrorObject } from "ajv";
import { hide, suggest } from "../errors";
import { isObject } from "../values/plain-data";
import type { Flaw } from "./located-text";

/** A flaw, and its way. For a missing value, the way ends with its name. */
export type SchemaFlaw = Omit<Flaw, "position">;

/** The words of a kind of file for its flaws. */
export interface SchemaWords {
  /** Descriptions of patterns, by the names of their properties. */
  readonly forms: ReadonlyMap<string, string>;
  /** The reason for a value that has none of several allowed types. */
  readonly otherwise: string;
  /** Whether the value of a property must not be shown. */
  readonly mayBeSecret: (name: string) => boolean;
}

/** The part of a schema to which an error belongs. */
interface Described {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Described>>;
  readonly enum?: readonly string[];
  readonly examples?: readonly unknown[];
}

const TYPES: ReadonlyMap<unknown, string> = new Map([
  ["string", "text"],
  ["integer", "a whole number"],
  ["boolean", "true or false"],
  ["array", "a list"],
  ["object", "a map of names and values"],
]);

/** A difference between a file and its schema, as a flaw. */
export function flawOfSchema(error: ErrorObject, { forms, otherwise, mayBeSecret }: SchemaWords): SchemaFlaw {
  const { keyword, instancePath, data } = error;
  const { type, properties = {}, enum: choices = [], examples = [] } = (error.parentSchema ?? {}) as Described;
  const way = instancePath.split("/").slice(1);
  const value: unknown = mayBeSecret(way.at(-1) ?? "") ? hide(data) : data;
  const fix = `write it as in ${example({ examples })}`;
  const limit = String(error.params["limit"]);
  switch (keyword) {
    case "additionalProperties": {
      const name = String(error.params["additionalProperty"]);
      return {
        way: [...way, name],
        ...shown(isObject(value) ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined),
        reason: "is not a known property",
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
        : { way, reason: otherwise, fix }; // The value may be the password itself.
    case "not":
      return { way, value, reason: otherwise, fix };
    case "enum":
      return { way, value, reason: "is not one of the allowed values", fix: `choose from ${choices.join(", ")}` };
    case "minLength":
    case "minItems":
      return { way, value, reason: "is empty", fix };
    case "minimum":
      return {
        way,
        value,
        reason: `is less than ${limit}`,
        fix: limit === "1" ? "use a whole number, 1 or more" : fix,
      };
    case "maximum":
      return { way, value, reason: `is more than ${limit}`, fix };
    default:
      return { way, value, reason: `is not ${forms.get(way.at(-1) ?? "") ?? "in the expected form"}`, fix };
  }
}

/** Text of an unknown meaning may be a secret. */
function shown(value: unknown): Pick<SchemaFlaw, "value"> {
  return typeof value === "string" ? {} : { value };
}

function example({ examples: [first] = [] }: Described = {}): string {
  return JSON.stringify(first);
}
