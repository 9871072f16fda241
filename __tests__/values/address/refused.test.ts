import { InvalidInputError } from "../../../lib/errors";
import { Address } from "../../../lib/values/address";
import { problemOf, refusal } from "./support";

const NOT_IPV6 = 'is not an IPv6 address; write it as in "2001:db8::1"';

const NO_HOSTNAME_CHARACTER =
  "has a character that is not allowed in a hostname; use letters, digits and hyphens, or check its spelling (UTS #46)";

const NO_INTERNATIONALIZED_NAME =
  "has a character that is not allowed in a hostname, or is not a valid internationalized name; " +
  "use letters, digits and hyphens, or check its spelling (UTS #46)";

const EXPRESSION = "is an expression, whose value is known only at apply; write the concrete address";

describe("Address.parse", () => {
  describe("more than an address", () => {
    it.each([
      ["mqtts://mqtt-1.example.com:8883", "mqtt-1.example.com"],
      ["mqtt://mqtt-1.example.com", "mqtt-1.example.com"],
      ["wss://mqtt-1.example.com/mqtt?x=1#y", "mqtt-1.example.com"],
      ["mqtts://plant@mqtt-1.example.com:8883/", "mqtt-1.example.com"],
      ["mqtts://Bücher.example:8883", "Bücher.example"],
      ["https://*.plant.example.com/", "*.plant.example.com"],
      ["mqtts://192.0.2.10:8883", "192.0.2.10"],
      ["mqtts://[2001:db8::1]:8883", "2001:db8::1"],
    ])("Address.parse refuses a scheme, and shows the address alone: %s", (given, host) => {
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
    ])("Address.parse refuses a port, and shows the address alone: %s", (given, host) => {
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
    ])("Address.parse refuses a path, and shows the address alone: %s", (given, host) => {
      expect(refusal(given)).toBe(`has a path; write the address alone: "${host}"`);
    });

    it.each([
      ["plant@mqtt-1.example.com", "mqtt-1.example.com"],
      ["plant:password@mqtt-1.example.com:8883", "mqtt-1.example.com"],
      ["plant@[2001:db8::1]", "2001:db8::1"],
    ])("Address.parse refuses a user name, and shows the address alone: %s", (given, host) => {
      expect(refusal(given)).toBe(`has a user name; write the address alone: "${host}"`);
    });

    it.each([
      ["[2001:db8::1]", "2001:db8::1"],
      ["[mqtt-1.example.com]", "mqtt-1.example.com"],
      ["[192.0.2.10]", "192.0.2.10"],
      ["[fe80::1%eth0]", "fe80::1"],
    ])("Address.parse refuses brackets, and shows the address alone: %s", (given, host) => {
      expect(refusal(given)).toBe(`has brackets; write the address alone: "${host}"`);
    });

    it.each([
      ["fe80::1%eth0", "fe80::1"],
      ["fe80::1%25eth0", "fe80::1"],
      ["FE80::1%1", "FE80::1"],
      ["fe80::1%", "fe80::1"],
    ])("Address.parse refuses a zone index, and shows the address alone: %s", (given, host) => {
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
    ])("Address.parse shows no address if it recognizes none: %s", (given, expected) => {
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
    ])("Address.parse shows no address if the rest is not an address: %s", (given, expected) => {
      expect(refusal(given)).toBe(expected);
    });
  });

  describe("text before an @, which may be a password", () => {
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
    ])("Address.parse never shows text before an @ in %j", (given, value) => {
      const problem = problemOf(given);

      expect(problem?.value).toBe(`"${value}"`);
      expect(JSON.stringify(problem)).not.toContain("secret");
      expect(() => Address.parse(given)).not.toThrow("secret");
    });
  });

  it("Address.parse requires an address", () => {
    expect(problemOf(undefined)).toMatchObject({ path: "", reason: "is required", kind: "required" });
  });

  describe("invalid hostnames", () => {
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
    ])("Address.parse refuses a hostname %s: %j", (_what, given, expected) => {
      expect(refusal(given)).toBe(expected);
    });

    it("Address.parse refuses undefined", () => {
      expect(problemOf(undefined)).toMatchObject({ path: "", reason: "is required", kind: "required" });
    });

    it.each<[unknown]>([[null], [42], [true], [["mqtt-1.example.com"]], [{ address: "mqtt-1.example.com" }]])(
      "Address.parse refuses what is not text: %p",
      (given) => {
        expect(problemOf(given)).toMatchObject({
          path: "",
          reason: "is not text",
          fix: 'write it as a string, such as "mqtt-1.example.com"',
        });
      },
    );
  });

  describe("invalid wildcards", () => {
    it.each(["*", "a*.b.c", "*a.b.c", "*.*.b.c", "a.*.b", "a.b.*", "**.b.c", "*a", "*.b.*"])(
      "Address.parse refuses a * that is not the whole leftmost label: %s",
      (given) => {
        expect(refusal(given)).toBe(
          'has a * that is not the whole leftmost label; write a wildcard as in "*.plant.example.com"',
        );
      },
    );

    it.each(["*.com", "*.localhost", "*.com."])(
      "Address.parse refuses a wildcard with only one label after the *: %s",
      (given) => {
        expect(refusal(given)).toBe(
          'is a wildcard with only one label after the *, which OpenSSL ignores; write at least two labels, as in "*.example.com"',
        );
      },
    );

    it("Address.parse refuses a wildcard with nothing after the *", () => {
      expect(refusal("*.")).toBe("has an empty label; write one dot between two labels, and none at the start");
    });

    it("Address.parse refuses a wildcard of IP addresses", () => {
      expect(refusal("*.0.2.10")).toBe(
        'ends like an IPv4 address but is not one; write four numbers from 0 to 255, as in "192.0.2.10"',
      );
    });
  });

  describe("invalid IPv4 addresses", () => {
    it.each(["192.0.2.010", "192.00.2.10", "010.0.0.1", "192.0.2.08"])(
      "Address.parse refuses an IPv4 address with leading zeros: %s",
      (given) => {
        expect(refusal(given)).toBe(
          "has leading zeros, which some programs read as octal; write the four numbers without them",
        );
      },
    );

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
    ])("Address.parse refuses an IPv4 address %s: %s", (_how, given) => {
      expect(refusal(given)).toBe(
        'ends like an IPv4 address but is not one; write four numbers from 0 to 255, as in "192.0.2.10"',
      );
    });
  });

  describe("internationalized names that become an IPv4 address", () => {
    it.each([
      ["192.0.2.１０", "192.0.2.10"],
      ["1。2。3。4", "1.2.3.4"],
      ["１.２.３.４", "1.2.3.4"],
      ["192.0.2｡10", "192.0.2.10"],
      ["192.0.2.①", "192.0.2.1"],
    ])("Address.parse refuses %s, which becomes an IPv4 address, and shows %s", (given, plain) => {
      expect(refusal(given)).toBe(
        `becomes an IPv4 address as an internationalized name; write it in plain digits: "${plain}"`,
      );
      expect(Address.parse(plain)).toMatchObject({ kind: "ip", text: plain });
    });

    it("Address.parse accepts a name that begins with such digits", () => {
      expect(Address.parse("１.２.example")).toMatchObject({ kind: "dns", text: "1.2.example" });
    });
  });

  describe("invalid IPv6 addresses", () => {
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
    ])("Address.parse refuses an IPv6 address %s: %s", (_how, given) => {
      expect(refusal(given)).toBe(NOT_IPV6);
    });

    it.each(["::ffff:192.0.2.10", "::FFFF:c000:20a", "0:0:0:0:0:ffff:c000:020a"])(
      "Address.parse refuses an IPv4-mapped IPv6 address: %s",
      (given) => {
        expect(refusal(given)).toBe(
          'is an IPv4-mapped IPv6 address, which a certificate contains as IPv4; write "192.0.2.10"',
        );
      },
    );
  });

  describe("addresses of more or less than one broker", () => {
    it.each(["10.0.0.0/8", "192.0.2.10/32", "2001:db8::/32", "2001:DB8::/32", "::1/128", "10/8"])(
      "Address.parse refuses a network: %s",
      (given) => {
        expect(refusal(given)).toBe("is a network; write the address of one broker");
      },
    );

    it.each(["10.0.0.0/33", "999.0.0.0/8", "2001:db8::/129", "mqtt-1.example.com/8", "192.0.2.10/mqtt", "192.0.2.10/"])(
      "Address.parse reports a network only if it is one: %s",
      (given) => {
        expect(problemOf(given)?.reason).toBe("has a path");
      },
    );

    it.each(["0.0.0.0", "::", "0:0:0:0:0:0:0:0", "::0.0.0.0"])(
      "Address.parse refuses an address to listen on: %s",
      (given) => {
        expect(refusal(given)).toBe("is an address to listen on, not one to dial; write the address that clients dial");
      },
    );

    it.each([
      ["224.0.0.1", "multicast"],
      ["239.255.255.250", "multicast"],
      ["ff02::1", "multicast"],
      ["255.255.255.255", "broadcast"],
    ])("Address.parse refuses %s, a %s address", (given, range) => {
      expect(refusal(given)).toBe(`is a ${range} address; write the address of one broker`);
    });
  });

  it.each(["a:", ":", "%:", "@", "a.", "x://"])(
    "Address.parse refuses a long text of %j for its length alone",
    (part) => {
      const given = part.repeat(1_000_000);

      expect(refusal(given)).toBe(`is ${given.length} characters long; a DNS name has at most 253 (RFC 1035)`);
    },
  );

  it("Address.parse reports the given text, the reason and the fix", () => {
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
