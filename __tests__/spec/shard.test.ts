import { createHash } from "node:crypto";
import { Problems } from "../../lib/errors";
import { Address } from "../../lib/values/address";
import { readFleet } from "../../lib/spec/fleet";
import type { FleetSpecProps } from "../../lib/spec/fleet-props";
import { checkShard, checkShards, shardNames, shardOf } from "../../lib/spec/shard";

function reasons(check: (problems: Problems) => void): string[] {
  const problems = new Problems();
  check(problems);
  return problems.toError("it").problems.map(({ path, value, reason }) => `${path}: ${value} ${reason}`);
}

const MANY = Array.from({ length: 2000 }, (_, index) => Address.parse(`mqtt-${index}.plant.example.com`));

describe("shardOf", () => {
  it.each([
    ["mqtt-1.plant.example.com", "1 1 3 3 6 6 6"],
    ["mqtt-2.plant.example.com", "1 1 1 1 1 9 11"],
    ["mqtt-3.plant.example.com", "1 2 2 2 8 9 9"],
    ["*.plant.example.com", "1 1 1 1 1 1 1"],
    ["192.0.2.10", "1 1 1 1 8 9 11"],
    ["192.0.2.11", "1 1 3 3 7 9 9"],
    ["2001:db8::10", "1 1 1 1 5 5 5"],
    ["bücher.example.com", "1 1 3 3 7 7 20"],
  ])("shardOf never changes: of %s with 1, 2, 3, 4, 8, 9 and 20 shards", (address, shards) => {
    expect([1, 2, 3, 4, 8, 9, 20].map((count) => shardOf(Address.parse(address), count)).join(" ")).toBe(shards);
  });

  it("shardOf is the shard with the greatest weight, by the digest", () => {
    const weights = [...createHash("sha256").update("1 192.0.2.10").digest("hex").matchAll(/.{8}/g)].map(
      ([weight]) => weight,
    );
    const heaviest = weights.indexOf(weights.toSorted().at(-1) ?? "") + 1;

    expect(shardOf(Address.parse("192.0.2.10"), 8)).toBe(`${heaviest}`);
  });

  it("shardOf is independent of the spelling of the address", () => {
    for (const [one, other] of [
      ["MQTT-1.Plant.Example.com", "mqtt-1.plant.example.com"],
      ["2001:DB8:0::10", "2001:db8::10"],
      ["bücher.example.com", "xn--bcher-kva.example.com"],
    ] as const) {
      expect(shardOf(Address.parse(one), 20)).toBe(shardOf(Address.parse(other), 20));
    }
  });

  it.each([1, 2, 7, 8, 9, 16, 17])(
    "shardOf moves brokers only to the new shard when there is one more than %d",
    (count) => {
      const moved = MANY.filter((address) => shardOf(address, count) !== shardOf(address, count + 1));
      const fair = MANY.length / (count + 1);

      expect(new Set(moved.map((address) => shardOf(address, count + 1)))).toEqual(new Set([`${count + 1}`]));
      expect(moved.length).toBeGreaterThan(0.7 * fair);
      expect(moved.length).toBeLessThan(1.3 * fair);
    },
  );

  it("shardOf gives every shard about the same number of brokers", () => {
    const sizes = new Map<string, number>();
    for (const address of MANY) {
      const shard = shardOf(address, 20);
      sizes.set(shard, (sizes.get(shard) ?? 0) + 1);
    }

    expect(sizes.size).toBe(20);
    expect(Math.min(...sizes.values())).toBeGreaterThan(60);
    expect(Math.max(...sizes.values())).toBeLessThan(140);
  });
});

describe("shards of a fleet", () => {
  it("The shards of a fleet are the numbered ones, even without brokers, and those that brokers name", () => {
    expect(shardNames(3, ["site-b", "2", "site-a", "site-b"])).toEqual(["1", "2", "3", "site-a", "site-b"]);
    expect(shardNames(undefined, ["site-b", "site-a"])).toEqual(["site-a", "site-b"]);
    expect(shardNames(undefined, [])).toEqual([]);
  });

  it.each([1, 20, 1000])("The number of shards may be %d", (count) => {
    expect(
      reasons((problems) => {
        checkShards(problems, "shards", count);
      }),
    ).toEqual([]);
  });

  it.each([0, -1, 1.5, Number.NaN, "3", null, 1001])("The number of shards cannot be %p", (count) => {
    expect(
      reasons((problems) => {
        checkShards(problems, "shards", count as number);
      }),
    ).toHaveLength(1);
  });

  it.each(["a", "site-a", "line-7", "s".repeat(63)])("The name of a shard may be %s", (name) => {
    expect(
      reasons((problems) => {
        checkShard(problems, "shard", name);
      }),
    ).toEqual([]);
  });

  it.each(["", "1", "7-site", "Site", "site a", "site.a", "site_a", "-a", "a-", "a*", "s".repeat(64), 1, null, {}])(
    "The name of a shard cannot be %p",
    (name) => {
      expect(
        reasons((problems) => {
          checkShard(problems, "brokers[0].shard", name as string);
        }),
      ).toEqual([expect.stringMatching(/^brokers\[0\]\.shard: .* is not a name for a shard/)]);
    },
  );
});

describe("shards in readFleet", () => {
  const [A, B, C] = [{ address: "a.example.com" }, { address: "b.example.com" }, { address: "192.0.2.10" }];

  /** Where each broker is, by its address; and what is wrong. */
  function placed(props: Partial<FleetSpecProps>): { shards: Record<string, string | undefined>; problems: string[] } {
    const problems = new Problems();
    const authority = { subject: { commonName: "Test CA" } };
    const { brokers } = readFleet({ authority, brokers: [], ...props }, problems);
    return {
      shards: Object.fromEntries(brokers.map(({ address, shard }) => [address.text, shard])),
      problems: problems.toError("it").problems.map(({ path, reason }) => `${path} ${reason}`),
    };
  }

  it("readFleet has no shards by default", () => {
    expect(placed({ brokers: [A, B] })).toEqual({
      shards: { "a.example.com": undefined, "b.example.com": undefined },
      problems: [],
    });
  });

  it("readFleet places a broker independently of its index and of the other brokers", () => {
    const { shards } = placed({ shards: 4, brokers: [A, B, C] });

    expect(placed({ shards: 4, brokers: [C, B, A] }).shards).toEqual(shards);
    expect(placed({ shards: 4, brokers: [B] }).shards).toEqual({ "b.example.com": shards["b.example.com"] });
  });

  it("readFleet places a broker in the shard that it names, and all others by their addresses", () => {
    const { shards } = placed({ shards: 4, brokers: [A, B, C] });

    expect(placed({ shards: 4, brokers: [A, { ...B, shard: "site-a" }, C] })).toEqual({
      shards: { ...shards, "b.example.com": "site-a" },
      problems: [],
    });
    expect(placed({ brokers: [{ ...A, shard: "site-a" }] })).toEqual({
      shards: { "a.example.com": "site-a" },
      problems: [],
    });
  });

  it("readFleet refuses brokers without a shard", () => {
    expect(placed({ brokers: [A, { ...B, shard: "site-a" }, C] }).problems).toEqual([
      "shards is required: 2 of 3 brokers name no shard, but the others do",
    ]);
    expect(placed({ shards: 0, brokers: [A, { ...B, shard: "1" }] }).problems).toEqual([
      "shards is not a number of shards",
      "brokers[1].shard is not a name for a shard, which becomes part of the name of its stack",
    ]);
  });
});
