import { State } from "../../../lib/cli/terraform/state";
import { ENGINES, fixture, CORRUPT } from "../fixtures";

function addresses(text: string): string[] {
  const found: string[] = [];
  State.fromBytes("s.json", new TextEncoder().encode(text)).forEachResource(({ address }) => {
    found.push(address);
  });
  return found;
}

describe.each(ENGINES)("a state that %s has made", (engine) => {
  it("State.forEachResource visits the resources of all modules", () => {
    expect(addresses(fixture(engine, "hcl/module", "state"))).toEqual(
      expect.arrayContaining(["tls_self_signed_cert.ca", 'module.broker["mqtt-2"].tls_locally_signed_cert.this']),
    );
  });

  it("State.forEachResource refuses a state that is cut off", () => {
    expect(() => addresses(CORRUPT.truncated(fixture(engine, "state", "state")))).toThrow(
      '"s.json" is JSON that is cut off, or has other text after it',
    );
  });

  it("State.fromBytes refuses a plan", () => {
    expect(() => addresses(fixture(engine, "state", "no-op"))).toThrow('"s.json" is a plan');
  });
});

describe("State", () => {
  it("State.forEachResource visits nothing if nothing is deployed", () => {
    expect(addresses('{"format_version":"1.0"}')).toEqual([]);
  });

  it("State.forEachResource visits nested modules", () => {
    const child = (name: string, ...children: object[]) => ({
      resources: [{ address: name }],
      child_modules: children,
    });
    const values = { root_module: child("a", child("b", child("c")), child("d")) };

    expect(addresses(JSON.stringify({ format_version: "1.0", values }))).toEqual(["a", "b", "c", "d"]);
  });

  it("State.outputs has the outputs by name", () => {
    const outputs = { ca_pem: { value: "text", sensitive: false }, keys: { value: { a: 1 }, sensitive: true } };
    const state = State.fromBytes(
      "s.json",
      Buffer.from(JSON.stringify({ format_version: "1.0", values: { outputs } })),
    );

    expect([...state.outputs]).toEqual([
      ["ca_pem", "text"],
      ["keys", { a: 1 }],
    ]);
  });
});
