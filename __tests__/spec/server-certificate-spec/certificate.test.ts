import { Duration } from "../../../lib/values/duration";
import { KeyAlgorithm } from "../../../lib/values/key-algorithm";
import { ADDRESS, spec, problemsOf, authorityOf, lines } from "./support";

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
