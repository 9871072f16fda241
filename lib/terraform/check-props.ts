import type { IConstruct } from "constructs";
import { Token } from "../cdk";
import { Problems } from "../errors";

/**
 * Checks and parses the props of a construct.
 *
 * @param known the names of its properties
 * @throws InvalidInputError with every problem: tokens, unknown properties, and what `parse` throws
 */
export function checkProps<T>(
  construct: IConstruct,
  props: object,
  known: readonly string[],
  parse: () => T | undefined,
): T {
  const subject = `${construct.constructor.name} "${construct.node.path}"`;
  const problems = new Problems();
  refuseUnresolved("", props, problems);
  problems.refuseUnknown("", props, known);
  const value = problems.attempt("", parse);
  problems.throwIfAny(subject, construct.constructor);
  if (value === undefined) {
    throw problems.toError(subject);
  }
  return value;
}

/**
 * Adds a problem for every token in `value`: values that are checked or go into names must be known at synth.
 *
 * @param value props: plain data and value types, nested to any depth
 */
export function refuseUnresolved(path: string, value: unknown, problems: Problems): void {
  if (Token.isUnresolved(value) || isValueWithToken(value)) {
    problems.addUnknown(path);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      refuseUnresolved(`${path}[${index}]`, item, problems);
    }
  } else if (isPlainObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      refuseUnresolved(path === "" ? name : `${path}.${name}`, item, problems);
    }
  }
}

/** Whether a value is a value type, such as a duration, made from a token. */
function isValueWithToken(value: unknown): boolean {
  const isValueType = typeof value === "object" && value !== null && !isPlainObject(value) && !Array.isArray(value);
  return isValueType && Object.values(value).some((field) => Token.isUnresolved(field));
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
