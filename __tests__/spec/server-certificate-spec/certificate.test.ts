import { Duration } from "../../../lib/values/duration";
import { KeyAlgorithm } from "../../../lib/values/key-algorithm";
import { ADDRESS, spec, problemsOf, authorityOf, lines } from "./support";

describe("ServerCertificateSpec.fromProps", () => {
  it("ServerCertificateSpec has an RSA key of 2048 bits, 825 days, and 90 days to renew by default", () => {
    expect(spec().keyParameters).toEqual({ algorithm: "RSA", rsaBits: 2048 });
    expect(spec().durationHours).toBe(825 * 24);
    expect(spec().renewBeforeHours).toBe(90 * 24);
  });

  it("ServerCertificateSpec has the given key algorithm, duration and renewBefore", () => {
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
  ])(
    "ServerCertificateSpec renews a third before expiry by default, 90 days at most: of %s %d hours",
    (duration, hours) => {
      expect(spec({ duration }).renewBeforeHours).toBe(hours);
    },
  );

  it("ServerCertificateSpec has the first key version by default, or the given one", () => {
    expect(spec().keyVersion).toBe(1);
    expect(spec({ keyVersion: undefined }).keyVersion).toBe(1);
    expect(spec({ keyVersion: 12 }).keyVersion).toBe(12);
    expect(lines(problemsOf({ keyVersion: 1.5 }))).toEqual(["keyVersion is not a version"]);
  });

  describe("address", () => {
    it("ServerCertificateSpec normalizes its address", () => {
      expect(spec({ address: "MQTT-1.Plant.Example.COM." }).address.text).toBe(ADDRESS);
    });

    it("ServerCertificateSpec refuses an invalid address", () => {
      expect(problemsOf({ address: "mqtts://mqtt-1.example.com" })).toMatchObject([
        {
          path: "address",
          value: '"mqtts://mqtt-1.example.com"',
          reason: "has a scheme",
          fix: 'write the address alone: "mqtt-1.example.com"',
        },
      ]);
    });

    it("ServerCertificateSpec requires an address", () => {
      expect(problemsOf({ address: undefined })).toMatchObject([{ path: "address", reason: "is required" }]);
    });
  });

  describe("subject", () => {
    it("The subject of a server certificate is only the address by default", () => {
      expect(spec().subject.attributes).toEqual({ commonName: ADDRESS });
    });

    it("The subject of a server certificate is the given attributes and the address", () => {
      expect(spec({ subject: { organization: "Example Ltd", country: "us" } }).subject.attributes).toEqual({
        organization: "Example Ltd",
        country: "US",
        commonName: ADDRESS,
      });
    });

    it("The subject of a server certificate has no common name if the address is too long for one", () => {
      const address = `${"x".repeat(60)}.example`;

      expect(spec({ address, subject: { organization: "Example Ltd" } }).subject.attributes).toEqual({
        organization: "Example Ltd",
      });
      expect(spec({ address }).subject.isEmpty).toBe(true);
      expect(spec({ address }).dnsNames).toEqual([address]);
    });

    it("The subject of a server certificate is refused with a common name, which follows from the address", () => {
      expect(problemsOf({ subject: { commonName: ADDRESS } })).toMatchObject([
        {
          path: "subject.commonName",
          value: `"${ADDRESS}"`,
          reason: "cannot be chosen: it follows from the address",
          fix: "leave it out",
        },
      ]);
    });

    it("The subject of a server certificate is refused with an e-mail address, which the provider drops", () => {
      expect(problemsOf({ subject: { emailAddress: "pki@example.com" } })).toMatchObject([
        {
          path: "subject.emailAddress",
          value: '"pki@example.com"',
          reason: "is dropped by Terraform's tls provider",
          fix: "leave it out",
        },
      ]);
    });

    it("The subject of a server certificate is refused with every problem", () => {
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
    ])("The subject of a server certificate cannot be %p, which is not a set of attributes", (subject, value) => {
      expect(problemsOf({ subject })).toMatchObject([
        {
          path: "subject",
          value,
          reason: "is not a set of attributes",
          fix: 'write it as in { organization: "Example Ltd" }',
        },
      ]);
    });

    it("The subject of a server certificate may have an undefined common name or e-mail address", () => {
      const subject = { commonName: undefined, emailAddress: undefined, organization: "Example Ltd" };

      expect(spec({ subject }).subject.attributes).toEqual({ organization: "Example Ltd", commonName: ADDRESS });
    });

    it("The subject of a server certificate may be undefined", () => {
      expect(spec({ subject: undefined }).subject.attributes).toEqual({ commonName: ADDRESS });
    });
  });

  describe("renewBefore", () => {
    it.each([
      ["as long as", Duration.days(30), Duration.days(30)],
      ["as long, in another unit, as", Duration.hours(720), Duration.days(30)],
      ["longer than", Duration.days(31), Duration.days(30)],
    ])(
      "renewBefore cannot be %s the duration: every deployment would renew the certificate",
      (_what, renewBefore, duration) => {
        expect(problemsOf({ renewBefore, duration })).toMatchObject([
          {
            path: "renewBefore",
            value: `"${renewBefore.toString()}"`,
            reason: "is not shorter than the duration, 30 days: every deployment would renew the certificate",
            fix: "renew later, or issue for longer",
          },
        ]);
      },
    );

    it("renewBefore may be an hour less than the duration", () => {
      expect(problemsOf({ renewBefore: Duration.hours(719), duration: Duration.days(30) })).toEqual([]);
    });

    it("renewBefore is compared with the default duration if none is given", () => {
      expect(problemsOf({ renewBefore: Duration.days(824) })).toEqual([]);
      expect(lines(problemsOf({ renewBefore: Duration.days(825) }))).toEqual([
        "renewBefore is not shorter than the duration, 825 days: every deployment would renew the certificate",
      ]);
    });

    it("renewBefore is compared in hours with a duration that is not whole days", () => {
      expect(problemsOf({ renewBefore: Duration.days(5), duration: Duration.hours(100) })).toMatchObject([
        {
          path: "renewBefore",
          value: '"5 days"',
          reason: "is not shorter than the duration, 100 hours: every deployment would renew the certificate",
        },
      ]);
    });

    it("renewBefore is not compared with an invalid duration", () => {
      expect(lines(problemsOf({ renewBefore: Duration.days(90), duration: Duration.days(-1) }))).toEqual([
        "duration is negative",
      ]);
    });
  });

  describe("the password of the broker's key", () => {
    it("ServerCertificateSpec has no password by default, or for false", () => {
      expect(spec().password).toBeUndefined();
      expect(spec({ passwordVariable: false }).password).toBeUndefined();
    });

    it("ServerCertificateSpec has a password variable, version 1 and 2,048 iterations by default", () => {
      expect(spec({ passwordVariable: "plant" }).password).toEqual({ variable: "plant", version: 1, iterations: 2048 });
      expect(spec({ passwordVariable: "plant", passwordVersion: 2, passwordIterations: 600_000 }).password).toEqual({
        variable: "plant",
        version: 2,
        iterations: 600_000,
      });
    });

    it("ServerCertificateSpec reports every problem of a password with the other problems", () => {
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

  it("ServerCertificateSpec reports every problem at once, each at its path", () => {
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
