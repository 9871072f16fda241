/** Whether a value is an object, not a list. Plain JavaScript may pass anything for props. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is a list of anything. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
