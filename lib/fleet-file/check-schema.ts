import { Ajv, type ValidateFunction } from "ajv";
import type { Cell } from "./csv";
import { FLEET_SCHEMA } from "./fleet-schema";
import { lazy } from "../located-text/located-text";
import { flawOfSchema, type SchemaFlaw, type SchemaWords } from "../located-text/schema-flaws";
import type { BrokerProps } from "../spec/fleet-props";
import { BROKER } from "../spec/properties/broker";
import type { FileProperty, Schema } from "../spec/properties/property";

/** A broker in a file: with text instead of the value types of the props. */
export interface BrokerInFile extends Omit<BrokerProps, "keyAlgorithm" | "duration" | "renewBefore"> {
  readonly keyAlgorithm?: string;
  readonly duration?: string;
  readonly renewBefore?: string;
}

const validator = lazy((): ValidateFunction<{ readonly brokers: readonly BrokerInFile[] }> => {
  const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true });
  return ajv.compile(FLEET_SCHEMA);
});

/** @returns the brokers in the content of a file, or all its flaws */
export function checkSchema(
  content: unknown,
): { readonly brokers: readonly BrokerInFile[] } | { readonly flaws: readonly SchemaFlaw[] } {
  const isFleet = validator();
  return isFleet(content)
    ? { brokers: content.brokers }
    : { flaws: (isFleet.errors ?? []).map((error) => flawOfSchema(error, WORDS)) };
}

/** The columns of a table of brokers, with the type of their cells. */
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
      return "text or false"; // The only other type is a list of both.
  }
}

/** The words for flaws that are specific to fleet files. */
const WORDS: SchemaWords = {
  forms: new Map([
    ["duration", "a number of hours or days"],
    ["renewBefore", "a number of hours or days"],
    ["shard", "a name of small letters, digits and hyphens that starts with a letter"],
  ]),
  otherwise: "is neither the name of a variable nor false",
  // A text instead of a number may be the password itself.
  mayBeSecret: (name) => name.startsWith("password"),
};
