/** Groups values by key, in the order of the first value of each group. No group is empty. */
export function grouped<One>(all: readonly One[], keyOf: (one: One) => string): (readonly [One, ...One[]])[] {
  const groups = new Map<string, [One, ...One[]]>();
  for (const one of all) {
    const key = keyOf(one);
    const others = groups.get(key);
    if (others === undefined) {
      groups.set(key, [one]);
    } else {
      others.push(one);
    }
  }
  return [...groups.values()];
}
