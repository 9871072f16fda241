import { hintForSize } from "../../lib/fleet/stack-size";

describe("a hint on the size of a stack", () => {
  it.each([
    [undefined, 301, "Terraform", 7],
    ["terraform", 1000, "Terraform", 20],
    ["/opt/bin/tofu", 3001, "OpenTofu", 7],
  ])("where the engine is %s: %d brokers take %s minutes, and %d shards do not", (program, brokers, engine, shards) => {
    expect(hintForSize(brokers, program)).toBe(
      `${brokers} brokers in one stack take ${engine} minutes with a local state, which it writes whole again and again. Quicker are shards: ${shards}, a remote backend, or custody "machine".`,
    );
  });

  it.each([
    ["terraform", 300],
    ["tofu", 3000],
  ])("is none where %s is quick: %d brokers", (program, brokers) => {
    expect(hintForSize(brokers, program)).toBeUndefined();
  });
});
