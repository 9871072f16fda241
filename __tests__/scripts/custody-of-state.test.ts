import { custodyOfState } from "../../scripts/cdktf/custody-of-state";

const stateOf = (...resources: readonly object[]): string => JSON.stringify({ version: 4, resources });

const data = (name: string, attributes: object): object => ({
  type: "terraform_data",
  name,
  instances: [{ attributes }],
});

describe("custodyOfState", () => {
  it.each([
    ["is no text", ""],
    ["is blank, as an engine is given one", "\n"],
    ["has no resource", stateOf()],
    ["has resources of others", stateOf({ type: "aws_instance", name: "broker", instances: [{}] }, data("mine", {}))],
  ])("custodyOfState returns undefined for a state that %s", (_case, text) => {
    expect(custodyOfState(text)).toBeUndefined();
  });

  it.each([
    ["a key", stateOf({ type: "tls_private_key", name: "authority", instances: [{}] })],
    ["a certificate that was destroyed", stateOf({ type: "tls_locally_signed_cert", name: "broker_a" })],
    ["what is made before the first key", stateOf(data("files", { input: { value: [], type: ["list", "string"] } }))],
    ["what is made before that", stateOf(data("authority_since", { input: { value: "2026-01-05T09:00:00Z" } }))],
  ])('custodyOfState returns "state" for a state with %s', (_case, text) => {
    expect(custodyOfState(text)).toBe("state");
  });

  it.each(["files", "plant_guard_0C0FFEE0"])(
    'custodyOfState returns "machine" for a state with the guard of its directory: %s',
    (name) => {
      expect(custodyOfState(stateOf(data(name, { input: { value: "machine", type: "string" } })))).toBe("machine");
    },
  );

  it.each(['{ "version": 4, "ter', "null", "[]", '{ "encrypted_data": "AAAA" }'])(
    "custodyOfState throws for the state %s",
    (text) => {
      expect(() => custodyOfState(text)).toThrow();
    },
  );
});
