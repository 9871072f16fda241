import { createHash } from "node:crypto";
import type { Problems } from "../errors";
import type { Address } from "../values/address";
import { refuseUnlessCount } from "../values/count";

/** Each shard is a stack, and needs a hash for every broker. */
const SHARDS_AT_MOST = 1000;

/**
 * Files a problem for an invalid number of shards.
 *
 * @returns whether the number is valid
 */
export function checkShards(problems: Problems, path: string, shards: number): boolean {
  if (!refuseUnlessCount(problems, path, shards, "a number of shards")) {
    return false;
  }
  const isFew = shards <= SHARDS_AT_MOST;
  if (!isFew) {
    problems.add(path, shards, "is too many stacks", `choose at most ${SHARDS_AT_MOST}`);
  }
  return isFew;
}

/** Files a problem for an invalid name of a shard. Numbers are reserved for brokers that name no shard. */
export function checkShard(problems: Problems, path: string, shard: string): void {
  if (typeof shard !== "string" || !/^[a-z]([a-z\d-]{0,61}[a-z\d])?$/.test(shard)) {
    problems.add(
      path,
      shard,
      "is not a name for a shard, which becomes part of the name of its stack",
      'use at most 63 small letters, digits and hyphens, and start with a letter, as in "site-a"',
    );
  }
}

/** The number of weights of four bytes in a digest. */
const WEIGHTS = 8;

/**
 * The shard of a broker that names none, from `"1"` on: the shard with the greatest weight for its address (rendezvous hashing,
 * https://doi.org/10.1109/90.663936). Other brokers have no influence. A further shard takes its share from each of the others,
 * and no broker moves between those.
 *
 * The weights of shards 1 to 8 are the SHA-256 digest of "1 <address>", four bytes each; those of 9 to 16 are the digest of
 * "9 <address>"; and so on. A change of this algorithm would move brokers of every user from state to state.
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
 * All shards of a fleet: the numbered ones, even without brokers, and those that brokers name. Empty if the fleet has one stack.
 *
 * @param named the shards of the brokers
 */
export function shardNames(shards: number | undefined, named: Iterable<string>): string[] {
  const numbers = Array.from({ length: shards ?? 0 }, (_, index) => `${index + 1}`);
  return [...numbers, ...[...new Set(named)].filter((name) => !numbers.includes(name)).sort()];
}
