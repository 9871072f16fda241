import { Address } from "../../../lib/values/address";
import { nameOf, problemOf, refusal } from "./support";

describe("Address.parse", () => {
  describe("DNS names", () => {
    it.each<[string, string, string]>([
      ["as it is", "mqtt-1.plant.example.com", "mqtt-1.plant.example.com"],
      ["in any letter case", "MQTT-1.Plant.Example.COM", "mqtt-1.plant.example.com"],
      ["with a trailing dot", "mqtt-1.example.com.", "mqtt-1.example.com"],
      ["of a single label", "broker", "broker"],
      ["of a single label and a trailing dot", "localhost.", "localhost"],
      ["of single characters", "a.b", "a.b"],
      ["with a label that starts with a digit", "3com.example", "3com.example"],
      ["with a label of digits", "1.2.3.4.example", "1.2.3.4.example"],
      ["that ends in digits and a letter", "broker.1a", "broker.1a"],
      ["with two hyphens in a row", "a--b.example", "a--b.example"],
    ])("Address.parse reads a DNS name %s: %s", (_how, given, text) => {
      expect(Address.parse(given)).toMatchObject({ kind: "dns", text });
    });

    it.each<[string, string, string]>([
      ["in Unicode", "bücher.example", "xn--bcher-kva.example"],
      ["in Unicode and capitals", "BÜCHER.Example", "xn--bcher-kva.example"],
      ["in punycode", "xn--bcher-kva.example", "xn--bcher-kva.example"],
      ["in punycode and capitals", "XN--BCHER-KVA.example", "xn--bcher-kva.example"],
      ["in letters and combining marks", "bu\u0308cher.example", "xn--bcher-kva.example"],
      ["in another script, top level included", "例え.テスト", "xn--r8jz45g.xn--zckzah"],
      ["with a sharp s, which stays one", "straße.example", "xn--strae-oqa.example"],
      ["in letters of double width", "ｍｑｔｔ.example", "mqtt.example"],
      ["with an ideographic full stop", "bücher。example", "xn--bcher-kva.example"],
    ])("Address.parse reads an internationalized DNS name as punycode: %s", (_how, given, text) => {
      expect(Address.parse(given)).toMatchObject({ kind: "dns", text });
    });

    it("Address.parse accepts a label of 63 characters, not of 64", () => {
      const label = "x".repeat(63);

      expect(Address.parse(`${label}.example`).text).toBe(`${label}.example`);
      expect(refusal(`${label}x.example`)).toBe("has a label of 64 characters; a label has at most 63 (RFC 1035)");
    });

    it("Address.parse limits a label to 63 characters as punycode", () => {
      expect(problemOf(`${"é".repeat(57)}.example`)).toBeUndefined();
      expect(refusal(`${"é".repeat(58)}.example`)).toBe(
        "has a label of 64 characters; a label has at most 63 (RFC 1035)",
      );
    });

    it.each([
      ["letters and combining marks", "e\u0301".repeat(57), "e\u0301"],
      ["letters of double width", "ｘ".repeat(63), "ｘ"],
      ["letters and characters that count for nothing", "x\u00ad".repeat(63), "x"],
    ])("Address.parse limits a label to 63 characters after normalization: %s", (_what, label, more) => {
      expect(Address.parse(`${label}.example`).text.split(".")[0]).toHaveLength(63);
      expect(refusal(`${label}${more}.example`)).toBe(
        "has a label of 64 characters; a label has at most 63 (RFC 1035)",
      );
    });

    it("Address.parse counts letters with combining marks like precomposed letters", () => {
      const decomposed = `${"e\u0301".repeat(57)}.example`;

      expect(Address.parse(decomposed).text).toBe(Address.parse(decomposed.normalize("NFC")).text);
    });

    it("Address.parse limits a DNS name to 253 characters after normalization", () => {
      const stretched = (length: number): string => nameOf(length).replaceAll("x", "x\u00ad");

      expect(stretched(253).length).toBeGreaterThan(500);
      expect(Address.parse(stretched(253)).text).toBe(nameOf(253));
      expect(refusal(stretched(254))).toBe("is 254 characters long; a DNS name has at most 253 (RFC 1035)");
    });

    it("Address.parse accepts a DNS name of 253 characters, not of 254", () => {
      expect(Address.parse(nameOf(253)).text).toBe(nameOf(253));
      expect(refusal(nameOf(254))).toBe("is 254 characters long; a DNS name has at most 253 (RFC 1035)");
    });

    it("Address.parse does not count the trailing dot after 253 characters", () => {
      expect(Address.parse(`${nameOf(253)}.`).text).toBe(nameOf(253));
    });
  });

  describe("wildcards", () => {
    it.each([
      ["*.plant.example.com", "*.plant.example.com"],
      ["*.Plant.Example.COM.", "*.plant.example.com"],
      ["*.example.com", "*.example.com"],
      ["*.bücher.example", "*.xn--bcher-kva.example"],
    ])("Address.parse reads the wildcard %s as %s", (given, text) => {
      const address = Address.parse(given);

      expect(address).toMatchObject({ kind: "dns", text });
      expect(address.isWildcard).toBe(true);
    });

    it("Address.parse accepts a wildcard of 253 characters, not of 254", () => {
      expect(Address.parse(`*.${nameOf(251)}`).text).toBe(`*.${nameOf(251)}`);
      expect(refusal(`*.${nameOf(252)}`)).toBe("is 254 characters long; a DNS name has at most 253 (RFC 1035)");
    });

    it.each(["plant.example.com", "wildcard.example.com", "192.0.2.10", "2001:db8::10"])(
      "Address.parse treats nothing else as a wildcard: %s",
      (given) => {
        expect(Address.parse(given).isWildcard).toBe(false);
      },
    );
  });

  describe("IPv4 addresses", () => {
    it.each(["192.0.2.10", "10.0.0.1", "127.0.0.1", "169.254.1.1", "100.64.0.1", "223.255.255.255", "1.2.3.0"])(
      "Address.parse accepts the IPv4 address %s",
      (given) => {
        expect(Address.parse(given)).toMatchObject({ kind: "ip", text: given });
      },
    );
  });

  describe("IPv6 addresses", () => {
    it.each([
      ["2001:db8::10", "2001:db8::10"],
      ["2001:DB8::ABCD", "2001:db8::abcd"],
      ["2001:0db8:0000:0000:0000:0000:0000:0010", "2001:db8::10"],
      ["2001:db8:0:0:0:0:0:10", "2001:db8::10"],
      ["2001:db8::0:0:10", "2001:db8::10"],
      ["::1", "::1"],
      ["0:0:0:0:0:0:0:1", "::1"],
      ["fe80::1", "fe80::1"],
      ["fd00::", "fd00::"],
      ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
      ["2001:db8:a:0:0:12:0:80", "2001:db8:a::12:0:80"],
      ["1:2:3:4:5:6:192.0.2.33", "1:2:3:4:5:6:c000:221"],
      ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
      ["::192.0.2.1", "::c000:201"],
      ["::0.0.0.1", "::1"],
    ])("Address.parse writes the IPv6 address %s as %s", (given, text) => {
      expect(Address.parse(given)).toMatchObject({ kind: "ip", text });
    });

    it.each([
      ["2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
      ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
      ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ])("Address.parse writes a single zero group in full: %s as %s", (given, text) => {
      expect(Address.parse(given).text).toBe(text);
    });

    it.each([
      ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
      ["2001:0:0:0:1:0:0:1", "2001::1:0:0:1"],
    ])("Address.parse shortens the longest run of zeros: %s as %s", (given, text) => {
      expect(Address.parse(given).text).toBe(text);
    });

    it.each([
      ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
      ["0:0:1:0:0:1:1:1", "::1:0:0:1:1:1"],
      ["0:0:0:1:0:0:0:1", "::1:0:0:0:1"],
      ["1:0:0:1:1:1:0:0", "1::1:1:1:0:0"],
    ])("Address.parse shortens the first of two equal runs: %s as %s", (given, text) => {
      expect(Address.parse(given).text).toBe(text);
    });
  });
});
