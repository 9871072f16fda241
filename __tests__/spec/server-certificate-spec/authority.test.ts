import {
  CertificateAuthoritySpec,
  type CertificateAuthoritySpecProps,
} from "../../../lib/spec/certificate-authority-spec";
import type { DistinguishedNameProps } from "../../../lib/values/distinguished-name";
import { Duration } from "../../../lib/values/duration";
import { ADDRESS, type AnyProps, spec, problemsOf, authorityOf, lines } from "./support";

describe("ServerCertificateSpec.fromProps", () => {
  describe("a certificate and its authority", () => {
    const days = (amount: number): CertificateAuthoritySpec =>
      authorityOf({ commonName: "Plant MQTT CA" }, Duration.days(amount));

    it("ServerCertificateSpec is accepted if it expires before its authority", () => {
      expect(problemsOf({ duration: Duration.hours(100 * 24 - 1) }, days(100))).toEqual([]);
    });

    it.each([
      ["is valid as long as it, and so would expire after it", Duration.days(100)],
      ["is valid for longer", Duration.days(101)],
    ])("ServerCertificateSpec is refused if it %s", (_what, duration) => {
      expect(problemsOf({ duration }, days(100))).toMatchObject([
        {
          path: "duration",
          value: `"${duration.toString()}"`,
          reason: "would outlive its authority, which is valid for 100 days",
          fix: "shorten it, or sign with an authority that is valid for longer",
        },
      ]);
    });

    it("ServerCertificateSpec is refused if the default duration is too long for its authority", () => {
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
    ])(
      "ServerCertificateSpec is refused with the authority's duration in days or hours: %s as %s",
      (duration, text) => {
        const authority = authorityOf({ commonName: "Plant MQTT CA" }, duration);

        expect(lines(problemsOf({ duration: Duration.days(30) }, authority))).toEqual([
          `duration would outlive its authority, which is valid for ${text}`,
        ]);
      },
    );

    it("ServerCertificateSpec with an invalid duration is not compared with its authority", () => {
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
    ])("ServerCertificateSpec is refused if its authority's subject is %s", (_what, props, subject) => {
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
    ])("ServerCertificateSpec is accepted if its authority's subject has %s", (_what, subject) => {
      expect(problemsOf({}, authorityOf(subject))).toEqual([]);
    });
  });

  describe("clientAuth", () => {
    const authority = (mayCertifyClients: boolean): CertificateAuthoritySpec =>
      Object.assign(authorityOf({ commonName: "Plant MQTT CA" }), { mayCertifyClients });

    it("clientAuth is false by default", () => {
      expect(spec({}).clientAuth).toBe(false);
      expect(spec({ clientAuth: true }, authority(true)).clientAuth).toBe(true);
    });

    it("clientAuth is refused if it is not a boolean, or below an authority that is only for servers", () => {
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

  describe('a certificate and its authority of custody "machine"', () => {
    const onMachine = (props: Partial<CertificateAuthoritySpecProps> = {}): CertificateAuthoritySpec =>
      CertificateAuthoritySpec.fromProps({ subject: { commonName: "Plant MQTT CA" }, custody: "machine", ...props });

    it.each(["state", "machine"] as const)(
      "ServerCertificateSpec is valid for any whole hours, with every custody: %s",
      (custody) => {
        const props = { duration: Duration.hours(253), renewBefore: Duration.hours(5) };

        expect(spec(props, onMachine({ custody }))).toMatchObject({ durationHours: 253, renewBeforeHours: 5 });
      },
    );

    it("ServerCertificateSpec is refused with each address outside the permitted domains, at its place", () => {
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

    it("ServerCertificateSpec is refused with IP addresses as DNS names below permitted domains", () => {
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
});
