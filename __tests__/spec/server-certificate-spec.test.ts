import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../../lib/errors";
import {
  CertificateAuthoritySpec,
  type CertificateAuthoritySpecProps,
} from "../../lib/spec/certificate-authority-spec";
import type { DistinguishedNameProps } from "../../lib/values/distinguished-name";
import { Duration } from "../../lib/values/duration";
import { KeyAlgorithm } from "../../lib/values/key-algorithm";
import { ServerCertificateSpec } from "../../lib/spec/server-certificate-spec";
import { problemsOf as findProblems } from "../support/problems";
import { inTemporaryFolder, makeRequest, openssl } from "../support/requests";

const ADDRESS = "mqtt-1.plant.example.com";

/** Props as plain JavaScript may give them. */
type AnyProps = Readonly<Record<string, unknown>>;

function spec(props: AnyProps = {}, authority?: CertificateAuthoritySpec): ServerCertificateSpec {
  return ServerCertificateSpec.fromProps({ address: ADDRESS, ...props }, authority);
}

/** All that is wrong with a server certificate. */
function problemsOf(props: AnyProps, authority?: CertificateAuthoritySpec): readonly Problem[] {
  return findProblems(() => spec(props, authority));
}

function authorityOf(subject: DistinguishedNameProps, duration = Duration.days(3650)): CertificateAuthoritySpec {
  return CertificateAuthoritySpec.fromProps({ subject, duration });
}

/** What each problem is, in a line. */
function lines(problems: readonly Problem[]): string[] {
  return problems.map(({ path, reason }) => `${path} ${reason}`);
}

describe("ServerCertificateSpec.fromProps", () => {
  it("has an RSA key of 2048 bits, 825 days, and 90 days to renew by default", () => {
    expect(spec().keyParameters).toEqual({ algorithm: "RSA", rsaBits: 2048 });
    expect(spec().durationHours).toBe(825 * 24);
    expect(spec().renewBeforeHours).toBe(90 * 24);
  });

  it("takes the key algorithm, the duration and the time to renew that were given", () => {
    const given = spec({
      keyAlgorithm: KeyAlgorithm.ED25519,
      duration: Duration.days(30),
      renewBefore: Duration.hours(36),
    });

    expect(given.keyParameters).toEqual({ algorithm: "ED25519" });
    expect(given.durationHours).toBe(30 * 24);
    expect(given.renewBeforeHours).toBe(36);
  });

  it.each<[Duration, number]>([
    [Duration.days(3650), 90 * 24],
    [Duration.days(271), 90 * 24],
    [Duration.days(270), 90 * 24],
    [Duration.days(269), 2152],
    [Duration.days(30), 240],
    [Duration.days(1), 8],
    [Duration.hours(100), 33],
    [Duration.hours(3), 1],
    [Duration.hours(1), 0],
  ])("renews, without a word on it, a third before the end, 90 days at most: of %s %d hours", (duration, hours) => {
    expect(spec({ duration }).renewBeforeHours).toBe(hours);
  });

  it("has the first version of its key by default, or the one that was given", () => {
    expect(spec().keyVersion).toBe(1);
    expect(spec({ keyVersion: undefined }).keyVersion).toBe(1);
    expect(spec({ keyVersion: 12 }).keyVersion).toBe(12);
    expect(lines(problemsOf({ keyVersion: 1.5 }))).toEqual(["keyVersion is not a version"]);
  });

  describe("address", () => {
    it("is normalised", () => {
      expect(spec({ address: "MQTT-1.Plant.Example.COM." }).address.text).toBe(ADDRESS);
    });

    it("is refused where it is none", () => {
      expect(problemsOf({ address: "mqtts://mqtt-1.example.com" })).toMatchObject([
        {
          path: "address",
          value: '"mqtts://mqtt-1.example.com"',
          reason: "has a scheme",
          fix: 'write the address alone: "mqtt-1.example.com"',
        },
      ]);
    });

    it("must be there", () => {
      expect(problemsOf({ address: undefined })).toMatchObject([{ path: "address", reason: "is required" }]);
    });
  });

  describe("subject", () => {
    it("is the address alone by default", () => {
      expect(spec().subject.attributes).toEqual({ commonName: ADDRESS });
    });

    it("is the attributes given and the address", () => {
      expect(spec({ subject: { organization: "Example Ltd", country: "us" } }).subject.attributes).toEqual({
        organization: "Example Ltd",
        country: "US",
        commonName: ADDRESS,
      });
    });

    it("has no common name where the address is too long for one", () => {
      const address = `${"x".repeat(60)}.example`;

      expect(spec({ address, subject: { organization: "Example Ltd" } }).subject.attributes).toEqual({
        organization: "Example Ltd",
      });
      expect(spec({ address }).subject.isEmpty).toBe(true);
      expect(spec({ address }).dnsNames).toEqual([address]);
    });

    it("is refused with a common name, which follows from the address", () => {
      expect(problemsOf({ subject: { commonName: ADDRESS } })).toMatchObject([
        {
          path: "subject.commonName",
          value: `"${ADDRESS}"`,
          reason: "cannot be chosen: it follows from the address",
          fix: "leave it out",
        },
      ]);
    });

    it("is refused with an e-mail address, which the provider drops", () => {
      expect(problemsOf({ subject: { emailAddress: "pki@example.com" } })).toMatchObject([
        {
          path: "subject.emailAddress",
          value: '"pki@example.com"',
          reason: "is dropped by Terraform's tls provider",
          fix: "leave it out",
        },
      ]);
    });

    it("is refused with all that is wrong in it", () => {
      const subject = { commonName: "x", emailAddress: "pki@example.com", country: "USA", organization: "" };

      expect(lines(problemsOf({ subject }))).toEqual([
        "subject.country is not two letters",
        "subject.organization is empty",
        "subject.commonName cannot be chosen: it follows from the address",
        "subject.emailAddress is dropped by Terraform's tls provider",
      ]);
    });

    it.each<[unknown, string]>([
      ["O=Example Ltd", '"O=Example Ltd"'],
      ["", '""'],
      [42, "42"],
      [false, "false"],
      [[], "[]"],
      [[{ commonName: "x", emailAddress: "pki@example.com" }], "(a list of 1)"],
      [() => ({ organization: "Example Ltd" }), "(a function)"],
    ])("is refused where it is %p, which is no set of attributes", (subject, value) => {
      expect(problemsOf({ subject })).toMatchObject([
        {
          path: "subject",
          value,
          reason: "is not a set of attributes",
          fix: 'write it as in { organization: "Example Ltd" }',
        },
      ]);
    });

    it("may name what cannot be chosen where that is undefined, as if it were absent", () => {
      const subject = { commonName: undefined, emailAddress: undefined, organization: "Example Ltd" };

      expect(spec({ subject }).subject.attributes).toEqual({ organization: "Example Ltd", commonName: ADDRESS });
    });

    it("may be undefined, as if it were absent", () => {
      expect(spec({ subject: undefined }).subject.attributes).toEqual({ commonName: ADDRESS });
    });
  });

  describe("subject alternative names", () => {
    it.each<[string, string[], string[]]>([
      [ADDRESS, [ADDRESS], []],
      ["*.plant.example.com", ["*.plant.example.com"], []],
      ["192.0.2.10", [], ["192.0.2.10"]],
      ["2001:DB8:0::10", [], ["2001:db8::10"]],
    ])("are, without alternatives, the address alone, by its kind: %s", (address, dnsNames, ipAddresses) => {
      expect(spec({ address }).dnsNames).toEqual(dnsNames);
      expect(spec({ address }).ipAddresses).toEqual(ipAddresses);
    });

    it("have the address first and the alternatives in the order of their text", () => {
      const given = spec({
        address: "m.example.com",
        alternativeAddresses: ["z.example.com", "192.0.2.9", "a.example.com", "2001:db8::1", "192.0.2.10"],
      });

      expect(given.dnsNames).toEqual(["m.example.com", "a.example.com", "z.example.com"]);
      expect(given.ipAddresses).toEqual(["192.0.2.10", "192.0.2.9", "2001:db8::1"]);
    });

    it("have an IP address first where that is the address", () => {
      const given = spec({
        address: "192.0.2.9",
        alternativeAddresses: ["192.0.2.10", "mqtt.example.com", "10.0.0.1"],
      });

      expect(given.dnsNames).toEqual(["mqtt.example.com"]);
      expect(given.ipAddresses).toEqual(["192.0.2.9", "10.0.0.1", "192.0.2.10"]);
    });

    it("do not depend on the order in which the alternatives are given", () => {
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

    it("are normalised", () => {
      expect(spec({ alternativeAddresses: ["MQTT.Example.COM.", "bücher.example"] }).dnsNames).toEqual([
        ADDRESS,
        "mqtt.example.com",
        "xn--bcher-kva.example",
      ]);
    });

    it("have each IP address as a DNS name too where that is asked for, in the same order", () => {
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

    it("are the same where that is not asked for, or there is no IP address", () => {
      expect(spec({ address: "192.0.2.9", ipAddressesAsDnsNames: false })).toEqual(spec({ address: "192.0.2.9" }));
      expect(spec({ ipAddressesAsDnsNames: true })).toEqual(spec());
    });

    it("have IP addresses as DNS names for true alone", () => {
      expect(problemsOf({ address: "192.0.2.9", ipAddressesAsDnsNames: "yes" })).toMatchObject([
        { path: "ipAddressesAsDnsNames", reason: "is neither true nor false" },
      ]);
    });

    it("may be names that a wildcard among them stands for", () => {
      const given = spec({ address: "*.plant.example.com", alternativeAddresses: ["mqtt-1.plant.example.com"] });

      expect(given.dnsNames).toEqual(["*.plant.example.com", "mqtt-1.plant.example.com"]);
    });

    it("leave the list as it was given", () => {
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
    ])("has no address twice: %s and %s, %s", (first, second) => {
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
    ])("does not have the address itself: %s and %s", (address, alternative) => {
      expect(problemsOf({ address, alternativeAddresses: ["a.example.com", alternative] })).toMatchObject([
        {
          path: "alternativeAddresses[1]",
          value: `"${alternative}"`,
          reason: `is the broker's own address, ${address}, which the certificate always contains`,
          fix: "leave it out",
        },
      ]);
    });

    it("is refused with an address each time after the first, which is shown as it was given", () => {
      const alternativeAddresses = ["MQTT.example.com", "mqtt.example.com", "a.example.com", "mqtt.example.com."];

      expect(lines(problemsOf({ alternativeAddresses }))).toEqual([
        'alternativeAddresses[1] is the same as "MQTT.example.com", earlier in the list',
        'alternativeAddresses[3] is the same as "MQTT.example.com", earlier in the list',
      ]);
    });

    it("is refused with every address that is none, each at its place", () => {
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
    ])("is not %p, but a list", (given, value) => {
      expect(problemsOf({ alternativeAddresses: given })).toMatchObject([
        { path: "alternativeAddresses", value, reason: "is not a list", fix: 'write it as in ["mqtt.example.com"]' },
      ]);
    });
  });

  describe("renewBefore", () => {
    it.each([
      ["as long as", Duration.days(30), Duration.days(30)],
      ["as long, in another unit, as", Duration.hours(720), Duration.days(30)],
      ["longer than", Duration.days(31), Duration.days(30)],
    ])("is not %s the duration: every run would renew the certificate", (_what, renewBefore, duration) => {
      expect(problemsOf({ renewBefore, duration })).toMatchObject([
        {
          path: "renewBefore",
          value: `"${renewBefore.toString()}"`,
          reason: "is not shorter than the duration, 30 days: every deployment would renew the certificate",
          fix: "renew later, or issue for longer",
        },
      ]);
    });

    it("may be an hour less than the duration", () => {
      expect(problemsOf({ renewBefore: Duration.hours(719), duration: Duration.days(30) })).toEqual([]);
    });

    it("is measured against the default duration where none is given", () => {
      expect(problemsOf({ renewBefore: Duration.days(824) })).toEqual([]);
      expect(lines(problemsOf({ renewBefore: Duration.days(825) }))).toEqual([
        "renewBefore is not shorter than the duration, 825 days: every deployment would renew the certificate",
      ]);
    });

    it("is measured in hours against a duration that is no whole number of days", () => {
      expect(problemsOf({ renewBefore: Duration.days(5), duration: Duration.hours(100) })).toMatchObject([
        {
          path: "renewBefore",
          value: '"5 days"',
          reason: "is not shorter than the duration, 100 hours: every deployment would renew the certificate",
        },
      ]);
    });

    it("is not measured against a duration that is none", () => {
      expect(lines(problemsOf({ renewBefore: Duration.days(90), duration: Duration.days(-1) }))).toEqual([
        "duration is negative",
      ]);
    });
  });

  describe("beside its authority", () => {
    const days = (amount: number): CertificateAuthoritySpec =>
      authorityOf({ commonName: "Plant MQTT CA" }, Duration.days(amount));

    it("is taken where it ends before it", () => {
      expect(problemsOf({ duration: Duration.hours(100 * 24 - 1) }, days(100))).toEqual([]);
    });

    it.each([
      ["is valid as long as it, and so would end after it", Duration.days(100)],
      ["is valid for longer", Duration.days(101)],
    ])("is refused where it %s", (_what, duration) => {
      expect(problemsOf({ duration }, days(100))).toMatchObject([
        {
          path: "duration",
          value: `"${duration.toString()}"`,
          reason: "would outlive its authority, which is valid for 100 days",
          fix: "shorten it, or sign with an authority that is valid for longer",
        },
      ]);
    });

    it("is refused where the default duration is too long", () => {
      expect(problemsOf({}, days(826))).toEqual([]);
      expect(problemsOf({}, days(825))).toMatchObject([
        {
          path: "duration",
          value: '"825 days (the default)"',
          reason: "would outlive its authority, which is valid for 825 days",
          fix: "shorten it, or sign with an authority that is valid for longer",
        },
      ]);
    });

    it.each<[Duration, string]>([
      [Duration.hours(240), "10 days"],
      [Duration.days(0.5), "12 hours"],
      [Duration.hours(100), "100 hours"],
    ])("is refused with how long that is valid, in days or in hours: %s as %s", (duration, text) => {
      const authority = authorityOf({ commonName: "Plant MQTT CA" }, duration);

      expect(lines(problemsOf({ duration: Duration.days(30) }, authority))).toEqual([
        `duration would outlive its authority, which is valid for ${text}`,
      ]);
    });

    it("is not measured against it where its own duration is none", () => {
      expect(lines(problemsOf({ duration: 825 }, days(100)))).toEqual(["duration is not a duration"]);
    });

    it.each<[string, AnyProps, DistinguishedNameProps]>([
      ["the address", {}, { commonName: ADDRESS }],
      ["the address in another letter case", {}, { commonName: "MQTT-1.plant.example.com" }],
      [
        "the address and the same attributes",
        { subject: { organization: "Example Ltd", country: "US" } },
        { country: "us", organization: "EXAMPLE  Ltd", commonName: ADDRESS },
      ],
      [
        "the same attributes, and the address is too long for a common name",
        { address: `${"x".repeat(60)}.example`, subject: { organization: "Example Ltd" } },
        { organization: "Example Ltd" },
      ],
    ])("is refused where its authority's subject is %s", (_what, props, subject) => {
      expect(problemsOf(props, authorityOf(subject))).toMatchObject([
        {
          path: "address",
          value: JSON.stringify(props["address"] ?? ADDRESS),
          reason: "gives the certificate the subject of its authority: clients cannot tell them apart",
          fix: "give the authority another common name",
        },
      ]);
    });

    it.each<[string, DistinguishedNameProps]>([
      ["one attribute more", { commonName: ADDRESS, organization: "Example Ltd" }],
      ["another common name", { commonName: "Plant MQTT CA" }],
    ])("is taken where its authority's subject has %s", (_what, subject) => {
      expect(problemsOf({}, authorityOf(subject))).toEqual([]);
    });
  });

  describe("clientAuth", () => {
    const authority = (mayCertifyClients: boolean): CertificateAuthoritySpec =>
      Object.assign(authorityOf({ commonName: "Plant MQTT CA" }), { mayCertifyClients });

    it("is false where nothing is said", () => {
      expect(spec({}).clientAuth).toBe(false);
      expect(spec({ clientAuth: true }, authority(true)).clientAuth).toBe(true);
    });

    it("is refused where it is neither, and below an authority that is for servers alone", () => {
      expect(problemsOf({ clientAuth: "yes" })).toMatchObject([
        { path: "clientAuth", reason: "is neither true nor false" },
      ]);
      expect(problemsOf({ clientAuth: true }, authority(false))).toMatchObject([
        {
          path: "clientAuth",
          reason: expect.stringContaining("is only for servers (extendedKeyUsage)") as string,
          fix: expect.stringContaining("clientAuth in extendedKeyUsage") as string,
        },
      ]);
      expect(problemsOf({ clientAuth: false }, authority(false))).toEqual([]);
    });
  });

  describe('beside an authority of custody "machine"', () => {
    const onMachine = (props: Partial<CertificateAuthoritySpecProps> = {}): CertificateAuthoritySpec =>
      CertificateAuthoritySpec.fromProps({ subject: { commonName: "Plant MQTT CA" }, custody: "machine", ...props });

    it.each(["state", "machine"] as const)("is valid for any whole hours, as with every custody: %s", (custody) => {
      const props = { duration: Duration.hours(253), renewBefore: Duration.hours(5) };

      expect(spec(props, onMachine({ custody }))).toMatchObject({ durationHours: 253, renewBeforeHours: 5 });
    });

    it("is refused with each of its addresses that is outside of the permitted domains, at its place", () => {
      const authority = onMachine({ permittedDomains: ["plant.example.com", "example.net"] });
      const problems = problemsOf(
        {
          address: "mqtt-1.evilplant.example.com",
          alternativeAddresses: ["mqtt.plant.example.com", "MQTT.example.org", "192.0.2.10", "*.example.com"],
        },
        authority,
      );

      const reason = "is outside the permitted domains of its authority: example.net, plant.example.com";
      expect(problems).toMatchObject([
        { path: "alternativeAddresses[1]", reason },
        { path: "alternativeAddresses[3]", reason },
        { path: "address", reason, fix: "permit its domain in the authority, or leave it out" },
      ]);
      expect(problemsOf({ alternativeAddresses: ["example.net", "2001:db8::1"] }, authority)).toEqual([]);
    });

    it("is refused with IP addresses that are to stand as DNS names, where domains are permitted", () => {
      const authority = onMachine({ permittedDomains: ["plant.example.com"] });
      const props = { alternativeAddresses: ["192.0.2.10", "2001:db8::1"] };

      expect(problemsOf({ ...props, ipAddressesAsDnsNames: true }, authority)).toMatchObject([
        {
          path: "ipAddressesAsDnsNames",
          reason:
            "makes DNS names of 192.0.2.10, 2001:db8::1, which are outside the permitted domains of its authority: plant.example.com",
          kind: "conflict",
        },
      ]);
      expect(problemsOf({ ipAddressesAsDnsNames: true }, authority)).toEqual([]);
      expect(problemsOf({ ...props, ipAddressesAsDnsNames: true }, onMachine({}))).toEqual([]);
    });
  });

  describe("the password of its key's file", () => {
    it("is none where nothing is said, or where it is said that there is none", () => {
      expect(spec().password).toBeUndefined();
      expect(spec({ passwordVariable: false }).password).toBeUndefined();
    });

    it("is in a variable, of the first version, and hashed 2,048 times where nothing else is said", () => {
      expect(spec({ passwordVariable: "plant" }).password).toEqual({ variable: "plant", version: 1, iterations: 2048 });
      expect(spec({ passwordVariable: "plant", passwordVersion: 2, passwordIterations: 600_000 }).password).toEqual({
        variable: "plant",
        version: 2,
        iterations: 600_000,
      });
    });

    it("is refused with all that is wrong with it, beside what else is", () => {
      const props = { address: "a_b", passwordVariable: "s3cret!", passwordVersion: 0, passwordIterations: 1 };

      expect(lines(problemsOf(props)).sort()).toEqual([
        "address has an underscore, which Java clients refuse",
        "passwordIterations is not a whole number from 1000 to 10000000",
        "passwordVariable is not the name of a Terraform variable",
        "passwordVersion is not a version",
      ]);
      expect(JSON.stringify(problemsOf(props))).not.toContain("s3cret");
    });
  });

  describe("a request", () => {
    const asked = { subject: { CN: ADDRESS }, names: [`DNS:${ADDRESS}`] };
    const rsa = ["-newkey", "rsa:2048"];
    const { pem } = makeRequest(asked);

    it("is none where nothing is said", () => {
      expect(spec().request).toBeUndefined();
      expect(spec({ csrFile: undefined, csrPem: undefined }).request).toBeUndefined();
    });

    it("is the same as text and in a file, PEM or DER", () => {
      inTemporaryFolder((folder) => {
        const [asPem, asDer] = [join(folder, "a.csr"), join(folder, "a.der")];
        writeFileSync(asPem, `of mqtt-1\r\n${pem.replaceAll("\n", "\r\n")}`);
        writeFileSync(asDer, openssl(folder, ["req", "-outform", "DER"], pem));

        expect(spec({ csrFile: asPem })).toEqual(spec({ csrPem: pem }));
        expect(spec({ csrFile: asDer })).toEqual(spec({ csrPem: pem }));
      });
      expect(spec({ csrPem: pem }).request?.pem).toBe(pem);
    });

    it("has at most as much text as a file may have", () => {
      const csrPem = " ".repeat(1024 * 1024 + 1);

      expect(problemsOf({ address: "a.b", csrPem })).toMatchObject([
        { path: "csrPem", value: "(hidden text)", reason: "has 1048577 bytes, but at most 1048576 are read" },
      ]);
    });

    it("decides whether its key can encrypt, whatever algorithm is declared", () => {
      expect(spec({ csrPem: pem, keyAlgorithm: KeyAlgorithm.RSA_2048 }).canEncipher).toBe(false);
      expect(
        spec({ csrPem: makeRequest({ ...asked, newKey: rsa }).pem, keyAlgorithm: KeyAlgorithm.ED25519 }),
      ).toHaveProperty("canEncipher", true);
      expect(spec({ keyAlgorithm: KeyAlgorithm.ED25519 }).canEncipher).toBe(false);
      expect(spec().canEncipher).toBe(true);
    });

    it("is for the subject and the names that are declared", () => {
      const declaration = {
        subject: { organization: "Example Ltd" },
        alternativeAddresses: ["192.0.2.10", "mqtt.example.com"],
      };
      const right = makeRequest({
        subject: { O: "Example Ltd", CN: ADDRESS },
        names: ["IP:192.0.2.10", "DNS:mqtt.example.com", `DNS:${ADDRESS}`],
      });

      expect(problemsOf({ ...declaration, csrPem: right.pem })).toEqual([]);
      const [problem, ...others] = problemsOf({ ...declaration, csrPem: pem });
      expect(others).toEqual([]);
      expect(problem?.path).toBe("csrPem");
      expect(problem?.reason).toContain("has the subject");
      expect(problem?.reason).toContain('does not ask for "DNS:mqtt.example.com, IP:192.0.2.10"');
      expect(problem?.fix).toBe(`make it on the broker: ${spec(declaration).requestCommand}`);
    });

    it("asks for IP addresses as DNS names where these are declared, and not else", () => {
      const address = "192.0.2.10";
      const [plain, both] = [[`IP:${address}`], [`IP:${address}`, `DNS:${address}`]].map(
        (names) => makeRequest({ subject: { CN: address }, names }).pem,
      );
      const reasons = (csrPem: string | undefined, ipAddressesAsDnsNames: boolean): string[] =>
        problemsOf({ address, csrPem, ipAddressesAsDnsNames }).map(({ reason }) => reason);

      expect(reasons(plain, false)).toEqual([]);
      expect(reasons(both, true)).toEqual([]);
      expect(reasons(plain, true)).toEqual([`does not ask for "DNS:${address}"`]);
      expect(reasons(both, false)).toEqual([`also asks for "DNS:${address}"`]);
    });

    it("is not two", () => {
      expect(problemsOf({ csrFile: "a.csr", csrPem: pem })).toMatchObject([
        {
          path: "csrPem",
          value: "(hidden text)",
          reason: "is a second request, in addition to csrFile",
          fix: "give one of the two",
        },
      ]);
    });

    it("that is not there is answered with the command that makes it, with the key that is declared", () => {
      for (const [keyAlgorithm, newKey] of [
        [undefined, "rsa:2048 -sha256"],
        [KeyAlgorithm.ECDSA_P384, "ec -pkeyopt ec_paramgen_curve:P-384 -sha256"],
        [KeyAlgorithm.ED25519, "ed25519"],
      ] as const) {
        const declaration = { subject: { country: "de" }, alternativeAddresses: ["192.0.2.10"], keyAlgorithm };
        const command =
          `openssl req -new -newkey ${newKey} -nodes -utf8 -keyout server.key -out server.csr ` +
          `-subj '/C=DE/CN=${ADDRESS}' -addext 'subjectAltName = DNS:${ADDRESS}, IP:192.0.2.10'`;

        expect(spec(declaration).requestCommand).toBe(command);
        expect(problemsOf({ ...declaration, csrFile: "no/such.csr" })).toMatchObject([
          {
            path: "csrFile",
            value: '"no/such.csr"',
            reason: "does not exist",
            fix: `make it on the broker, and bring it here: ${command}`,
          },
        ]);
      }
    });

    it("is in a file, and not in a folder", () => {
      inTemporaryFolder((folder) => {
        mkdirSync(join(folder, "a.csr"));

        expect(problemsOf({ csrFile: join(folder, "a.csr") })).toMatchObject([
          {
            path: "csrFile",
            value: JSON.stringify(join(folder, "a.csr")),
            reason: "cannot be read",
            fix: "make sure that it is a file that you may read",
          },
        ]);
      });
    });

    it.each<[unknown, string]>([
      ["", '""'],
      [null, "null"],
      [42, "42"],
      [["a.csr"], "(a list of 1)"],
    ])("is not in the file %j", (csrFile, value) => {
      expect(problemsOf({ csrFile })).toMatchObject([
        { path: "csrFile", value, reason: "is not the name of a file", fix: 'name the file, as in "csr/mqtt-1.csr"' },
      ]);
    });

    it.each<[unknown, string]>([
      [null, "is not text"],
      [42, "is not text"],
      ["", "is empty"],
      ["csr/mqtt-1.csr", "is not one complete request"],
    ])("is not the text %j", (csrPem, reason) => {
      expect(lines(problemsOf({ csrPem }))).toEqual([`csrPem ${reason}`]);
    });

    it("in which a private key stands is refused, and the key not shown", () => {
      const { key } = makeRequest(asked);
      const problems = problemsOf({ csrPem: `${pem}${key}` });

      expect(problems).toMatchObject([{ path: "csrPem", value: "(a request)" }]);
      expect(JSON.stringify(problems)).not.toContain(key.split("\n")[1]);
    });

    it("has no password, for its key is in no file here", () => {
      const reason = "is for a file with a key, but this broker keeps its key";

      expect(problemsOf({ csrPem: pem, passwordVariable: "plant", passwordVersion: 2 })).toMatchObject([
        { path: "passwordVariable", value: "(hidden text)", reason, fix: "leave it out" },
        { path: "passwordVersion", value: "(hidden text)", reason, fix: "leave it out" },
      ]);
    });

    it("does not have what may be a password itself shown", () => {
      const problems = problemsOf({ csrPem: pem, passwordVariable: "s3cret!" });

      expect(problems.map(({ path }) => path)).toContain("passwordVariable");
      expect(JSON.stringify(problems)).not.toContain("s3cret");
    });

    it("is not looked at where what it is to ask for is refused", () => {
      expect(
        lines(problemsOf({ csrPem: pem, address: "a_b", keyAlgorithm: KeyAlgorithm.fromName("DSA") })).sort(),
      ).toEqual([
        "address has an underscore, which Java clients refuse",
        "keyAlgorithm is not a supported key algorithm",
      ]);
    });

    it("has its problems told beside those of the certificate", () => {
      expect(
        lines(problemsOf({ csrFile: "no/such.csr", duration: Duration.days(-1), passwordVariable: "plant" })).sort(),
      ).toEqual([
        "csrFile does not exist",
        "duration is negative",
        "passwordVariable is for a file with a key, but this broker keeps its key",
      ]);
    });
  });

  it("reports every problem at once, each at its path", () => {
    const problems = problemsOf(
      {
        address: "mqtt_1.example.com",
        alternativeAddresses: ["a..b", "c.example.com", "C.example.com"],
        subject: { commonName: "x", country: "USA" },
        keyAlgorithm: KeyAlgorithm.fromName("DSA"),
        duration: Duration.days(200),
        renewBefore: Duration.days(300),
      },
      authorityOf({ commonName: "Plant MQTT CA" }, Duration.days(100)),
    );

    expect(lines(problems).sort()).toEqual([
      "address has an underscore, which Java clients refuse",
      "alternativeAddresses[0] has an empty label",
      'alternativeAddresses[2] is the same as "c.example.com", earlier in the list',
      "duration would outlive its authority, which is valid for 100 days",
      "keyAlgorithm is not a supported key algorithm",
      "renewBefore is not shorter than the duration, 200 days: every deployment would renew the certificate",
      "subject.commonName cannot be chosen: it follows from the address",
      "subject.country is not two letters",
    ]);
  });
});
