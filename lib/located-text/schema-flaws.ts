import type { ErrorObject } from "ajv";
import { hide, suggest } from "../errors";
import { isObject } from "../values/plain-data";
import type { Flaw } from "./located-text";

/** What is wrong, and where: what it is in, for something that is not there. */
export type SchemaFlaw = Omit<Flaw, "position">;

/** How a kind of file says what is wrong with it. */
export interface SchemaWords {
  /** What patterns stand for, by the names of their properties. */
  readonly forms: ReadonlyMap<string, string>;
  /** What is wrong where a value may be of several types, and is of none. */
  readonly otherwise: string;
  /** Whether the value of a property is not to be shown. */
  readonly mayBeSecret: (name: string) => boolean;
}

/** The part of a schema that an error is of. */
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

/** What a file says otherwise than its schema. */
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
        : { way, reason: otherwise, fix }; // It may be the password itself.
    case "not":
      return { way, value, reason: otherwise, fix };
    case "enum":
      return { way, value, reason: "is none of those that there are", fix: `choose from ${choices.join(", ")}` };
    case "minLength":
    case "minItems":
      return { way, value, reason: "is empty", fix };
    case "minimum":
      return { way, value, reason: `is less than ${limit}`, fix: limit === "1" ? "count them: 1, 2, 3" : fix };
    case "maximum":
      return { way, value, reason: `is more than ${limit}`, fix };
    default:
      return { way, value, reason: `is not ${forms.get(way.at(-1) ?? "") ?? "written as it must be"}`, fix };
  }
}

/** Text of an unknown meaning may be a secret. */
function shown(value: unknown): Pick<SchemaFlaw, "value"> {
  return typeof value === "string" ? {} : { value };
}

function example({ examples: [first] = [] }: Described = {}): string {
  return JSON.stringify(first);
}
