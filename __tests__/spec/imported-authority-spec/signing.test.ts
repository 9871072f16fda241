import { Address } from "../../../lib/values/address";
import { DistinguishedName } from "../../../lib/values/distinguished-name";
import { ImportedAuthoritySpec } from "../../../lib/spec/imported-authority-spec";
import { root, upper, lower, make, bundle, read } from "./support";

describe("ImportedAuthoritySpec.permits", () => {
  const limitedTo = (nameConstraints: string): ImportedAuthoritySpec => read(make({ extensions: { nameConstraints } }));

  it("ImportedAuthoritySpec.permits accepts a domain with all names below it, and every IP address", () => {
    const spec = limitedTo("permitted;DNS:plant.example.com");
    const addresses = [
      "plant.example.com",
      "a.b.plant.example.com",
      "*.plant.example.com",
      "192.0.2.10",
      "2001:db8::1",
    ];

    expect(addresses.filter((address) => !spec.permits(Address.parse(address)))).toEqual([]);
    expect(spec.permits(Address.parse("evilplant.example.com"))).toBe(false);
    expect(spec.permits(Address.parse("*.example.com"))).toBe(false);
  });

  it("ImportedAuthoritySpec.permits accepts only names below a domain that starts with a dot", () => {
    const spec = limitedTo("permitted;DNS:.example.com");

    expect(spec.permittedDomains).toEqual([".example.com"]);
    expect(spec.permits(Address.parse("mqtt.example.com"))).toBe(true);
    expect(spec.permits(Address.parse("*.example.com"))).toBe(true);
    expect(spec.permits(Address.parse("example.com"))).toBe(false);
    expect(spec.permits(Address.parse("evilexample.com"))).toBe(false);
  });

  it("ImportedAuthoritySpec.permits accepts any address without name constraints", () => {
    expect(read(root).permits(Address.parse("mqtt.example.org"))).toBe(true);
  });
});

describe("ImportedAuthoritySpec.mayCertifyClients", () => {
  it.each<[extendedKeyUsage: string | undefined, expected: boolean]>([
    [undefined, true],
    ["serverAuth", false],
    ["serverAuth, clientAuth", true],
    ["serverAuth, anyExtendedKeyUsage", false],
  ])("ImportedAuthoritySpec.mayCertifyClients follows an extended key usage of %s", (extendedKeyUsage, expected) => {
    expect(read(make({ extensions: { extendedKeyUsage } })).mayCertifyClients).toBe(expected);
  });

  it("ImportedAuthoritySpec.mayCertifyClients depends on the authorities above too", () => {
    const above = make({ extensions: { extendedKeyUsage: "serverAuth" } });

    expect(read(make({ issuer: above }), above).mayCertifyClients).toBe(false);
  });
});

describe("ImportedAuthoritySpec.isNamed", () => {
  const subject = { country: "US", organization: "Example Ltd", commonName: "Plant Root CA" };

  it.each([subject, { ...subject, commonName: "plant  root ca", country: "us" }])(
    "ImportedAuthoritySpec.isNamed is true for %p",
    (props) => {
      expect(read(root).isNamed(DistinguishedName.fromProps(props))).toBe(true);
    },
  );

  it.each([{ commonName: "Plant Root CA" }, { ...subject, locality: "Springfield" }])(
    "ImportedAuthoritySpec.isNamed is false for %p",
    (props) => {
      expect(read(root).isNamed(DistinguishedName.fromProps(props))).toBe(false);
    },
  );

  it("ImportedAuthoritySpec.isNamed reads every attribute of a subject", () => {
    const all = {
      ...subject,
      province: "Bayern",
      locality: "München",
      organizationalUnit: "Plant 1",
      emailAddress: "pki@example.com",
    };
    const text = "/C=US/ST=Bayern/L=München/O=Example Ltd/OU=Plant 1/CN=Plant Root CA/emailAddress=pki@example.com";

    expect(read(make({ subject: text })).isNamed(DistinguishedName.fromProps(all))).toBe(true);
  });

  it.each(["/CN=Plant Root CA/DC=example", "/CN=Plant Root CA/OU=1/OU=2"])(
    "ImportedAuthoritySpec.isNamed is false for a subject with attributes that no broker has: %s",
    (text) => {
      const spec = read(make({ subject: text }));

      expect(spec.isNamed(DistinguishedName.fromProps({ commonName: "Plant Root CA" }))).toBe(false);
      expect(spec.isNamed(DistinguishedName.fromProps({ commonName: "Plant Root CA", organizationalUnit: "2" }))).toBe(
        false,
      );
    },
  );
});

describe("ImportedAuthoritySpec.flawOfDuration", () => {
  it("ImportedAuthoritySpec.flawOfDuration has no result up to the first expiry in the chain", () => {
    const props = { certificatePem: bundle(lower, upper, root), keyFile: lower.keyFile };
    const end = new Date(ImportedAuthoritySpec.fromProps(props).notAfter);
    const spec = ImportedAuthoritySpec.fromProps(props, new Date(end.getTime() - 100 * 3_600_000));

    expect(spec.flawOfDuration(100)).toBeUndefined();
    expect(spec.flawOfDuration(101)).toBe(
      `would outlive its authority, which expires on ${end.toISOString().slice(0, 10)}`,
    );
  });
});
