/** Whether a name is among others. Case is ignored (RFC 4343). */
export function hasName(names: readonly string[], name: string): boolean {
  return names.some((each) => each.toLowerCase() === name.toLowerCase());
}

/** Whether both have the same names, in any order. */
export function isSameSet(one: readonly string[] = [], other: readonly string[] = []): boolean {
  const [first, second] = [one, other].map((names) => new Set(names.map((name) => name.toLowerCase())));
  return first?.size === second?.size && [...(first ?? [])].every((name) => second?.has(name));
}
