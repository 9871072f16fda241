import { Duration } from "../../../lib/values/duration";
import { KeyAlgorithm } from "../../../lib/values/key-algorithm";
import { makeRequest } from "../../support/requests";
import { type AnyProps, AUTHORITY, check, problemsOf, lines, paths, certificates, A, B, C } from "./support";

describe("readFleet", () => {
  describe("brokers of a fleet", () => {
    it.each<[unknown]>([[[]], [undefined], [null], ["mqtt-1.example.com"], [{ address: "mqtt-1.example.com" }]])(
      "readFleet needs at least one broker, not %p",
      (brokers) => {
        const { brokers: checked, problems } = check({ brokers });

        expect(checked).toEqual([]);
        expect(problems).toMatchObject([
          {
            path: "brokers",
            reason: "has no broker",
            fix: 'declare at least one: { address: "mqtt-1.example.com" }',
          },
        ]);
      },
    );

    it.each<[unknown]>([["mqtt-1.example.com"], [42], [null], [undefined], [[A]], [[]]])(
      "readFleet refuses %p as a broker",
      (broker) => {
        const { brokers, problems } = check({ brokers: [A, broker, B] });

        expect(brokers.map(({ index }) => index)).toEqual([0, 2]);
        expect(problems).toMatchObject([
          {
            path: "brokers[1]",
            reason: "is not a broker",
            fix: 'write it as in { address: "mqtt-1.example.com" }',
          },
        ]);
      },
    );

    it("readFleet refuses unknown properties of a broker", () => {
      const known =
        "address, alternativeAddresses, ipAddressesAsDnsNames, clientAuth, subject, keyAlgorithm, keyVersion, duration, renewBefore, passwordVariable, passwordVersion, passwordIterations, reloadCommand, forms, keystorePasswordVariable, keystorePasswordVersion, fileOwner, fileGroup, keyMode, folderMode, csrFile, csrPem, signingGeneration, shard";

      expect(problemsOf({ brokers: [A, { ...B, days: 30, ttl: null }] })).toMatchObject([
        { path: "brokers[1].days", value: "30", reason: "is not a known property", fix: `choose from ${known}` },
        { path: "brokers[1].ttl", value: "null", reason: "is not a known property", fix: `choose from ${known}` },
      ]);
    });

    it("readFleet quotes odd names of a broker's properties in the path", () => {
      expect(paths({ brokers: [{ ...A, "renew before": 1, "\u001b[31m": 2 }] })).toEqual([
        'brokers[0]."renew before"',
        'brokers[0]."\\u001b[31m"',
      ]);
    });

    it("readFleet reports both a misspelled address property and the missing address", () => {
      expect(lines({ brokers: [{ adress: "mqtt-1.example.com" }] })).toEqual([
        "brokers[0].adress is not a known property",
        "brokers[0].address is required",
      ]);
    });

    it.each<[string, AnyProps, string[]]>([
      ["address", { address: "mqtts://d:8883" }, ["brokers[3].address"]],
      [
        "subject",
        { ...A, subject: { country: "USA", organization: "" } },
        ["brokers[3].subject.country", "brokers[3].subject.organization"],
      ],
      ["common name", { ...A, subject: { commonName: "x" } }, ["brokers[3].subject.commonName"]],
      ["key algorithm", { ...A, keyAlgorithm: KeyAlgorithm.fromName("DSA") }, ["brokers[3].keyAlgorithm"]],
      ["duration", { ...A, duration: Duration.days(0) }, ["brokers[3].duration"]],
      ["time to renew", { ...A, renewBefore: Duration.days(825) }, ["brokers[3].renewBefore"]],
      ["alternative address", { ...A, alternativeAddresses: ["d", "d_e"] }, ["brokers[3].alternativeAddresses[1]"]],
      ["list of alternative addresses", { ...A, alternativeAddresses: "d" }, ["brokers[3].alternativeAddresses"]],
      ["subject as a whole", { ...A, subject: "O=Example Ltd" }, ["brokers[3].subject"]],
    ])("readFleet reports a problem of a broker's %s at the broker", (_what, broker, expected) => {
      const others = ["x.example.com", "y.example.com", "z.example.com"].map((address) => ({ address }));

      expect(paths({ brokers: [...others, broker] })).toEqual(expected);
    });

    it("readFleet checks each broker, in spite of problems with others or with the authority", () => {
      const { brokers, problems } = check({
        authority: null,
        brokers: [C, { address: "a_b" }, null, { ...A, duration: Duration.days(-1) }],
      });

      expect(problems.map(({ path }) => path).sort()).toEqual([
        "authority",
        "brokers[1].address",
        "brokers[2]",
        "brokers[3].duration",
      ]);
      expect(brokers.map(({ address }) => address.text)).toEqual(["a.example.com", "c.example.com"]);
    });
  });

  describe("repeated brokers", () => {
    it.each([
      ["in the same spelling", "mqtt-1.example.com", "mqtt-1.example.com"],
      ["in another letter case", "mqtt-1.example.com", "MQTT-1.Example.com"],
      ["with a trailing dot", "mqtt-1.example.com", "mqtt-1.example.com."],
      ["in punycode", "bücher.example", "xn--bcher-kva.example"],
      ["with an IPv6 address in full", "2001:db8::10", "2001:0DB8:0:0:0:0:0:10"],
      ["as a wildcard", "*.example.com", "*.EXAMPLE.com"],
    ])("readFleet refuses a repeated broker %s, with both spellings and both places", (_how, first, second) => {
      expect(problemsOf({ brokers: [A, { address: first }, B, { address: second }] })).toMatchObject([
        {
          path: "brokers[3].address",
          value: `"${second}"`,
          reason: `is the same broker as brokers[1].address, "${first}"`,
          fix: "declare it once",
        },
      ]);
    });

    it("readFleet refuses each repetition of a broker after the first", () => {
      expect(lines({ brokers: [A, { address: "A.example.com" }, { address: "a.example.com." }] })).toEqual([
        'brokers[1].address is the same broker as brokers[0].address, "a.example.com"',
        'brokers[2].address is the same broker as brokers[0].address, "a.example.com"',
      ]);
    });

    it("readFleet accepts a broker's address as an alternative of another broker", () => {
      expect(problemsOf({ brokers: [A, { ...B, alternativeAddresses: ["a.example.com"] }] })).toEqual([]);
    });
  });

  it("readFleet refuses two brokers with the same folder, with both spellings and both places", () => {
    expect(problemsOf({ brokers: [{ address: "2001-DB8--1" }, A, { address: "2001:db8:0::1" }] })).toMatchObject([
      {
        path: "brokers[2].address",
        value: '"2001:db8:0::1"',
        reason: 'has the same folder, 2001-db8--1, as brokers[0].address, "2001-DB8--1"',
        fix: "rename one of them, or put it in another fleet",
      },
    ]);
  });

  describe("requests", () => {
    const ofB = { subject: { O: "Example Ltd", CN: B.address }, names: [`DNS:${B.address}`, "DNS:mqtt.example.com"] };
    const fleet = { subject: { organization: "Example Ltd" }, alternativeAddresses: ["mqtt.example.com"] };

    it("readFleet checks a request against the options of fleet and broker", () => {
      const { pem } = makeRequest(ofB);

      expect(problemsOf({ ...fleet, brokers: [A, { ...B, csrPem: pem }] })).toEqual([]);
      expect(paths({ ...fleet, brokers: [{ ...A, csrPem: pem }, B] })).toEqual(["brokers[0].csrPem"]);
    });

    it("readFleet shows the command for a missing request with the options of the fleet", () => {
      const [problem, ...others] = problemsOf({
        ...fleet,
        keyAlgorithm: KeyAlgorithm.ECDSA_P384,
        brokers: [A, { ...B, csrFile: "csr/b.csr" }],
      });

      expect(others).toEqual([]);
      expect(problem).toMatchObject({
        path: "brokers[1].csrFile",
        value: '"csr/b.csr"',
        reason: "does not exist",
        fix:
          "make it on the broker, and bring it here: openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-384 -sha256 " +
          "-nodes -utf8 -keyout server.key -out server.csr -subj '/O=Example Ltd/CN=b.example.com' " +
          "-addext 'subjectAltName = DNS:b.example.com, DNS:mqtt.example.com'",
      });
    });

    it("readFleet refuses a request as an option of the fleet", () => {
      expect(
        paths({
          brokers: [
            { ...A, csrFile: "a.csr", csrPem: "a" },
            { ...B, csrFile: "b.csr" },
          ],
        }),
      ).toEqual(["brokers[0].csrPem", "brokers[1].csrFile"]);
    });
  });

  describe("undefined options of a broker", () => {
    const ofAll = {
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      duration: Duration.days(100),
      renewBefore: Duration.days(10),
      subject: { organization: "Example Ltd", country: "US" },
      alternativeAddresses: ["mqtt.example.com"],
    };
    const asOfAll = {
      keyParameters: { algorithm: "ECDSA", ecdsaCurve: "P256" },
      durationHours: 2400,
      renewBeforeHours: 240,
      subject: { attributes: { organization: "Example Ltd", country: "US", commonName: "a.example.com" } },
      dnsNames: ["a.example.com", "mqtt.example.com"],
    };

    it.each<[string, AnyProps]>([
      ["duration", { duration: undefined }],
      ["key algorithm", { keyAlgorithm: undefined }],
      ["time to renew", { renewBefore: undefined }],
      ["subject", { subject: undefined }],
      ["list of alternative addresses", { alternativeAddresses: undefined }],
      ["attribute of the subject", { subject: { organization: undefined, country: undefined } }],
    ])("readFleet applies the fleet's %s if the broker's is undefined", (_what, own) => {
      expect(certificates({ ...ofAll, brokers: [{ ...A, ...own }] }).get("a.example.com")).toMatchObject(asOfAll);
    });

    it("readFleet applies the default if the fleet's and the broker's options are undefined", () => {
      const own = { duration: undefined, keyAlgorithm: undefined, renewBefore: undefined, subject: undefined };

      expect(certificates({ ...own, brokers: [{ ...A, ...own }] }).get("a.example.com")).toMatchObject({
        keyParameters: { algorithm: "RSA", rsaBits: 2048 },
        durationHours: 825 * 24,
        renewBeforeHours: 90 * 24,
        subject: { attributes: { commonName: "a.example.com" } },
      });
    });

    it("readFleet reports a mistake of the fleet only there if the broker's option is undefined", () => {
      const brokers = [A, { ...B, duration: undefined, subject: { country: undefined } }];

      expect(
        lines({
          authority: { ...AUTHORITY, duration: Duration.days(100) },
          duration: Duration.days(200),
          subject: { country: "USA" },
          brokers,
        }).sort(),
      ).toEqual([
        "duration would outlive its authority, which is valid for 100 days",
        "subject.country is not two letters",
      ]);
    });
  });

  describe("invalid lists of alternative addresses", () => {
    const notAList = { reason: "is not a list", fix: 'write it as in ["mqtt.example.com"]' };

    it.each<[unknown, string]>([
      ["mqtt.example.com", '"mqtt.example.com"'],
      [42, "42"],
      [{ 0: "mqtt.example.com" }, "(an object)"],
      [new Set(["mqtt.example.com"]), "(an object)"],
    ])(
      "readFleet refuses an invalid list of alternative addresses once, at the fleet or at its broker: %p",
      (given, value) => {
        const own = { ...B, alternativeAddresses: ["b.plant"] };

        expect(problemsOf({ alternativeAddresses: given, brokers: [A, own] })).toMatchObject([
          { path: "alternativeAddresses", value, ...notAList },
        ]);
        expect(
          problemsOf({
            alternativeAddresses: ["mqtt.example.com"],
            brokers: [own, { ...A, alternativeAddresses: given }],
          }),
        ).toMatchObject([{ path: "brokers[1].alternativeAddresses", value, ...notAList }]);
        expect(problemsOf({ brokers: [own, { ...A, alternativeAddresses: given }] })).toMatchObject([
          { path: "brokers[1].alternativeAddresses", value, ...notAList },
        ]);
      },
    );

    it("readFleet refuses two invalid lists of alternative addresses, at the fleet and at the broker", () => {
      expect(paths({ alternativeAddresses: "x", brokers: [{ ...A, alternativeAddresses: "y" }] })).toEqual([
        "alternativeAddresses",
        "brokers[0].alternativeAddresses",
      ]);
    });
  });

  describe("invalid subjects", () => {
    const notASubject = {
      reason: "is not a set of attributes",
      fix: 'write it as in { organization: "Example Ltd" }',
    };

    it.each<[unknown, string]>([
      ["O=Example Ltd", '"O=Example Ltd"'],
      [42, "42"],
      [[], "[]"],
      [[{ organization: "Example Ltd" }], "(a list of 1)"],
    ])("readFleet refuses an invalid subject once, at the fleet or at its broker: %p", (given, value) => {
      const own = { ...B, subject: { country: "DE" } };

      expect(problemsOf({ subject: given, brokers: [A, own] })).toMatchObject([
        { path: "subject", value, ...notASubject },
      ]);
      expect(
        problemsOf({ subject: { organization: "Example Ltd" }, brokers: [own, { ...A, subject: given }] }),
      ).toMatchObject([{ path: "brokers[1].subject", value, ...notASubject }]);
      expect(problemsOf({ brokers: [own, { ...A, subject: given }] })).toMatchObject([
        { path: "brokers[1].subject", value, ...notASubject },
      ]);
    });

    it("readFleet refuses two invalid subjects, at the fleet and at the broker", () => {
      expect(paths({ subject: "x", brokers: [{ ...A, subject: "y" }] })).toEqual(["subject", "brokers[0].subject"]);
    });
  });
});
