import { createHash } from "node:crypto";
import type { Problems } from "../errors";
import type { Address } from "../values/address";
import { refuseUnlessCount } from "../values/count";

/** Each is a stack, and each weighs every broker. */
const SHARDS_AT_MOST = 1000;

/**
 * Files a problem where it is no number of shards.
 *
 * @returns whether it is one
 */
export function checkShards(problems: Problems, path: string, shards: number): boolean {
  if (!refuseUnlessCount(problems, path, shards, "a number of shards")) {
    return false;
  }
  const isFew = shards <= SHARDS_AT_MOST;
  if (!isFew) {
    problems.add(path, shards, "is more stacks than anybody deploys", `choose at most ${SHARDS_AT_MOST}`);
  }
  return isFew;
}

/** Files a problem where it is no name of a shard. Those that are numbers are for brokers that name none. */
export function checkShard(problems: Problems, path: string, shard: string): void {
  if (typeof shard !== "string" || !/^[a-z]([a-z\d-]{0,61}[a-z\d])?$/.test(shard)) {
    problems.add(
      path,
      shard,
      "is no name of a shard, which becomes a part of its stack's",
      'start with a small letter, go on with small letters, digits and hyphens, as in "site-a": at most 63 of them',
    );
  }
}

/** How many weights of four bytes a digest has. */
const WEIGHTS = 8;

/**
 * The shard of a broker that names none, of `"1"` to the number of them: that which weighs most for its address (rendezvous
 * hashing, https://doi.org/10.1109/90.663936). Other brokers have no say in it. One shard more takes its share from each of the
 * others, and no broker goes from one of those to another.
 *
 * The weights of shards 1 to 8 are the SHA-256 digest of "1 <address>", four bytes each; those of 9 to 16, that of "9
 * <address>"; and so on. A change of this moves brokers of every user from state to state.
 */
export function shardOf({ text }: Address, shards: number): string {
  let [heaviest, most] = [1, -1];
  for (let first = 1; first <= shards; first += WEIGHTS) {
    const digest = createHash("sha256").update(`${first} ${text}`).digest();
    for (let shard = first; shard < first + WEIGHTS && shard <= shards; shard += 1) {
      const weight = digest.readUInt32BE(4 * (shard - first));
      [heaviest, most] = weight > most ? [shard, weight] : [heaviest, most];
    }
  }
  return `${heaviest}`;
}

/**
 * All shards of a fleet: those that are numbers, whether they have brokers or not, and those that brokers name; none where it
 * has one stack.
 *
 * @param named by brokers, or placed
 */
export function shardNames(shards: number | undefined, named: Iterable<string>): string[] {
  const numbers = Array.from({ length: shards ?? 0 }, (_, index) => `${index + 1}`);
  return [...numbers, ...[...new Set(named)].filter((name) => !numbers.includes(name)).sort()];
}
