import { Duration } from "../../../lib/values/duration";
import { KeyAlgorithm } from "../../../lib/values/key-algorithm";
import { type AnyProps, problemsOf, lines, paths, certificates, A, B, C } from "./support";

describe("readFleet", () => {
  describe("options of the fleet", () => {
    const ofAll = {
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      duration: Duration.days(100),
      renewBefore: Duration.days(10),
    };

    it("readFleet applies the options of the fleet to every broker", () => {
      for (const certificate of certificates({ ...ofAll, brokers: [A, B] }).values()) {
        expect(certificate).toMatchObject({
          keyParameters: { algorithm: "ECDSA", ecdsaCurve: "P256" },
          durationHours: 2400,
          renewBeforeHours: 240,
        });
      }
    });

    it("readFleet overrides each option of the fleet with that of a broker", () => {
      const certificatesByAddress = certificates({
        ...ofAll,
        brokers: [
          { ...A, keyAlgorithm: KeyAlgorithm.RSA_3072 },
          { ...B, duration: Duration.days(50) },
          { ...C, renewBefore: Duration.days(20) },
        ],
      });

      expect(certificatesByAddress.get("a.example.com")).toMatchObject({
        keyParameters: { algorithm: "RSA", rsaBits: 3072 },
        durationHours: 2400,
        renewBeforeHours: 240,
      });
      expect(certificatesByAddress.get("b.example.com")).toMatchObject({
        keyParameters: { algorithm: "ECDSA", ecdsaCurve: "P256" },
        durationHours: 1200,
        renewBeforeHours: 240,
      });
      expect(certificatesByAddress.get("c.example.com")).toMatchObject({
        keyParameters: { algorithm: "ECDSA", ecdsaCurve: "P256" },
        durationHours: 2400,
        renewBeforeHours: 480,
      });
    });

    it("readFleet adds the subject attributes of fleet and broker, those of the broker first", () => {
      const certificatesByAddress = certificates({
        subject: { organization: "Example Ltd", country: "US" },
        brokers: [A, { ...B, subject: { country: "DE", locality: "Berlin" } }],
      });

      expect(certificatesByAddress.get("a.example.com")?.subject.attributes).toEqual({
        organization: "Example Ltd",
        country: "US",
        commonName: "a.example.com",
      });
      expect(certificatesByAddress.get("b.example.com")?.subject.attributes).toEqual({
        organization: "Example Ltd",
        country: "DE",
        locality: "Berlin",
        commonName: "b.example.com",
      });
    });

    it("readFleet adds the alternative addresses of fleet and broker", () => {
      const certificatesByAddress = certificates({
        alternativeAddresses: ["mqtt.example.com", "192.0.2.1"],
        brokers: [A, { ...B, alternativeAddresses: ["b.plant", "192.0.2.2"] }],
      });

      expect(certificatesByAddress.get("a.example.com")).toMatchObject({
        dnsNames: ["a.example.com", "mqtt.example.com"],
        ipAddresses: ["192.0.2.1"],
      });
      expect(certificatesByAddress.get("b.example.com")).toMatchObject({
        dnsNames: ["b.example.com", "b.plant", "mqtt.example.com"],
        ipAddresses: ["192.0.2.1", "192.0.2.2"],
      });
    });

    it("readFleet drops an alternative address of the fleet that the broker has, in any spelling", () => {
      const certificatesByAddress = certificates({
        alternativeAddresses: ["A.example.com.", "2001:db8::1", "bücher.example"],
        brokers: [A, { ...B, alternativeAddresses: ["2001:DB8:0::1", "xn--bcher-kva.example"] }],
      });

      expect(certificatesByAddress.get("a.example.com")).toMatchObject({
        dnsNames: ["a.example.com", "xn--bcher-kva.example"],
        ipAddresses: ["2001:db8::1"],
      });
      expect(certificatesByAddress.get("b.example.com")).toMatchObject({
        dnsNames: ["b.example.com", "a.example.com", "xn--bcher-kva.example"],
        ipAddresses: ["2001:db8::1"],
      });
    });
  });

  describe("mistakes in options of the fleet", () => {
    it.each<[AnyProps, string]>([
      [{ duration: Duration.days(-1) }, "duration is negative"],
      [{ duration: 825 }, "duration is not a duration"],
      [{ duration: Duration.days(3650) }, "duration would outlive its authority, which is valid for 3650 days"],
      [{ keyAlgorithm: KeyAlgorithm.fromName("DSA") }, "keyAlgorithm is not a supported key algorithm"],
      [{ keyAlgorithm: "RSA-2048" }, "keyAlgorithm is not a KeyAlgorithm"],
      [{ subject: { country: "USA" } }, "subject.country is not two letters"],
      [{ subject: { organisation: "Example Ltd" } }, "subject.organisation is not an attribute of a subject"],
      [{ subject: { commonName: "x" } }, "subject.commonName cannot be chosen: it follows from the address"],
      [{ renewBefore: Duration.hours(0.5) }, "renewBefore is not a whole number of hours"],
      [
        { renewBefore: Duration.days(825) },
        "renewBefore is not shorter than the duration, 825 days: every deployment would renew the certificate",
      ],
      [
        { renewBefore: Duration.days(30), duration: Duration.days(30) },
        "renewBefore is not shorter than the duration, 30 days: every deployment would renew the certificate",
      ],
      [{ alternativeAddresses: ["a_b"] }, "alternativeAddresses[0] has an underscore, which Java clients refuse"],
      [{ alternativeAddresses: ["ab", "a..b"] }, "alternativeAddresses[1] has an empty label"],
      [
        { alternativeAddresses: ["x.example.com", "y.example.com", "Y.example.com"] },
        'alternativeAddresses[2] is the same as "y.example.com", earlier in the list',
      ],
    ])("readFleet reports a mistake of the fleet once, and not at each broker: %j", (options, expected) => {
      expect(lines({ ...options, brokers: [A, B, C] })).toEqual([expected]);
    });

    it.each<[AnyProps, AnyProps, string]>([
      [{ duration: Duration.days(-1) }, { duration: Duration.days(30) }, "duration is negative"],
      [
        { duration: Duration.days(3650) },
        { duration: Duration.days(30) },
        "duration would outlive its authority, which is valid for 3650 days",
      ],
      [
        { keyAlgorithm: KeyAlgorithm.fromName("RSA-1024") },
        { keyAlgorithm: KeyAlgorithm.RSA_4096 },
        "keyAlgorithm is too weak: clients refuse RSA under 2048 bits",
      ],
      [{ renewBefore: Duration.days(0) }, { renewBefore: Duration.days(30) }, "renewBefore is zero"],
      [
        { renewBefore: Duration.days(30), duration: Duration.days(30) },
        { renewBefore: Duration.days(10) },
        "renewBefore is not shorter than the duration, 30 days: every deployment would renew the certificate",
      ],
      [{ subject: { country: "USA" } }, { subject: { country: "US" } }, "subject.country is not two letters"],
      [{ keyAlgorithm: "DSA" }, { keyAlgorithm: KeyAlgorithm.ED25519 }, "keyAlgorithm is not a KeyAlgorithm"],
      [
        { alternativeAddresses: ["mqtt.example.com", "a_b"] },
        { alternativeAddresses: ["mqtt.example.com"] },
        "alternativeAddresses[1] has an underscore, which Java clients refuse",
      ],
    ])(
      "readFleet reports a mistake of the fleet once even if every broker overrides it: %j, and %j at each",
      (options, own, expected) => {
        const brokers = [A, B, C].map((broker) => ({ ...broker, ...own }));

        expect(lines({ ...options, brokers })).toEqual([expected]);
      },
    );

    it("readFleet reports a mistake of the fleet without brokers", () => {
      expect(paths({ duration: Duration.days(0), subject: { country: "USA" }, brokers: [] }).sort()).toEqual([
        "brokers",
        "duration",
        "subject.country",
      ]);
    });

    it("readFleet reports a broker's own mistake in spite of one in the same option of the fleet", () => {
      const brokers = [A, { ...B, duration: Duration.days(5000) }, { ...C, renewBefore: Duration.days(900) }];

      expect(
        lines({ keyAlgorithm: "DSA", subject: { country: "USA" }, alternativeAddresses: ["a_b"], brokers }).sort(),
      ).toEqual([
        "alternativeAddresses[0] has an underscore, which Java clients refuse",
        "brokers[1].duration would outlive its authority, which is valid for 3650 days",
        "brokers[2].renewBefore is not shorter than the duration, 825 days: every deployment would renew the certificate",
        "keyAlgorithm is not a KeyAlgorithm",
        "subject.country is not two letters",
      ]);
    });

    it("readFleet reports a repeated address in the fleet's list, even if the broker has it too", () => {
      const alternativeAddresses = ["x.example.com", "b.example.com", "y.example.com", "B.example.com."];
      const brokers = [
        A,
        B,
        { ...C, alternativeAddresses: ["c1", "b.example.com", "c2"] },
        { address: "d.example.com", alternativeAddresses: ["d1", "d2"] },
      ];

      expect(problemsOf({ alternativeAddresses, brokers })).toMatchObject([
        {
          path: "alternativeAddresses[3]",
          value: '"B.example.com."',
          reason: 'is the same as "b.example.com", earlier in the list',
          fix: "leave one of them out",
        },
      ]);
    });

    it("readFleet reports a repeated address in a broker's list there, not at the fleet", () => {
      const brokers = [A, { ...B, alternativeAddresses: ["b1", "mqtt.example.com", "MQTT.example.com"] }];

      expect(lines({ alternativeAddresses: ["x.example.com", "mqtt.example.com"], brokers })).toEqual([
        'brokers[1].alternativeAddresses[2] is the same as "mqtt.example.com", earlier in the list',
      ]);
    });

    it("readFleet reports an address of the fleet's list there, for brokers with any alternatives", () => {
      const brokers = [A, { ...B, alternativeAddresses: ["b1", "b2", "b3"] }, { ...C, alternativeAddresses: ["c1"] }];

      expect(lines({ alternativeAddresses: ["ab", "a_b"], brokers })).toEqual([
        "alternativeAddresses[1] has an underscore, which Java clients refuse",
      ]);
    });

    it("readFleet reports an address of the fleet's list there, for brokers with any part of that list", () => {
      expect(lines({ alternativeAddresses: ["a.example.com", "a_b"], brokers: [A, B] })).toEqual([
        "alternativeAddresses[1] has an underscore, which Java clients refuse",
      ]);
    });

    it("readFleet reports a mistake of the fleet and a broker with an invalid address", () => {
      expect(paths({ alternativeAddresses: ["c_d"], brokers: [{ address: "a_b" }] }).sort()).toEqual([
        "alternativeAddresses[0]",
        "brokers[0].address",
      ]);
    });

    it("readFleet applies no mistake of the fleet to a broker that overrides it", () => {
      const brokers = [A, { ...B, subject: { country: "DE" }, keyAlgorithm: KeyAlgorithm.ED25519 }];

      expect(
        lines({ subject: { country: "USA" }, keyAlgorithm: KeyAlgorithm.fromName("DSA"), brokers }).sort(),
      ).toEqual(["keyAlgorithm is not a supported key algorithm", "subject.country is not two letters"]);
    });

    it("readFleet keeps mistakes of the fleet and of a broker apart", () => {
      const brokers = [
        A,
        { ...B, subject: { country: "GER" }, alternativeAddresses: ["b", "b_b"], duration: Duration.hours(1.5) },
      ];

      expect(
        paths({ subject: { locality: "" }, alternativeAddresses: ["a_b"], duration: Duration.days(0), brokers }).sort(),
      ).toEqual([
        "alternativeAddresses[0]",
        "brokers[1].alternativeAddresses[1]",
        "brokers[1].duration",
        "brokers[1].subject.country",
        "duration",
        "subject.locality",
      ]);
    });

    it("readFleet reports a broker's too short duration for the fleet's renewBefore at the broker", () => {
      const brokers = [A, { ...B, duration: Duration.days(30) }, { ...C, duration: Duration.days(61) }];

      expect(problemsOf({ renewBefore: Duration.days(60), brokers })).toMatchObject([
        {
          path: "brokers[1].renewBefore",
          value: '"60 days"',
          reason: "is not shorter than the duration, 30 days: every deployment would renew the certificate",
          fix: "renew later, or issue for longer",
        },
      ]);
    });
  });
});
