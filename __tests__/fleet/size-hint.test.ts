import { App, HttpBackend } from "cdktf";
import { BrokerPki, type BrokerPkiProps } from "../../lib";
import { inNewDirectory } from "../support/synth";

jest.mock("../../lib/fleet/stack-size", () => ({
  hintForSize: (brokers: number) => (brokers > 2 ? `${brokers} are many` : undefined),
}));

const BROKERS = ["a", "b", "c", "d"].map((name) => ({ address: `${name}.example.com` }));

/** What cdktf shows of a fleet at synth, with the construct that it is said of. */
function hints(props: Partial<BrokerPkiProps>): string[] {
  return inNewDirectory(() => {
    const app = new App();
    new BrokerPki(app, "mqtt", { authority: { subject: { commonName: "Test CA" } }, brokers: BROKERS, ...props });
    app.synth();
    return Object.values(app.manifest.stacks).flatMap(({ annotations }) =>
      annotations.map(({ constructPath, level, message }) => `${level} ${constructPath}: ${message}`),
    );
  });
}

describe("a fleet whose stack is too large for a local state", () => {
  it("says so", () => {
    expect(hints({})).toEqual(["@cdktf/info mqtt: 4 are many"]);
    expect(hints({ brokers: BROKERS.slice(0, 2) })).toEqual([]);
  });

  it("says so once, of the largest shard", () => {
    const large = BROKERS.map((broker) => ({ ...broker, shard: "large" }));
    const small = [1, 2, 3].map((number) => ({ address: `192.0.2.${number}`, shard: "small" }));

    expect(hints({ brokers: [...small, ...large] })).toEqual(["@cdktf/info mqtt-large: 4 are many"]);
  });

  it.each<[string, Partial<BrokerPkiProps>]>([
    ["enough shards", { brokers: BROKERS.map((broker, index) => ({ ...broker, shard: `site-${index % 2}` })) }],
    ["a remote backend", { backend: (stack) => new HttpBackend(stack, { address: "https://states.example.com" }) }],
    ["custody machine", { custody: "machine" }],
  ])("says nothing with %s", (_what, props) => {
    expect(hints(props)).toEqual([]);
  });
});
