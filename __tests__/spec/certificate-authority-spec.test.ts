import type { Problem } from "../../lib/errors";
import { Address } from "../../lib/values/address";
import {
  CertificateAuthoritySpec,
  type CertificateAuthoritySpecProps,
} from "../../lib/spec/certificate-authority-spec";
import { Duration } from "../../lib/values/duration";
import { KeyAlgorithm } from "../../lib/values/key-algorithm";
import { problemsOf as findProblems } from "../support/problems";

const SUBJECT = { commonName: "Plant MQTT CA", organization: "Example Ltd", country: "us" };

/** All that is wrong with what was given for an authority. */
function problemsOf(given: unknown): readonly Problem[] {
  return findProblems(() => CertificateAuthoritySpec.fromProps(given as CertificateAuthoritySpecProps));
}

function onMachine(props: Partial<CertificateAuthoritySpecProps> = {}): CertificateAuthoritySpec {
  return CertificateAuthoritySpec.fromProps({ subject: SUBJECT, custody: "machine", ...props });
}

/** All that is wrong with what was given for an authority of custody "machine", in lines. */
function flawsOnMachine(props: object): string[] {
  return problemsOf({ subject: SUBJECT, custody: "machine", ...props }).map(({ path, reason }) => `${path} ${reason}`);
}

describe("CertificateAuthoritySpec.fromProps", () => {
  it("CertificateAuthoritySpec has an RSA key of 2048 bits and ten years of 365 days by default", () => {
    const spec = CertificateAuthoritySpec.fromProps({ subject: SUBJECT });

    expect(spec.keyParameters).toEqual({ algorithm: "RSA", rsaBits: 2048 });
    expect(spec.durationHours).toBe(3650 * 24);
  });

  it("CertificateAuthoritySpec has the given key algorithm and duration", () => {
    const spec = CertificateAuthoritySpec.fromProps({
      subject: SUBJECT,
      keyAlgorithm: KeyAlgorithm.ECDSA_P384,
      duration: Duration.hours(100),
    });

    expect(spec.keyParameters).toEqual({ algorithm: "ECDSA", ecdsaCurve: "P384" });
    expect(spec.durationHours).toBe(100);
  });

  it("CertificateAuthoritySpec has the given subject, including an e-mail address", () => {
    const spec = CertificateAuthoritySpec.fromProps({ subject: { ...SUBJECT, emailAddress: "pki@example.com" } });

    expect(spec.subject.attributes).toEqual({ ...SUBJECT, country: "US", emailAddress: "pki@example.com" });
  });

  it("CertificateAuthoritySpec prevents destruction by default", () => {
    expect(CertificateAuthoritySpec.fromProps({ subject: SUBJECT }).preventDestroy).toBe(true);
    expect(CertificateAuthoritySpec.fromProps({ subject: SUBJECT, preventDestroy: false }).preventDestroy).toBe(false);
    expect(problemsOf({ subject: SUBJECT, preventDestroy: "false" })).toMatchObject([
      { path: "preventDestroy", value: '"false"', reason: "is neither true nor false", fix: "write one of the two" },
    ]);
  });

  it("CertificateAuthoritySpec needs one attribute of a subject, any one", () => {
    expect(problemsOf({ subject: { organization: "Example Ltd" } })).toEqual([]);
  });

  it.each<[string, object]>([
    ["without attributes", {}],
    ["with undefined attributes only", { commonName: undefined }],
  ])("CertificateAuthoritySpec refuses a subject %s", (_what, subject) => {
    expect(problemsOf({ subject })).toMatchObject([
      {
        path: "subject",
        reason: "has no attribute",
        fix: 'name the authority, as in { commonName: "Plant MQTT CA" }',
      },
    ]);
  });

  it.each<[string, object, string]>([
    ["a missing subject", {}, "undefined"],
    ["null for a subject", { subject: null }, "null"],
    ["text for a subject", { subject: "Plant MQTT CA" }, '"Plant MQTT CA"'],
    ["a list for a subject", { subject: [{ commonName: "Plant MQTT CA" }] }, "(a list of 1)"],
    ["an empty list for a subject", { subject: [] }, "[]"],
  ])("CertificateAuthoritySpec refuses %s", (_what, props, value) => {
    expect(problemsOf(props)).toMatchObject([
      {
        path: "subject",
        value,
        reason: value === "undefined" ? "is required" : "is not a set of attributes",
        fix: 'write it as in { organization: "Example Ltd" }',
      },
    ]);
  });

  it.each<[unknown, string]>([
    [undefined, "undefined"],
    [null, "null"],
    ["Plant MQTT CA", '"Plant MQTT CA"'],
    [[{ subject: SUBJECT }], "(a list of 1)"],
  ])("CertificateAuthoritySpec refuses %p, which is not an authority", (given, value) => {
    expect(problemsOf(given)).toMatchObject([
      {
        path: "",
        value,
        reason: given === undefined ? "is required" : "is not an authority",
        fix: "write it as in { subject: { … } }",
      },
    ]);
  });

  it("CertificateAuthoritySpec shows a refused duration in quotes", () => {
    expect(problemsOf({ subject: SUBJECT, duration: Duration.days(-1) })).toMatchObject([
      { path: "duration", value: '"-1 days"', reason: "is negative", fix: "give at least one hour" },
    ]);
  });

  it("CertificateAuthoritySpec reports every problem at once, each at its path", () => {
    const problems = problemsOf({
      subject: { country: "USA", commonName: "", organization: "x".repeat(65) },
      keyAlgorithm: KeyAlgorithm.fromName("RSA-1024"),
      duration: Duration.days(0),
    });

    expect(problems.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      "subject.country is not two letters",
      "subject.commonName is empty",
      "subject.organization is 65 characters long",
      "keyAlgorithm is too weak: clients refuse RSA under 2048 bits",
      "duration is zero",
    ]);
  });

  describe("custody", () => {
    it('CertificateAuthoritySpec has custody "state" by default', () => {
      expect(CertificateAuthoritySpec.fromProps({ subject: SUBJECT }).custody).toBe("state");
      expect(onMachine().custody).toBe("machine");
    });

    it.each([["file"], [null]])("CertificateAuthoritySpec refuses the custody %p", (custody) => {
      expect(problemsOf({ subject: SUBJECT, custody })).toMatchObject([
        { path: "custody", reason: "is not a custody" },
      ]);
    });
  });

  describe("the password of the authority's key", () => {
    it.each(["state", "machine"] as const)(
      'CertificateAuthoritySpec has a password variable, version 1 and 600,000 iterations by default, with custody "%s"',
      (custody) => {
        const passwordOf = (props: object) =>
          CertificateAuthoritySpec.fromProps({ subject: SUBJECT, custody, ...props }).password;

        expect(passwordOf({})).toBeUndefined();
        expect(passwordOf({ passwordVariable: "ca" })).toEqual({ variable: "ca", version: 1, iterations: 600_000 });
        expect(passwordOf({ passwordVariable: "ca", passwordVersion: 3, passwordIterations: 100_000 })).toEqual({
          variable: "ca",
          version: 3,
          iterations: 100_000,
        });
      },
    );

    it("CertificateAuthoritySpec refuses every problem of a password, and does not show an invalid variable", () => {
      const problems = problemsOf({ subject: {}, passwordVariable: "s3cret!", passwordVersion: 0.5 });

      expect(problems.map(({ path, reason }) => `${path} ${reason}`).sort()).toEqual([
        "passwordVariable is not the name of a Terraform variable",
        "passwordVersion is not a version",
        "subject has no attribute",
      ]);
      expect(JSON.stringify(problems)).not.toContain("s3cret");
    });

    it("CertificateAuthoritySpec refuses a version and iterations without a password", () => {
      expect(problemsOf({ subject: SUBJECT, passwordVersion: 2, passwordIterations: 600_000 })).toMatchObject([
        { path: "passwordVersion", value: "2", reason: "is set, but there is no password" },
        { path: "passwordIterations", value: "600000", reason: "is set, but there is no password" },
      ]);
    });

    it("CertificateAuthoritySpec refuses fewer than 1,000 iterations", () => {
      expect(problemsOf({ subject: SUBJECT, passwordVariable: "ca", passwordIterations: 999 })).toMatchObject([
        { path: "passwordIterations", value: "999", reason: "is not a whole number from 1000 to 10000000" },
      ]);
    });
  });

  describe("permittedDomains", () => {
    it("permittedDomains are normalized, sorted and unique, in any given order", () => {
      const given = ["plant.example.com", "bücher.example", "B.example", "Plant.Example.COM.", "localhost"];
      const permitted = ["b.example", "localhost", "plant.example.com", "xn--bcher-kva.example"];

      expect(onMachine({ permittedDomains: Object.freeze(given) }).permittedDomains).toEqual(permitted);
      expect(onMachine({ permittedDomains: given.toReversed() }).permittedDomains).toEqual(permitted);
    });

    it("permittedDomains are unlimited by default", () => {
      expect(onMachine().permittedDomains).toBeUndefined();
      expect(onMachine({ permittedDomains: undefined as never }).permittedDomains).toBeUndefined();
    });

    it.each<[unknown, string]>([
      [[], "[]"],
      ["plant.example.com", '"plant.example.com"'],
      [null, "null"],
      [new Set(["plant.example.com"]), "(an object)"],
    ])("permittedDomains are a list with at least one domain, not %p", (permittedDomains, value) => {
      expect(problemsOf({ subject: SUBJECT, custody: "machine", permittedDomains })).toMatchObject([
        {
          path: "permittedDomains",
          value,
          reason: "is not a list of domains",
          fix: 'write it as in ["plant.example.com"]',
        },
      ]);
    });

    it("permittedDomains are refused with every invalid domain, each at its place", () => {
      const permittedDomains = [
        "plant.example.com",
        "192.0.2.10",
        "2001:db8::1",
        "*.plant.example.com",
        "plant_1.example.com",
        ".example.com",
        "https://example.com",
        42,
      ];

      expect(flawsOnMachine({ permittedDomains })).toEqual([
        "permittedDomains[1] is not a domain",
        "permittedDomains[2] is not a domain",
        "permittedDomains[3] is not a domain",
        "permittedDomains[4] has an underscore, which Java clients refuse",
        "permittedDomains[5] has an empty label",
        "permittedDomains[6] has a scheme",
        "permittedDomains[7] is not text",
      ]);
    });
  });

  describe("pathLength", () => {
    it.each([0, 1, 255])("pathLength may be %p", (pathLength) => {
      expect(onMachine({ pathLength }).pathLength).toBe(pathLength);
    });

    it("pathLength is unlimited by default", () => {
      expect(onMachine().pathLength).toBeUndefined();
    });

    it.each<[unknown]>([[-1], [256], [0.5], [NaN], [Infinity], ["0"], [null]])(
      "pathLength cannot be %p",
      (pathLength) => {
        expect(flawsOnMachine({ pathLength })).toEqual(["pathLength is not a number of authorities"]);
      },
    );
  });

  it.each([
    ["is the default", undefined],
    ["is chosen", "state"],
  ])(
    'CertificateAuthoritySpec refuses what Terraform\'s tls provider cannot set if custody "state" %s',
    (_how, custody) => {
      const reason = 'cannot be set with custody "state"';
      const fix = 'leave it out, or choose custody "machine"';

      expect(
        problemsOf({ subject: SUBJECT, custody, permittedDomains: ["plant.example.com"], pathLength: 0 }),
      ).toMatchObject([
        { path: "permittedDomains", value: "(a list of 1)", reason, fix },
        { path: "pathLength", value: "0", reason, fix },
      ]);
    },
  );

  it.each(["state", "machine"] as const)(
    'CertificateAuthoritySpec accepts whole hours and the longest e-mail address of RFC 5280, with custody "%s"',
    (custody) => {
      const given = (length: number) => ({
        subject: { ...SUBJECT, emailAddress: "@example.com".padStart(length, "x") },
        custody,
        duration: Duration.hours(85),
      });

      expect(CertificateAuthoritySpec.fromProps(given(255)).durationHours).toBe(85);
      expect(problemsOf(given(256))).toMatchObject([{ path: "subject.emailAddress" }]);
    },
  );

  it('CertificateAuthoritySpec reports every problem at once with custody "machine" too', () => {
    const props = {
      subject: { ...SUBJECT, emailAddress: "nobody" },
      keyAlgorithm: KeyAlgorithm.fromName("DSA"),
      duration: Duration.hours(-1),
      permittedDomains: ["example.com", "a..b"],
      pathLength: -1,
    };

    expect(
      flawsOnMachine(props)
        .map((line) => line.split(" ")[0])
        .sort(),
    ).toEqual(["duration", "keyAlgorithm", "pathLength", "permittedDomains[1]", "subject.emailAddress"]);
  });
});

describe("CertificateAuthoritySpec.permits", () => {
  const spec = onMachine({ permittedDomains: ["plant.example.com", "bücher.example"] });

  it.each([
    "plant.example.com",
    "MQTT-1.Plant.Example.COM.",
    "a.b.plant.example.com",
    "*.plant.example.com",
    "*.hall.plant.example.com",
    "xn--bcher-kva.example",
    "192.0.2.10",
    "2001:db8::10",
  ])("CertificateAuthoritySpec.permits accepts %s", (address) => {
    expect(spec.permits(Address.parse(address))).toBe(true);
  });

  it.each([
    ["a name that ends with the same letters", "evilplant.example.com"],
    ["a name above the domain", "example.com"],
    ["a wildcard that matches the domain and its neighbours", "*.example.com"],
    ["another domain with the name in front", "plant.example.com.evil.example"],
    ["another domain", "mqtt.example.org"],
  ])("CertificateAuthoritySpec.permits refuses %s: %s", (_what, address) => {
    expect(spec.permits(Address.parse(address))).toBe(false);
  });

  it("CertificateAuthoritySpec.permits accepts any address without permittedDomains", () => {
    expect(onMachine().permits(Address.parse("mqtt.example.org"))).toBe(true);
  });
});
