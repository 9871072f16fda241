import { endOf, readMachineText, ruleOf, startOf } from "../../../lib/cli/read/machine-text";

const BROKER = {
  subject: "O=Example Ltd, CN=mqtt-1.example.com",
  names: "DNS:mqtt-1.example.com",
  key: "ECDSA-P256",
  validity: "825 days",
  token: "2026-01-05T09:00:00Z new",
};

/** The certificate that is read for a broker with these properties. */
function brokerWith(given: object): ReturnType<typeof certificateIn> {
  return certificateIn({ ...BROKER, ...given });
}

function certificateIn(certificate: object) {
  const read = readMachineText(JSON.stringify({ "brokers/mqtt-1.example.com": certificate, removed: "" }));
  const [found] = read?.certificates.values() ?? [];
  if (found === undefined) {
    throw new Error("no certificate is read");
  }
  return found;
}

describe("readMachineText", () => {
  it.each([
    ["9999999 days", "2026-01-05T09:00:00Z new"],
    ["2913000 days", "2026-01-05T09:00:00Z new"],
    ["825 days", "+012026-01-05T09:00:00Z new"],
    ["825 days", "-000001-01-05T09:00:00Z new"],
  ])("endOf returns no time in a year without four digits: %s from %s", (validity, token) => {
    expect(endOf(brokerWith({ validity, token }))).toBeUndefined();
  });

  it("readMachineText returns certificates by the folders of brokers, and other changes", () => {
    const removed = "2026-01-05T09:00:00Z removes brokers/a brokers/b";
    const read = readMachineText(JSON.stringify({ "brokers/mqtt-1.example.com": BROKER, removed }));

    expect([...(read?.certificates.keys() ?? [])]).toEqual(["brokers/mqtt-1.example.com"]);
    expect(read?.remarks).toEqual(
      new Map([["removed", { time: "2026-01-05T09:00:00Z", words: "removes brokers/a brokers/b" }]]),
    );
  });

  it("readMachineText returns generations by number, and the trust anchors", () => {
    const { names: _, ...authority } = BROKER;
    const read = readMachineText(JSON.stringify({ 1: authority, 2: authority, trust: { token: BROKER.token } }));

    expect([...(read?.certificates ?? [])].map(([name, { names }]) => ({ name, names }))).toEqual([
      { name: "1", names: undefined },
      { name: "2", names: undefined },
    ]);
    expect(read?.remarks).toEqual(new Map([["trust", { time: "2026-01-05T09:00:00Z", words: "new" }]]));
  });

  it.each(["", "2026-01-05T09:00:00Z", "{", "[]", "{}", "null", '{"a":1}', '{"a":{"key":"none"}}', '{"a":[]}'])(
    "readMachineText returns undefined for %j",
    (text) => {
      expect(readMachineText(text)).toBeUndefined();
    },
  );

  it("readMachineText splits names, in canonical spelling and without their kind", () => {
    const names = "DNS:mqtt-1.example.com, DNS:*.example.com, IP:192.0.2.10, IP:2001:DB8:0:0:0:0:0:10";

    expect(brokerWith({ names }).names).toEqual(["mqtt-1.example.com", "*.example.com", "192.0.2.10", "2001:db8::10"]);
  });

  it("readMachineText keeps the kind of a DNS name that looks like an IP address", () => {
    const names = "DNS:192.0.2.10, DNS:2001:db8::10, IP:192.0.2.10, IP:2001:db8::10";

    expect(brokerWith({ names }).names).toEqual([
      ...["DNS:192.0.2.10", "DNS:2001:db8::10"],
      ...["192.0.2.10", "2001:db8::10"],
    ]);
  });

  it("readMachineText returns all of many names", () => {
    const names = Array.from({ length: 100 }, (_, index) => `mqtt-${index}.example.com`);

    expect(brokerWith({ names: names.map((name) => `DNS:${name}`).join(", ") }).names).toEqual(names);
  });

  it.each([
    ["RSA-2048", "RSA 2048", false],
    ["ECDSA-P256", "ECDSA P-256", false],
    ["Ed25519", "Ed25519", false],
    ["none", undefined, true],
  ])("readMachineText writes the key type %s as a certificate does: %p", (key, keyType, isKeyElsewhere) => {
    expect(brokerWith({ key })).toMatchObject({ keyType, isKeyElsewhere });
  });

  it.each([
    ["825 days", "2028-04-09T09:00:00Z"],
    ["1 day", "2026-01-06T09:00:00Z"],
    ["36 hours", "2026-01-06T21:00:00Z"],
    ["1 hour", "2026-01-05T10:00:00Z"],
    ["forever", undefined],
    [`${"9".repeat(300)} days`, undefined],
  ])("endOf adds the validity %s: %p", (validity, end) => {
    const certificate = brokerWith({ validity });

    expect(startOf(certificate)).toBe("2026-01-05T09:00:00Z");
    expect(endOf(certificate)).toBe(end);
  });

  it.each([
    ["new", "2026-01-05T09:00:00Z"],
    ["adopted: a key exists", "2026-01-05T09:00:00Z"],
    ["new certificate, same key: server.pem is missing or changed", "2026-01-05T09:00:00Z"],
    ["same key and certificate: another password is declared", undefined],
    ["finished: a deployment was stopped", undefined],
    ["new in words that are no rule's", undefined],
  ])("startOf returns the start of a certificate only for a token that issued it: %s", (words, start) => {
    expect(startOf(brokerWith({ token: `2026-01-05T09:00:00Z ${words}` }))).toBe(start);
  });

  it("readMachineText returns no time for a text that is not a time", () => {
    expect(startOf(brokerWith({ token: "tomorrow at noon UTC new" }))).toBeUndefined();
    expect(certificateIn({ key: "ca.key", token: "", certificate: "ab", not_after: "<b>" }).notAfter).toBeUndefined();
  });

  it("readMachineText returns the certificate of an imported authority, and its expiry date", () => {
    const certificate = certificateIn({
      key: "../../ca.key",
      certificate: "0a1b",
      not_after: "2031-01-05T09:00:00Z",
      token: "2026-01-05T09:00:00Z new",
    });

    expect(certificate).toMatchObject({ certificate: "0a1b", notAfter: "2031-01-05T09:00:00Z", keyType: undefined });
  });

  it("ruleOf finds the rule of a token by its words", () => {
    expect(ruleOf(brokerWith({}))?.kind).toBe("new");
    expect(ruleOf(brokerWith({ token: "2026-01-05T09:00:00Z because" }))).toBeUndefined();
  });

  it("readMachineText hides texts that may be a private key", () => {
    const secret = "-----BEGIN PRIVATE KEY-----";
    const texts = { subject: secret, names: `DNS:${secret}`, key: secret, token: `2026-01-05T09:00:00Z ${secret}` };
    const read = readMachineText(JSON.stringify({ [secret]: { ...BROKER, ...texts }, removed: secret }));

    expect(JSON.stringify([...(read?.certificates ?? []), ...(read?.remarks ?? [])])).not.toContain("BEGIN");
  });
});
