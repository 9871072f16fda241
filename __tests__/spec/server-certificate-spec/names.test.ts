import { ADDRESS, spec, problemsOf, lines } from "./support";

describe("ServerCertificateSpec.fromProps", () => {
  describe("the subject alternative names", () => {
    it.each<[string, string[], string[]]>([
      [ADDRESS, [ADDRESS], []],
      ["*.plant.example.com", ["*.plant.example.com"], []],
      ["192.0.2.10", [], ["192.0.2.10"]],
      ["2001:DB8:0::10", [], ["2001:db8::10"]],
    ])("The names are only the address without alternatives, by its kind: %s", (address, dnsNames, ipAddresses) => {
      expect(spec({ address }).dnsNames).toEqual(dnsNames);
      expect(spec({ address }).ipAddresses).toEqual(ipAddresses);
    });

    it("The names have the address first, and then the alternatives in sorted order", () => {
      const given = spec({
        address: "m.example.com",
        alternativeAddresses: ["z.example.com", "192.0.2.9", "a.example.com", "2001:db8::1", "192.0.2.10"],
      });

      expect(given.dnsNames).toEqual(["m.example.com", "a.example.com", "z.example.com"]);
      expect(given.ipAddresses).toEqual(["192.0.2.10", "192.0.2.9", "2001:db8::1"]);
    });

    it("The names have an IP address first if that is the address", () => {
      const given = spec({
        address: "192.0.2.9",
        alternativeAddresses: ["192.0.2.10", "mqtt.example.com", "10.0.0.1"],
      });

      expect(given.dnsNames).toEqual(["mqtt.example.com"]);
      expect(given.ipAddresses).toEqual(["192.0.2.9", "10.0.0.1", "192.0.2.10"]);
    });

    it("The names are independent of the order of the alternatives", () => {
      const alternatives = [
        "b.example.com",
        "xn--bcher-kva.example",
        "B-2.example.com",
        "::1",
        "10.0.0.1",
        "a1",
        "a-1",
      ];
      const inOrder = spec({ alternativeAddresses: alternatives });

      for (let first = 1; first < alternatives.length; first += 1) {
        const turned = [...alternatives.slice(first), ...alternatives.slice(0, first)];
        for (const alternativeAddresses of [turned, turned.toReversed()]) {
          expect(spec({ alternativeAddresses }).alternativeAddresses).toEqual(inOrder.alternativeAddresses);
        }
      }
    });

    it("The names are normalized", () => {
      expect(spec({ alternativeAddresses: ["MQTT.Example.COM.", "bücher.example"] }).dnsNames).toEqual([
        ADDRESS,
        "mqtt.example.com",
        "xn--bcher-kva.example",
      ]);
    });

    it("The names have each IP address as a DNS name with ipAddressesAsDnsNames, in the same order", () => {
      const given = spec({
        address: "192.0.2.9",
        alternativeAddresses: ["mqtt.example.com", "2001:DB8:0::10"],
        ipAddressesAsDnsNames: true,
      });

      expect(given.dnsNames).toEqual(["192.0.2.9", "2001:db8::10", "mqtt.example.com"]);
      expect(given.ipAddresses).toEqual(["192.0.2.9", "2001:db8::10"]);
      expect(given.requestCommand).toContain(
        "DNS:192.0.2.9, DNS:2001:db8::10, DNS:mqtt.example.com, IP:192.0.2.9, IP:2001:db8::10",
      );
    });

    it("The names are the same without ipAddressesAsDnsNames, or without an IP address", () => {
      expect(spec({ address: "192.0.2.9", ipAddressesAsDnsNames: false })).toEqual(spec({ address: "192.0.2.9" }));
      expect(spec({ ipAddressesAsDnsNames: true })).toEqual(spec());
    });

    it("The names have IP addresses as DNS names only for true", () => {
      expect(problemsOf({ address: "192.0.2.9", ipAddressesAsDnsNames: "yes" })).toMatchObject([
        { path: "ipAddressesAsDnsNames", reason: "is neither true nor false" },
      ]);
    });

    it("The names may match a wildcard among them", () => {
      const given = spec({ address: "*.plant.example.com", alternativeAddresses: ["mqtt-1.plant.example.com"] });

      expect(given.dnsNames).toEqual(["*.plant.example.com", "mqtt-1.plant.example.com"]);
    });

    it("The given list of alternatives is not changed", () => {
      const alternativeAddresses = Object.freeze(["b.example.com", "a.example.com"]);

      expect(spec({ alternativeAddresses }).dnsNames).toEqual([ADDRESS, "a.example.com", "b.example.com"]);
    });
  });

  describe("alternativeAddresses", () => {
    it.each([
      ["mqtt.example.com", "MQTT.Example.COM", "in another letter case"],
      ["mqtt.example.com", "mqtt.example.com.", "with a trailing dot"],
      ["bücher.example", "xn--bcher-kva.example", "in punycode"],
      ["2001:db8::1", "2001:0DB8:0:0:0:0:0:1", "in full"],
      ["192.0.2.10", "192.0.2.10", "in the same spelling"],
    ])("alternativeAddresses refuse a repeated address: %s and %s, %s", (first, second) => {
      expect(problemsOf({ alternativeAddresses: ["a.example.com", first, second] })).toMatchObject([
        {
          path: "alternativeAddresses[2]",
          value: `"${second}"`,
          reason: `is the same as "${first}", earlier in the list`,
          fix: "leave one of them out",
        },
      ]);
    });

    it.each([
      [ADDRESS, ADDRESS],
      [ADDRESS, "MQTT-1.plant.example.com."],
      ["2001:db8::10", "2001:DB8:0::0010"],
    ])("alternativeAddresses refuse the broker's own address: %s and %s", (address, alternative) => {
      expect(problemsOf({ address, alternativeAddresses: ["a.example.com", alternative] })).toMatchObject([
        {
          path: "alternativeAddresses[1]",
          value: `"${alternative}"`,
          reason: `is the broker's own address, ${address}, which the certificate always contains`,
          fix: "leave it out",
        },
      ]);
    });

    it("alternativeAddresses report each repetition after the first, with the given text", () => {
      const alternativeAddresses = ["MQTT.example.com", "mqtt.example.com", "a.example.com", "mqtt.example.com."];

      expect(lines(problemsOf({ alternativeAddresses }))).toEqual([
        'alternativeAddresses[1] is the same as "MQTT.example.com", earlier in the list',
        'alternativeAddresses[3] is the same as "MQTT.example.com", earlier in the list',
      ]);
    });

    it("alternativeAddresses report every invalid address, each at its place", () => {
      const alternativeAddresses = ["a_b.example.com", "mqtt.example.com", "mqtts://x", 42];

      expect(lines(problemsOf({ alternativeAddresses }))).toEqual([
        "alternativeAddresses[0] has an underscore, which Java clients refuse",
        "alternativeAddresses[2] has a scheme",
        "alternativeAddresses[3] is not text",
      ]);
    });

    it.each<[unknown, string]>([
      ["mqtt.example.com", '"mqtt.example.com"'],
      ["", '""'],
      [42, "42"],
      [{ 0: "mqtt.example.com", length: 1 }, "(an object)"],
      [new Set(["mqtt.example.com"]), "(an object)"],
    ])("alternativeAddresses must be a list, not %p", (given, value) => {
      expect(problemsOf({ alternativeAddresses: given })).toMatchObject([
        { path: "alternativeAddresses", value, reason: "is not a list", fix: 'write it as in ["mqtt.example.com"]' },
      ]);
    });
  });
});
