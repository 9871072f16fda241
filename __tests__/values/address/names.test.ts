import { Address } from "../../../lib/values/address";
import { nameOf } from "./support";

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

describe("Address.equals", () => {
  it.each([
    ["mqtt-1.example.com", "MQTT-1.example.com."],
    ["bücher.example", "xn--bcher-kva.example"],
    ["bu\u0308cher.example", "bücher.example"],
    ["2001:db8::10", "2001:0DB8:0:0:0:0:0:0010"],
    ["::192.0.2.1", "::c000:201"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["2001:db8::192.0.2.1", "2001:DB8::C000:0201"],
  ])("Address.equals is true for %s and %s", (one, other) => {
    expect(Address.parse(one).equals(Address.parse(other))).toBe(true);
  });

  it.each([
    ["a.b", "ab"],
    ["*.plant.example.com", "plant.example.com"],
    ["2001:db8::1", "2001-db8--1"],
    ["192.0.2.1", "192.0.2.10"],
  ])("Address.equals is false for %s and %s", (one, other) => {
    expect(Address.parse(one).equals(Address.parse(other))).toBe(false);
  });
});

describe("Address.toString", () => {
  it.each(["mqtt-1.example.com", "*.example.com", "192.0.2.10", "2001:db8::10"])(
    "Address.toString is the text: %s",
    (text) => {
      expect(Address.parse(text).toString()).toBe(text);
    },
  );
});

describe("Address.commonName", () => {
  it.each(["mqtt-1.example.com", "*.example.com", "192.0.2.10", "2001:db8::10"])(
    "Address.commonName is the address: %s",
    (text) => {
      expect(Address.parse(text).commonName).toBe(text);
    },
  );

  it("Address.commonName exists with 64 characters, and is undefined with 65", () => {
    expect(Address.parse(nameOf(65)).text).toHaveLength(65);
    expect(Address.parse(nameOf(65)).commonName).toBeUndefined();
    expect(Address.parse(`x.${"y".repeat(62)}`).commonName).toHaveLength(64);
  });

  it("Address.commonName counts the characters of the punycode", () => {
    const inUnicode = `${"é".repeat(30)}.${"é".repeat(21)}`;

    expect(inUnicode.length).toBeLessThan(64);
    expect(Address.parse(inUnicode).text).toHaveLength(64);
    expect(Address.parse(inUnicode).commonName).toHaveLength(64);
    expect(Address.parse(`${inUnicode}é`).commonName).toBeUndefined();
  });
});

describe("Address.resourceName and Address.fileName", () => {
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
  ])("Address of %s has the resource name %s and the folder name %s", (given, resourceName, fileName) => {
    const address = Address.parse(given);

    expect(address.resourceName).toBe(resourceName);
    expect(address.fileName).toBe(fileName);
  });

  describe("names of many awkward addresses", () => {
    const addresses = awkwardAddresses();

    it("Address.resourceName is unique for each address", () => {
      expect(addresses.length).toBeGreaterThan(15_000);
      expect(shared(addresses, (address) => address.resourceName)).toEqual([]);
    });

    it("Address.resourceName is valid in Terraform after a letter", () => {
      const resourceNames = addresses.map((address) => address.resourceName);

      expect(resourceNames.filter((name) => !/^[A-Za-z0-9_][\w-]*$/.test(name))).toEqual([]);
    });

    it("Address.fileName is a valid name on every file system", () => {
      const fileNames = addresses.map((address) => address.fileName);

      expect(fileNames.filter((name) => !/^[a-z\d._-]*[a-z\d-]$/.test(name) || name.startsWith("."))).toEqual([]);
    });

    it("Address.fileName is not an option for any program", () => {
      expect(addresses.filter(({ text }) => text.startsWith("::")).length).toBeGreaterThan(100);
      expect(addresses.filter(({ fileName }) => fileName.startsWith("-"))).toEqual([]);
    });

    it("Address.fileName is unique for each address, except an IPv6 address and a DNS name that looks like it", () => {
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

  it("An IPv6 address and the DNS name that looks like it share a folder name, not a resource name", () => {
    const ip = Address.parse("2001:db8::1");
    const name = Address.parse("2001-db8--1");

    expect(ip.fileName).toBe(name.fileName);
    expect(ip.resourceName).not.toBe(name.resourceName);
  });
});
