import { InvalidInputError, type Problem } from "../../lib/errors";
import { Address } from "../../lib/values/address";
import { problemsOf as findProblems } from "../support/problems";

/** A name of `length` characters in labels of at most 63. */
function nameOf(length: number): string {
  const labels: string[] = [];
  for (let left = length; left > 0; left -= 64) {
    labels.push("x".repeat(Math.min(63, left)));
  }
  return labels.join(".");
}

/** The only problem of what was given for an address. */
function problemOf(given: unknown): Problem | undefined {
  const [problem] = findProblems(() => Address.parse(given as string));
  return problem;
}

/** What the message says after the value: what is wrong, and what to do. */
function refusal(given: string): string {
  const problem = problemOf(given);
  return problem === undefined ? "nothing" : `${problem.reason}; ${problem.fix}`;
}

const NOT_IPV6 = 'is not an IPv6 address; write it as in "2001:db8::1"';
const NO_HOSTNAME_CHARACTER =
  "has a character that is not allowed in a hostname; use letters, digits and hyphens, or check its spelling (UTS #46)";
const NO_INTERNATIONALIZED_NAME =
  "has a character that is not allowed in a hostname, or is not a valid internationalized name; " +
  "use letters, digits and hyphens, or check its spelling (UTS #46)";
const EXPRESSION = "is an expression, whose value is known only at apply; write the concrete address";

describe("Address.parse", () => {
  describe("takes a DNS name", () => {
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
    ])("%s: %s", (_how, given, text) => {
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
    ])("that is internationalized, as punycode: %s", (_how, given, text) => {
      expect(Address.parse(given)).toMatchObject({ kind: "dns", text });
    });

    it("with a label of 63 characters, and not of 64", () => {
      const label = "x".repeat(63);

      expect(Address.parse(`${label}.example`).text).toBe(`${label}.example`);
      expect(refusal(`${label}x.example`)).toBe("has a label of 64 characters; a label has at most 63 (RFC 1035)");
    });

    it("whose labels are at most 63 characters as punycode", () => {
      expect(problemOf(`${"é".repeat(57)}.example`)).toBeUndefined();
      expect(refusal(`${"é".repeat(58)}.example`)).toBe(
        "has a label of 64 characters; a label has at most 63 (RFC 1035)",
      );
    });

    it.each([
      ["letters and combining marks", "e\u0301".repeat(57), "e\u0301"],
      ["letters of double width", "ｘ".repeat(63), "ｘ"],
      ["letters and characters that count for nothing", "x\u00ad".repeat(63), "x"],
    ])("whose labels are at most 63 characters as they become: %s", (_what, label, more) => {
      expect(Address.parse(`${label}.example`).text.split(".")[0]).toHaveLength(63);
      expect(refusal(`${label}${more}.example`)).toBe(
        "has a label of 64 characters; a label has at most 63 (RFC 1035)",
      );
    });

    it("whose letters and combining marks are as long as the letters in one piece", () => {
      const decomposed = `${"e\u0301".repeat(57)}.example`;

      expect(Address.parse(decomposed).text).toBe(Address.parse(decomposed.normalize("NFC")).text);
    });

    it("of at most 253 characters as it becomes", () => {
      const stretched = (length: number): string => nameOf(length).replaceAll("x", "x\u00ad");

      expect(stretched(253).length).toBeGreaterThan(500);
      expect(Address.parse(stretched(253)).text).toBe(nameOf(253));
      expect(refusal(stretched(254))).toBe("is 254 characters long; a DNS name has at most 253 (RFC 1035)");
    });

    it("of 253 characters, and not of 254", () => {
      expect(Address.parse(nameOf(253)).text).toBe(nameOf(253));
      expect(refusal(nameOf(254))).toBe("is 254 characters long; a DNS name has at most 253 (RFC 1035)");
    });

    it("of 253 characters and a trailing dot, which does not count", () => {
      expect(Address.parse(`${nameOf(253)}.`).text).toBe(nameOf(253));
    });
  });

  describe("takes a wildcard", () => {
    it.each([
      ["*.plant.example.com", "*.plant.example.com"],
      ["*.Plant.Example.COM.", "*.plant.example.com"],
      ["*.example.com", "*.example.com"],
      ["*.bücher.example", "*.xn--bcher-kva.example"],
    ])("%s as %s", (given, text) => {
      const address = Address.parse(given);

      expect(address).toMatchObject({ kind: "dns", text });
      expect(address.isWildcard).toBe(true);
    });

    it("of 253 characters, and not of 254", () => {
      expect(Address.parse(`*.${nameOf(251)}`).text).toBe(`*.${nameOf(251)}`);
      expect(refusal(`*.${nameOf(252)}`)).toBe("is 254 characters long; a DNS name has at most 253 (RFC 1035)");
    });

    it.each(["plant.example.com", "wildcard.example.com", "192.0.2.10", "2001:db8::10"])(
      "and nothing else for one: %s",
      (given) => {
        expect(Address.parse(given).isWildcard).toBe(false);
      },
    );
  });

  describe("takes an IPv4 address", () => {
    it.each(["192.0.2.10", "10.0.0.1", "127.0.0.1", "169.254.1.1", "100.64.0.1", "223.255.255.255", "1.2.3.0"])(
      "%s",
      (given) => {
        expect(Address.parse(given)).toMatchObject({ kind: "ip", text: given });
      },
    );
  });

  describe("takes an IPv6 address, and writes it as RFC 5952 has it", () => {
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
    ])("%s as %s", (given, text) => {
      expect(Address.parse(given)).toMatchObject({ kind: "ip", text });
    });

    it.each([
      ["2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
      ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
      ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ])("with a single zero group in full: %s as %s", (given, text) => {
      expect(Address.parse(given).text).toBe(text);
    });

    it.each([
      ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
      ["2001:0:0:0:1:0:0:1", "2001::1:0:0:1"],
    ])("with the longest run of zeros shortened: %s as %s", (given, text) => {
      expect(Address.parse(given).text).toBe(text);
    });

    it.each([
      ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
      ["0:0:1:0:0:1:1:1", "::1:0:0:1:1:1"],
      ["0:0:0:1:0:0:0:1", "::1:0:0:0:1"],
      ["1:0:0:1:1:1:0:0", "1::1:1:1:0:0"],
    ])("with the first of two equal runs shortened: %s as %s", (given, text) => {
      expect(Address.parse(given).text).toBe(text);
    });
  });

  describe("refuses more than a host, and shows the host alone", () => {
    it.each([
      ["mqtts://mqtt-1.example.com:8883", "mqtt-1.example.com"],
      ["mqtt://mqtt-1.example.com", "mqtt-1.example.com"],
      ["wss://mqtt-1.example.com/mqtt?x=1#y", "mqtt-1.example.com"],
      ["mqtts://plant@mqtt-1.example.com:8883/", "mqtt-1.example.com"],
      ["mqtts://Bücher.example:8883", "Bücher.example"],
      ["https://*.plant.example.com/", "*.plant.example.com"],
      ["mqtts://192.0.2.10:8883", "192.0.2.10"],
      ["mqtts://[2001:db8::1]:8883", "2001:db8::1"],
    ])("with a scheme: %s", (given, host) => {
      expect(refusal(given)).toBe(`has a scheme; write the address alone: "${host}"`);
    });

    it.each([
      ["mqtt-1.example.com:8883", "mqtt-1.example.com"],
      ["broker:1883", "broker"],
      ["mqtt-1.example.com:", "mqtt-1.example.com"],
      ["192.0.2.10:8883", "192.0.2.10"],
      ["[2001:db8::1]:8883", "2001:db8::1"],
      ["[2001:db8::1]:", "2001:db8::1"],
      ["[fe80::1%eth0]:8883", "fe80::1"],
      ["mqtt-1.example.com:88830", "mqtt-1.example.com"],
      ["bücher.example:8883", "bücher.example"],
      ["例え.テスト:8883", "例え.テスト"],
    ])("with a port: %s", (given, host) => {
      expect(refusal(given)).toBe(`has a port; write the address alone: "${host}"`);
    });

    it.each([
      ["mqtt-1.example.com/mqtt", "mqtt-1.example.com"],
      ["mqtt-1.example.com/", "mqtt-1.example.com"],
      ["mqtt-1.example.com:8883/mqtt", "mqtt-1.example.com"],
      ["mqtt-1.example.com?x=1", "mqtt-1.example.com"],
      ["mqtt-1.example.com#x", "mqtt-1.example.com"],
      ["192.0.2.10/mqtt", "192.0.2.10"],
      ["192.0.2.10/8/mqtt", "192.0.2.10"],
      ["mqtt-1.example.de/8", "mqtt-1.example.de"],
      ["bücher.example/mqtt", "bücher.example"],
      ["10.0.0.0/33", "10.0.0.0"],
      ["2001:db8::/129", "2001:db8::"],
    ])("with a path: %s", (given, host) => {
      expect(refusal(given)).toBe(`has a path; write the address alone: "${host}"`);
    });

    it.each([
      ["plant@mqtt-1.example.com", "mqtt-1.example.com"],
      ["plant:password@mqtt-1.example.com:8883", "mqtt-1.example.com"],
      ["plant@[2001:db8::1]", "2001:db8::1"],
    ])("with a user name: %s", (given, host) => {
      expect(refusal(given)).toBe(`has a user name; write the address alone: "${host}"`);
    });

    it.each([
      ["[2001:db8::1]", "2001:db8::1"],
      ["[mqtt-1.example.com]", "mqtt-1.example.com"],
      ["[192.0.2.10]", "192.0.2.10"],
      ["[fe80::1%eth0]", "fe80::1"],
    ])("with brackets: %s", (given, host) => {
      expect(refusal(given)).toBe(`has brackets; write the address alone: "${host}"`);
    });

    it.each([
      ["fe80::1%eth0", "fe80::1"],
      ["fe80::1%25eth0", "fe80::1"],
      ["FE80::1%1", "FE80::1"],
      ["fe80::1%", "fe80::1"],
    ])("with a zone: %s", (given, host) => {
      expect(refusal(given)).toBe(
        `has a zone index, which a certificate cannot contain; write the address alone: "${host}"`,
      );
    });

    it.each([
      ["mqtts://", "has a scheme; write the address alone"],
      ["mqtts://:8883", "has a scheme; write the address alone"],
      ["mqtts://mqtt-1:port", "has a scheme; write the address alone"],
      [":8883", "has a port; write the address alone"],
      ["/mqtt", "has a path; write the address alone"],
      ["plant@", "has a user name; write the address alone"],
      ["[]", "has brackets; write the address alone"],
      ["[2001:db8::1", "has brackets; write the address alone"],
      ["2001:db8::1]", "has brackets; write the address alone"],
      ["[2001:db8::1]:mqtts", "has brackets; write the address alone"],
    ])("and shows none where it can read none: %s", (given, expected) => {
      expect(refusal(given)).toBe(expected);
    });

    it.each([
      ["mqtts://mqtt_1.example.com", "has a scheme; write the address alone"],
      ["mqtts://0.0.0.0:8883", "has a scheme; write the address alone"],
      ["mqtts://1。2。3。4:8883", "has a scheme; write the address alone"],
      ["mqtts://192.0.2.010", "has a scheme; write the address alone"],
      ["mqtt_1.example.com:8883", "has a port; write the address alone"],
      ["*.com:8883", "has a port; write the address alone"],
      ["192.0.2.10.:8883", "has a port; write the address alone"],
      ["..:8883", "has a port; write the address alone"],
      ["999.0.0.0/8", "has a path; write the address alone"],
      ["plant@mqtt-1..example.com", "has a user name; write the address alone"],
      ["[::ffff:192.0.2.10]", "has brackets; write the address alone"],
      ["ff02::1%eth0", "has a zone index, which a certificate cannot contain; write the address alone"],
    ])("and shows none where the rest is no address either: %s", (given, expected) => {
      expect(refusal(given)).toBe(expected);
    });
  });

  describe("never shows what is in front of an @, which may be a password", () => {
    it.each([
      ["secret@mqtt-1.example.com", "…@mqtt-1.example.com"],
      ["plant:secret@mqtt-1.example.com:8883", "…@mqtt-1.example.com:8883"],
      ["mqtts://plant:secret@mqtt-1.example.com:8883/mqtt", "mqtts://…@mqtt-1.example.com:8883/mqtt"],
      ["mqtts://plant:sec/secret@mqtt-1.example.com", "mqtts://…@mqtt-1.example.com"],
      ["plant/secret@mqtt-1.example.com", "…@mqtt-1.example.com"],
      ["plant:secret/34@mqtt-1.example.com", "…@mqtt-1.example.com"],
      ["plant:se@cret:secret@mqtt-1.example.com", "…@mqtt-1.example.com"],
      ["plant:?secret#secret@mqtt-1.example.com", "…@mqtt-1.example.com"],
      ["plant:secret@", "…@"],
      ["plant:secret@mqtt_1.example.com", "…@mqtt_1.example.com"],
      ["plant:secret@[2001:db8::1]:8883", "…@[2001:db8::1]:8883"],
      ["secret secret@mqtt-1.example.com", "…@mqtt-1.example.com"],
      ["secret\n@mqtt-1.example.com", "…@mqtt-1.example.com"],
      ["plant:${secret}@mqtt-1.example.com", "…@mqtt-1.example.com"],
    ])("in %j", (given, value) => {
      const problem = problemOf(given);

      expect(problem?.value).toBe(`"${value}"`);
      expect(JSON.stringify(problem)).not.toContain("secret");
      expect(() => Address.parse(given)).not.toThrow("secret");
    });
  });

  it("is required", () => {
    expect(problemOf(undefined)).toMatchObject({ path: "", reason: "is required", kind: "required" });
  });

  describe("refuses what is no hostname", () => {
    it.each<[string, string, string]>([
      ["empty text", "", 'is empty; write a DNS name or an IP address, such as "mqtt-1.example.com"'],
      ["a backslash, behind which a URL has no host", "a\\b.example", NO_HOSTNAME_CHARACTER],
      ["an escaped letter", "%6dqtt.example", NO_HOSTNAME_CHARACTER],
      ["an escaped dot", "a%2eb.example", NO_HOSTNAME_CHARACTER],
      ["a blank", " ", "has white space; remove it"],
      ["a blank in front", " mqtt-1.example.com", "has white space; remove it"],
      ["a blank at the end", "192.0.2.10 ", "has white space; remove it"],
      ["a blank in the middle", "mqtt 1.example.com", "has white space; remove it"],
      ["a line break", "mqtt-1.example.com\n", "has white space; remove it"],
      ["a blank that does not break", "mqtt\u00a01.example.com", "has white space; remove it"],
      [
        "an empty label",
        "mqtt..example.com",
        "has an empty label; write one dot between two labels, and none at the start",
      ],
      ["a dot in front", ".example.com", "has an empty label; write one dot between two labels, and none at the start"],
      ["a dot alone", ".", "has an empty label; write one dot between two labels, and none at the start"],
      [
        "two dots at the end",
        "example.com..",
        "has an empty label; write one dot between two labels, and none at the start",
      ],
      [
        "a label of characters that count for nothing",
        "\u00ad.example.com",
        "has an empty label; write one dot between two labels, and none at the start",
      ],
      [
        "an underscore",
        "mqtt_1.example.com",
        "has an underscore, which Java clients refuse; rename the host, for example with a hyphen",
      ],
      [
        "an underscore of double width",
        "mqtt＿1.example.com",
        "has an underscore, which Java clients refuse; rename the host, for example with a hyphen",
      ],
      [
        "a hyphen at the start of a label",
        "mqtt.-1.example.com",
        "has a label that starts or ends with a hyphen; remove the hyphen (RFC 1123)",
      ],
      [
        "a hyphen at the end of a label",
        "mqtt-.example.com",
        "has a label that starts or ends with a hyphen; remove the hyphen (RFC 1123)",
      ],
      ["a hyphen alone", "-", "has a label that starts or ends with a hyphen; remove the hyphen (RFC 1123)"],
      ["a character of no hostname", "mqtt,1.example.com", NO_HOSTNAME_CHARACTER],
      ["a list of hosts", "a.example;b.example", NO_HOSTNAME_CHARACTER],
      ["a null character", "mqtt\0.example.com", NO_HOSTNAME_CHARACTER],
      ["a delete character", "mqtt\u007f.example.com", NO_HOSTNAME_CHARACTER],
      ["broken punycode", "xn--a.example", NO_INTERNATIONALIZED_NAME],
      ["punycode of nothing that IDN allows", "xn--zzzzzzzzz.example", NO_INTERNATIONALIZED_NAME],
      ["half a surrogate pair", "mqtt\ud800.example", NO_INTERNATIONALIZED_NAME],
      ["a slash of double width", "mqtt／1.example.com", NO_INTERNATIONALIZED_NAME],
      ["a colon of double width", "mqtt：1.example.com", NO_INTERNATIONALIZED_NAME],
      ["an @ of double width", "plant＠mqtt-1.example.com", NO_INTERNATIONALIZED_NAME],
      ["a percent sign alone", "%", NO_HOSTNAME_CHARACTER],
      ["a percent sign inside of it", "mqtt%.example.com", NO_HOSTNAME_CHARACTER],
      ["what would be a zone behind a name", "mqtt-1.example.com%eth0", NO_HOSTNAME_CHARACTER],
      ["what would be a zone behind an IPv4 address", "192.0.2.10%eth0", NO_HOSTNAME_CHARACTER],
      ["an expression", "${var.address}", EXPRESSION],
      ["an expression inside of it", "mqtt-${count.index}.example.com", EXPRESSION],
      ["a directive", "%{x}", EXPRESSION],
      ["a directive inside of it", "mqtt%{ if true }-1%{ endif }.example.com", EXPRESSION],
      ["a directive behind a colon", "fe80::1%{x}", EXPRESSION],
    ])("%s: %j", (_what, given, expected) => {
      expect(refusal(given)).toBe(expected);
    });

    it("what is not given", () => {
      expect(problemOf(undefined)).toMatchObject({ path: "", reason: "is required", kind: "required" });
    });

    it.each<[unknown]>([[null], [42], [true], [["mqtt-1.example.com"]], [{ address: "mqtt-1.example.com" }]])(
      "what is not text: %p",
      (given) => {
        expect(problemOf(given)).toMatchObject({
          path: "",
          reason: "is not text",
          fix: 'write it as a string, such as "mqtt-1.example.com"',
        });
      },
    );
  });

  describe("refuses a wildcard", () => {
    it.each(["*", "a*.b.c", "*a.b.c", "*.*.b.c", "a.*.b", "a.b.*", "**.b.c", "*a", "*.b.*"])(
      "whose * is not the whole leftmost label: %s",
      (given) => {
        expect(refusal(given)).toBe(
          'has a * that is not the whole leftmost label; write a wildcard as in "*.plant.example.com"',
        );
      },
    );

    it.each(["*.com", "*.localhost", "*.com."])("with one label behind it: %s", (given) => {
      expect(refusal(given)).toBe(
        'is a wildcard with only one label after the *, which OpenSSL ignores; write at least two labels, as in "*.example.com"',
      );
    });

    it("with nothing behind it", () => {
      expect(refusal("*.")).toBe("has an empty label; write one dot between two labels, and none at the start");
    });

    it("of IP addresses", () => {
      expect(refusal("*.0.2.10")).toBe(
        'ends like an IPv4 address but is not one; write four numbers from 0 to 255, as in "192.0.2.10"',
      );
    });
  });

  describe("refuses an IPv4 address", () => {
    it.each(["192.0.2.010", "192.00.2.10", "010.0.0.1", "192.0.2.08"])("with leading zeros: %s", (given) => {
      expect(refusal(given)).toBe(
        "has leading zeros, which some programs read as octal; write the four numbers without them",
      );
    });

    it.each([
      ["with a number over 255", "192.0.2.256"],
      ["with a huge number", "192.0.2.4294967306"],
      ["in three parts", "192.0.2"],
      ["in two parts", "192.2"],
      ["in one part", "3221225994"],
      ["in five parts", "192.0.2.10.1"],
      ["with an empty part", "192.0..10"],
      ["with a trailing dot", "192.0.2.10."],
      ["with a hexadecimal part", "192.0.2.0xa"],
      ["with a hexadecimal part in capitals", "192.0.2.0XA"],
      ["with a hexadecimal part without digits", "192.0.2.0x"],
      ["in hexadecimal", "0xc000020a"],
      ["that is a name with a number at its end", "mqtt.1"],
      ["that is a name with a hexadecimal number at its end", "mqtt.0x1f"],
    ])("%s: %s", (_how, given) => {
      expect(refusal(given)).toBe(
        'ends like an IPv4 address but is not one; write four numbers from 0 to 255, as in "192.0.2.10"',
      );
    });
  });

  describe("refuses a name that becomes an IPv4 address as an internationalized one", () => {
    it.each([
      ["192.0.2.１０", "192.0.2.10"],
      ["1。2。3。4", "1.2.3.4"],
      ["１.２.３.４", "1.2.3.4"],
      ["192.0.2｡10", "192.0.2.10"],
      ["192.0.2.①", "192.0.2.1"],
    ])("%s, and shows %s", (given, plain) => {
      expect(refusal(given)).toBe(
        `becomes an IPv4 address as an internationalized name; write it in plain digits: "${plain}"`,
      );
      expect(Address.parse(plain)).toMatchObject({ kind: "ip", text: plain });
    });

    it("and not one that has such digits in front of a name", () => {
      expect(Address.parse("１.２.example")).toMatchObject({ kind: "dns", text: "1.2.example" });
    });
  });

  describe("refuses an IPv6 address", () => {
    it.each([
      ["with a letter that is no digit", "2001:db8::g"],
      ["with two gaps", "2001::db8::1"],
      ["with three colons", "2001:db8:::1"],
      ["with nine groups", "1:2:3:4:5:6:7:8:9"],
      ["with seven groups", "1:2:3:4:5:6:7"],
      ["with a group of five digits", "12345::"],
      ["with a colon at its end", "2001:db8:"],
      ["with an IPv4 tail out of range", "64:ff9b::192.0.2.256"],
      ["with an IPv4 part that is not its tail", "64:ff9b::192.0.2.33:1"],
      ["that is a name with an invalid port", "mqtt-1.example.com:mqtts"],
      ["with leading zeros in its IPv4 tail", "::192.0.2.01"],
      ["with leading zeros in the first part of its IPv4 tail", "64:ff9b::010.0.2.33"],
      ["with leading zeros in an IPv4 address in disguise", "::ffff:192.0.2.010"],
      ["with an IPv4 tail in three parts", "64:ff9b::192.0.2"],
      ["with an IPv4 tail in hexadecimal", "64:ff9b::0xc0.0.2.33"],
    ])("%s: %s", (_how, given) => {
      expect(refusal(given)).toBe(NOT_IPV6);
    });

    it.each(["::ffff:192.0.2.10", "::FFFF:c000:20a", "0:0:0:0:0:ffff:c000:020a"])(
      "that is an IPv4 address in disguise: %s",
      (given) => {
        expect(refusal(given)).toBe(
          'is an IPv4-mapped IPv6 address, which a certificate contains as IPv4; write "192.0.2.10"',
        );
      },
    );
  });

  describe("refuses what is not the address of one broker", () => {
    it.each(["10.0.0.0/8", "192.0.2.10/32", "2001:db8::/32", "2001:DB8::/32", "::1/128", "10/8"])(
      "a network: %s",
      (given) => {
        expect(refusal(given)).toBe("is a network; write the address of one broker");
      },
    );

    it.each(["10.0.0.0/33", "999.0.0.0/8", "2001:db8::/129", "mqtt-1.example.com/8", "192.0.2.10/mqtt", "192.0.2.10/"])(
      "a network only where it is one: %s",
      (given) => {
        expect(problemOf(given)?.reason).toBe("has a path");
      },
    );

    it.each(["0.0.0.0", "::", "0:0:0:0:0:0:0:0", "::0.0.0.0"])("an address to listen on: %s", (given) => {
      expect(refusal(given)).toBe("is an address to listen on, not one to dial; write the address that clients dial");
    });

    it.each([
      ["224.0.0.1", "multicast"],
      ["239.255.255.250", "multicast"],
      ["ff02::1", "multicast"],
      ["255.255.255.255", "broadcast"],
    ])("%s, a %s address", (given, range) => {
      expect(refusal(given)).toBe(`is a ${range} address; write the address of one broker`);
    });
  });

  it.each(["a:", ":", "%:", "@", "a.", "x://"])("refuses a long text of %j for its length alone", (part) => {
    const given = part.repeat(1_000_000);

    expect(refusal(given)).toBe(`is ${given.length} characters long; a DNS name has at most 253 (RFC 1035)`);
  });

  it("shows what was given, as it was given, what is wrong with it and how to write it", () => {
    expect(() => Address.parse("MQTTS://Mqtt-1:8883")).toThrow(
      new InvalidInputError("an address", [
        {
          path: "",
          value: '"MQTTS://Mqtt-1:8883"',
          reason: "has a scheme",
          fix: 'write the address alone: "Mqtt-1"',
        },
      ]),
    );
  });
});

describe("Address.equals", () => {
  it.each([
    ["mqtt-1.example.com", "MQTT-1.example.com."],
    ["bücher.example", "xn--bcher-kva.example"],
    ["bu\u0308cher.example", "bücher.example"],
    ["2001:db8::10", "2001:0DB8:0:0:0:0:0:0010"],
    ["::192.0.2.1", "::c000:201"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["2001:db8::192.0.2.1", "2001:DB8::C000:0201"],
  ])("takes %s and %s for the same", (one, other) => {
    expect(Address.parse(one).equals(Address.parse(other))).toBe(true);
  });

  it.each([
    ["a.b", "ab"],
    ["*.plant.example.com", "plant.example.com"],
    ["2001:db8::1", "2001-db8--1"],
    ["192.0.2.1", "192.0.2.10"],
  ])("takes %s and %s for two", (one, other) => {
    expect(Address.parse(one).equals(Address.parse(other))).toBe(false);
  });
});

describe("Address.toString", () => {
  it.each(["mqtt-1.example.com", "*.example.com", "192.0.2.10", "2001:db8::10"])("is the text: %s", (text) => {
    expect(Address.parse(text).toString()).toBe(text);
  });
});

describe("Address.commonName", () => {
  it.each(["mqtt-1.example.com", "*.example.com", "192.0.2.10", "2001:db8::10"])("is the address: %s", (text) => {
    expect(Address.parse(text).commonName).toBe(text);
  });

  it("is there with 64 characters, and absent with 65", () => {
    expect(Address.parse(nameOf(65)).text).toHaveLength(65);
    expect(Address.parse(nameOf(65)).commonName).toBeUndefined();
    expect(Address.parse(`x.${"y".repeat(62)}`).commonName).toHaveLength(64);
  });

  it("counts the characters of the punycode", () => {
    const inUnicode = `${"é".repeat(30)}.${"é".repeat(21)}`;

    expect(inUnicode.length).toBeLessThan(64);
    expect(Address.parse(inUnicode).text).toHaveLength(64);
    expect(Address.parse(inUnicode).commonName).toHaveLength(64);
    expect(Address.parse(`${inUnicode}é`).commonName).toBeUndefined();
  });
});

describe("the names that are made from an address", () => {
  /*
   * Pinned. Terraform knows a broker's key and certificate by the resource name, and the broker finds them by the file
   * name. A change of either re-creates the keys and certificates of every fleet that is deployed: do not adapt this
   * table to a change of the code.
   */
  it.each<[address: string, resourceName: string, fileName: string]>([
    ["a.b", "a_b", "a.b"],
    ["ab", "ab", "ab"],
    ["a-b", "a-b", "a-b"],
    ["a--b", "a--b", "a--b"],
    ["1a", "1a", "1a"],
    ["mqtt-1.plant.example.com", "mqtt-1_plant_example_com", "mqtt-1.plant.example.com"],
    ["MQTT-1.Plant.Example.com.", "mqtt-1_plant_example_com", "mqtt-1.plant.example.com"],
    ["192.0.2.10", "192_0_2_10", "192.0.2.10"],
    ["2001:db8::10", "ipv6__2001-db8--10", "2001-db8--10"],
    ["2001:db8:1:2:3:4:5:6", "ipv6__2001-db8-1-2-3-4-5-6", "2001-db8-1-2-3-4-5-6"],
    ["2001-db8--10", "2001-db8--10", "2001-db8--10"],
    ["::1", "ipv6__--1", "0--1"],
    ["::ffff:0:192.0.2.1", "ipv6__--ffff-0-c000-201", "0--ffff-0-c000-201"],
    ["::192.0.2.1", "ipv6__--c000-201", "0--c000-201"],
    ["0:1::", "ipv6__0-1--", "0-1--"],
    ["fd00::", "ipv6__fd00--", "fd00--"],
    ["*.plant.example.com", "wildcard__plant_example_com", "_wildcard.plant.example.com"],
    ["wildcard.plant.example.com", "wildcard_plant_example_com", "wildcard.plant.example.com"],
    ["bücher.example", "xn--bcher-kva_example", "xn--bcher-kva.example"],
    ["*.bücher.example", "wildcard__xn--bcher-kva_example", "_wildcard.xn--bcher-kva.example"],
    [
      nameOf(253),
      `${"x".repeat(63)}_${"x".repeat(63)}_${"x".repeat(63)}_${"x".repeat(61)}`,
      `${"x".repeat(63)}.${"x".repeat(63)}.${"x".repeat(63)}.${"x".repeat(61)}`,
    ],
  ])("are for %s the resource %s and the folder %s", (given, resourceName, fileName) => {
    const address = Address.parse(given);

    expect(address.resourceName).toBe(resourceName);
    expect(address.fileName).toBe(fileName);
  });

  describe("over many awkward addresses", () => {
    const addresses = awkwardAddresses();

    it("differ from address to address, as resource names", () => {
      expect(addresses.length).toBeGreaterThan(15_000);
      expect(shared(addresses, (address) => address.resourceName)).toEqual([]);
    });

    it("are what Terraform takes behind a letter, as resource names", () => {
      const resourceNames = addresses.map((address) => address.resourceName);

      expect(resourceNames.filter((name) => !/^[A-Za-z0-9_][\w-]*$/.test(name))).toEqual([]);
    });

    it("are one folder's name on every file system, as file names", () => {
      const fileNames = addresses.map((address) => address.fileName);

      expect(fileNames.filter((name) => !/^[a-z\d._-]*[a-z\d-]$/.test(name) || name.startsWith("."))).toEqual([]);
    });

    it("are taken for an option by no program, as file names", () => {
      expect(addresses.filter(({ text }) => text.startsWith("::")).length).toBeGreaterThan(100);
      expect(addresses.filter(({ fileName }) => fileName.startsWith("-"))).toEqual([]);
    });

    it("differ from address to address as file names, but for an IPv6 address and a DNS name", () => {
      const isIpv6 = (address: Address): boolean => address.text.includes(":");
      const fileName = (address: Address): string => address.fileName;

      expect(shared(addresses.filter(isIpv6), fileName)).toEqual([]);
      expect(
        shared(
          addresses.filter((address) => !isIpv6(address)),
          fileName,
        ),
      ).toEqual([]);
    });
  });

  it("are the same folder for an IPv6 address and the DNS name that looks like it, and not the same resource", () => {
    const ip = Address.parse("2001:db8::1");
    const name = Address.parse("2001-db8--1");

    expect(ip.fileName).toBe(name.fileName);
    expect(ip.resourceName).not.toBe(name.resourceName);
  });
});

/** The names that more than one address has. */
function shared(addresses: readonly Address[], nameOfAddress: (address: Address) => string): string[] {
  const byName = new Map<string, string>();
  return addresses.flatMap((address) => {
    const name = nameOfAddress(address);
    const other = byName.get(name);
    byName.set(name, address.text);
    return other === undefined ? [] : [`${name}: ${other} and ${address.text}`];
  });
}

/** All sequences of `length` of the items. */
function sequences(items: readonly string[], length: number): string[][] {
  return length === 0 ? [[]] : sequences(items, length - 1).flatMap((head) => items.map((item) => [...head, item]));
}

/** Different addresses, chosen so that a careless map would give some of them the same name. */
function awkwardAddresses(): Address[] {
  const alphabet = ["a", "1", "-"];
  const isLabel = (text: string): boolean => !text.startsWith("-") && !text.endsWith("-");
  const labels = [1, 2, 3, 4].flatMap((length) => sequences(alphabet, length).map((letters) => letters.join("")));
  const short = labels.filter((label) => isLabel(label) && label.length <= 3);
  const words = ["a", "b", "ab", "ipv6", "ipv6--2001-db8--1", "wildcard", "broker", "2001-db8--1", "xn--bcher-kva"];
  const names = [
    ...labels.filter(isLabel),
    ...[2, 3].flatMap((count) => sequences(short, count).map((parts) => parts.join("."))),
    ...[1, 2, 3].flatMap((count) => sequences(words, count).map((parts) => parts.join("."))),
  ];
  const wildcards = names.filter((name) => name.includes(".")).map((name) => `*.${name}`);

  const ipv6 = sequences(["0", "1", "a1"], 8)
    .map((groups) => groups.join(":"))
    .filter((text) => /[1a]/.test(text));
  const ipv6Texts = ipv6.map((text) => Address.parse(text).text);
  const lookalikes = [...ipv6, ...ipv6Texts]
    .flatMap((text) => [text.replaceAll(":", "-"), text.replaceAll(":", "."), `ipv6.${text.replaceAll(":", "-")}`])
    .filter((name) => name.split(".").every((label) => label !== "" && isLabel(label)));

  const ipv4 = sequences(["1", "11", "111"], 4).map((parts) => parts.join("."));

  const endsInNumber = /(^|\.)\d+$/;
  const dns = [...names, ...wildcards, ...lookalikes].filter((name) => !endsInNumber.test(name));
  const all = [...dns, ...ipv6, ...ipv4].map((text) => Address.parse(text));
  return [...new Map(all.map((address) => [address.text, address])).values()];
}
