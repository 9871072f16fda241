/** Whether it is an object at all: plain JavaScript may pass anything for props. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Whether it is a list, of whatever. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
