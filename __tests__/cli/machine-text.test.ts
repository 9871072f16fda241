import { keyTypeIn, namesIn } from "../../lib/cli/machine-text";

describe("what custody machine shows of a certificate", () => {
  it("has each name by itself, in its one spelling, without its kind", () => {
    expect(namesIn("DNS:mqtt-1.example.com, DNS:*.example.com, IP:192.0.2.10, IP:2001:DB8:0:0:0:0:0:10")).toEqual([
      "mqtt-1.example.com",
      "*.example.com",
      "192.0.2.10",
      "2001:db8::10",
    ]);
  });

  it.each([
    ["RSA-2048", "RSA 2048"],
    ["ECDSA-P256", "ECDSA P-256"],
    ["Ed25519", "Ed25519"],
    ["none", undefined],
  ])("has the kind of key %s as a certificate has it: %p", (text, keyType) => {
    expect(keyTypeIn(text)).toBe(keyType);
  });
});
