import { Problems, type Problem } from "../../lib/errors";
import { Duration } from "../../lib/values/duration";
import type { DeclaredBroker } from "../../lib/spec/broker";
import { readFleet } from "../../lib/spec/fleet";
import type { FleetSpecProps } from "../../lib/spec/fleet-props";
import { KeyAlgorithm } from "../../lib/values/key-algorithm";
import type { ServerCertificateSpec } from "../../lib/spec/server-certificate-spec";
import { makeRequest } from "../support/requests";

/** Props as plain JavaScript may give them. */
type AnyProps = Readonly<Record<string, unknown>>;

const AUTHORITY = { subject: { commonName: "Plant MQTT CA" } };

/** Checks a fleet that has an authority without fault where `props` has none. */
function check(props: AnyProps): { brokers: readonly DeclaredBroker[]; problems: readonly Problem[] } {
  const problems = new Problems();
  const { brokers } = readFleet({ authority: AUTHORITY, ...props } as unknown as FleetSpecProps, problems);
  return { brokers, problems: problems.toError("the fleet").problems };
}

function problemsOf(props: AnyProps): readonly Problem[] {
  return check(props).problems;
}

/** What each problem is, in a line. */
function lines(props: AnyProps): string[] {
  return problemsOf(props).map(({ path, reason }) => `${path} ${reason}`);
}

/** Where the problems are. */
function paths(props: AnyProps): string[] {
  return problemsOf(props).map(({ path }) => path);
}

/** What the certificates of a fleet without fault will say, by address. */
function certificates(props: AnyProps): ReadonlyMap<string, ServerCertificateSpec> {
  const { brokers, problems } = check(props);
  expect(problems).toEqual([]);
  return new Map(brokers.flatMap(({ address, spec }) => (spec === undefined ? [] : [[address.text, spec]])));
}

/** All orders of the items. */
function permutations<T>(items: readonly T[]): T[][] {
  return items.length === 0
    ? [[]]
    : items.flatMap((first, index) => permutations(items.toSpliced(index, 1)).map((rest) => [first, ...rest]));
}

const A = { address: "a.example.com" };
const B = { address: "b.example.com" };
const C = { address: "c.example.com" };

describe("readFleet", () => {
  it("finds nothing wrong with an authority and addresses alone", () => {
    const { brokers, problems } = check({
      brokers: [A, { address: "192.0.2.10" }, { address: "2001:db8::10" }, { address: "*.plant.example.com" }],
    });

    expect(problems).toEqual([]);
    expect(brokers).toHaveLength(4);
  });

  describe("a default", () => {
    const authority = { ...AUTHORITY, duration: Duration.days(400) };

    it("is not judged where no broker has it", () => {
      expect(problemsOf({ authority, brokers: [{ ...A, duration: Duration.days(30) }] })).toEqual([]);
      expect(
        problemsOf({ renewBefore: Duration.days(900), brokers: [{ ...A, duration: Duration.days(1000) }] }),
      ).toEqual([]);
    });

    it("is judged once where brokers have it", () => {
      expect(lines({ authority, brokers: [A, B, { ...C, duration: Duration.days(30) }] })).toEqual([
        "duration would outlive its authority, which is valid for 400 days",
      ]);
    });

    it("does not step in for a fleet's duration that is refused", () => {
      const duration = Duration.days(-1);

      expect(paths({ duration, renewBefore: Duration.days(900), brokers: [A, B] })).toEqual(["duration"]);
    });
  });

  it.each([
    ...["alternativeAddresses", "subject", "keyAlgorithm", "keyVersion", "duration", "renewBefore"],
    "passwordVariable",
  ])("takes null for %s as something, and refuses it, of the fleet and of a broker", (option) => {
    expect(paths({ [option]: null, brokers: [A] })).toEqual([option]);
    expect(paths({ brokers: [{ ...A, [option]: null }] })).toEqual([`brokers[0].${option}`]);
  });

  it("leaves what it is given as it is", () => {
    const brokers = Object.freeze([Object.freeze(B), Object.freeze(A)]);

    expect(problemsOf(Object.freeze({ brokers, alternativeAddresses: Object.freeze(["mqtt.example.com"]) }))).toEqual(
      [],
    );
  });

  describe("the authority", () => {
    it.each<[unknown, string]>([
      [undefined, "is required"],
      [null, "is not an authority"],
      ["Plant MQTT CA", "is not an authority"],
    ])("is not %p", (authority, reason) => {
      expect(lines({ authority, brokers: [A] })).toEqual([`authority ${reason}`]);
    });

    it("is refused with all that is wrong with it, each at its path", () => {
      const authority = {
        subject: { country: "USA", organization: "" },
        keyAlgoritm: KeyAlgorithm.RSA_4096,
        keyAlgorithm: KeyAlgorithm.fromName("RSA-1024"),
        duration: Duration.days(0),
      };

      expect(lines({ authority, brokers: [A] }).sort()).toEqual([
        "authority.duration is zero",
        "authority.keyAlgorithm is too weak: clients refuse RSA under 2048 bits",
        "authority.keyAlgoritm is not a known property",
        "authority.subject.country is not two letters",
        "authority.subject.organization is empty",
      ]);
    });

    it("has a subject with at least one attribute", () => {
      expect(lines({ authority: { subject: {} }, brokers: [A] })).toEqual(["authority.subject has no attribute"]);
      expect(lines({ authority: {}, brokers: [A] })).toEqual(["authority.subject is required"]);
    });

    it("has another name than each of the brokers' certificates", () => {
      expect(lines({ authority: { subject: { commonName: "B.example.com" } }, brokers: [A, B, C] })).toEqual([
        "brokers[1].address gives the certificate the subject of its authority: clients cannot tell them apart",
      ]);
    });

    it("is valid for longer than the certificates that it signs", () => {
      const authority = { ...AUTHORITY, duration: Duration.days(400) };
      const brokers = [{ ...A, duration: Duration.days(399) }, { ...B, duration: Duration.days(400) }, C];

      expect(problemsOf({ authority, duration: Duration.days(300), brokers })).toMatchObject([
        {
          path: "brokers[1].duration",
          value: '"400 days"',
          reason: "would outlive its authority, which is valid for 400 days",
          fix: "shorten it, or sign with an authority that is valid for longer",
        },
      ]);
    });

    it("is valid for longer than the certificates that it signs, in hours where those are no whole days", () => {
      const authority = { ...AUTHORITY, duration: Duration.hours(100) };

      expect(lines({ authority, duration: Duration.hours(100), brokers: [A, B] })).toEqual([
        "duration would outlive its authority, which is valid for 100 hours",
      ]);
    });

    it("is valid for longer than the default duration, said once where no duration is given", () => {
      const authority = { ...AUTHORITY, duration: Duration.days(365) };

      expect(problemsOf({ authority, brokers: [A, B, C] })).toMatchObject([
        {
          path: "duration",
          value: '"825 days (the default)"',
          reason: "would outlive its authority, which is valid for 365 days",
          fix: "shorten it, or sign with an authority that is valid for longer",
        },
      ]);
    });
  });

  describe("the custody", () => {
    const outside = "is outside the permitted domains of its authority: plant.example.com";
    const plant = { ...AUTHORITY, permittedDomains: ["plant.example.com"] };
    const D = { address: "d.plant.example.com" };

    it.each([undefined, "state", "machine"])("may be %p", (custody) => {
      expect(problemsOf({ custody, brokers: [A, B] })).toEqual([]);
    });

    it.each<[unknown, string]>([
      ["file", '"file"'],
      [null, "null"],
      [["machine"], "(a list of 1)"],
    ])("is not %p, which is said once", (custody, value) => {
      expect(problemsOf({ custody, brokers: [A, B] })).toMatchObject([
        { path: "custody", value, reason: "is not a custody", fix: 'choose "state" or "machine"' },
      ]);
    });

    it("is looked at, whatever is wrong with the authority", () => {
      expect(paths({ custody: "file", authority: { subject: { country: "USA" } }, brokers: [A] }).sort()).toEqual([
        "authority.subject.country",
        "custody",
      ]);
      expect(paths({ custody: "file", authority: null, brokers: [A] }).sort()).toEqual(["authority", "custody"]);
    });

    it.each(["state", "machine", "file"])("is the fleet's, and no property of its authority: %p", (custody) => {
      expect(lines({ authority: { ...AUTHORITY, custody }, brokers: [A] })).toEqual([
        "authority.custody is not a known property",
      ]);
    });

    it("decides what an authority may say", () => {
      const authority = { ...plant, pathLength: 0 };

      expect(problemsOf({ custody: "machine", authority, brokers: [D] })).toEqual([]);
      expect(paths({ custody: "state", authority, brokers: [D] })).toEqual([
        "authority.permittedDomains",
        "authority.pathLength",
      ]);
      expect(
        lines({
          custody: "machine",
          authority: {
            subject: { emailAddress: "@example.com".padStart(255, "x") },
            duration: Duration.hours(100_001),
            permittedDomains: ["a.b", "*.a.b"],
          },
          brokers: [{ address: "a.b" }],
        }).sort(),
      ).toEqual(["authority.permittedDomains[1] is not a domain"]);
    });

    it.each(["state", "machine"])("has certificates of any whole hours: %s", (custody) => {
      const brokers = [A, { ...B, duration: Duration.hours(50) }, { ...C, duration: Duration.hours(49) }, D];

      expect(problemsOf({ custody, duration: Duration.hours(101), brokers })).toEqual([]);
    });

    it("refuses every address outside of the authority's permitted domains, each at its place", () => {
      const brokers = [
        { address: "e.plant.example.com", alternativeAddresses: ["192.0.2.1", "e.example.org"] },
        A,
        { address: "192.0.2.2" },
        { ...D, alternativeAddresses: ["evilplant.example.com"] },
      ];

      expect(lines({ custody: "machine", authority: plant, brokers })).toEqual([
        `brokers[0].alternativeAddresses[1] ${outside}`,
        `brokers[1].address ${outside}`,
        `brokers[3].alternativeAddresses[0] ${outside}`,
      ]);
    });

    it.each([
      ["", {}],
      [", with a duration of its own", { duration: Duration.days(100) }],
    ])("refuses an alternative address of the whole fleet outside of them in the fleet's list%s", (_how, ofAll) => {
      const alternativeAddresses = ["mqtt.plant.example.com", "mqtt.example.org"];

      expect(
        lines({
          custody: "machine",
          authority: plant,
          alternativeAddresses,
          ...ofAll,
          brokers: [D, { address: "e.plant.example.com", alternativeAddresses: ["f.plant.example.com"] }],
        }),
      ).toEqual([`alternativeAddresses[1] ${outside}`]);
    });

    it("refuses them beside a duration of the whole fleet that is refused", () => {
      const duration = Duration.days(3651);

      expect(paths({ custody: "machine", authority: plant, duration, brokers: [A, D] })).toEqual([
        "duration",
        "brokers[0].address",
      ]);
    });
  });

  describe("the brokers", () => {
    it.each<[unknown]>([[[]], [undefined], [null], ["mqtt-1.example.com"], [{ address: "mqtt-1.example.com" }]])(
      "are at least one, and not %p",
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
      "are objects, and not %p",
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

    it("have the properties of a broker and no others", () => {
      const known =
        "address, alternativeAddresses, ipAddressesAsDnsNames, clientAuth, subject, keyAlgorithm, keyVersion, duration, renewBefore, passwordVariable, passwordVersion, passwordIterations, reloadCommand, forms, keystorePasswordVariable, keystorePasswordVersion, fileOwner, fileGroup, keyMode, folderMode, csrFile, csrPem, signingGeneration, shard";

      expect(problemsOf({ brokers: [A, { ...B, days: 30, ttl: null }] })).toMatchObject([
        { path: "brokers[1].days", value: "30", reason: "is not a known property", fix: `choose from ${known}` },
        { path: "brokers[1].ttl", value: "null", reason: "is not a known property", fix: `choose from ${known}` },
      ]);
    });

    it("have odd names of properties quoted in the path", () => {
      expect(paths({ brokers: [{ ...A, "renew before": 1, "\u001b[31m": 2 }] })).toEqual([
        'brokers[0]."renew before"',
        'brokers[0]."\\u001b[31m"',
      ]);
    });

    it("have an address: a slip of the pen in its name is shown beside that it is missing", () => {
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
    ])("are named by their place where something is wrong with the %s", (_what, broker, expected) => {
      const others = ["x.example.com", "y.example.com", "z.example.com"].map((address) => ({ address }));

      expect(paths({ brokers: [...others, broker] })).toEqual(expected);
    });

    it("are each looked at, whatever is wrong with the others or with the authority", () => {
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

  describe("the same broker twice", () => {
    it.each([
      ["in the same spelling", "mqtt-1.example.com", "mqtt-1.example.com"],
      ["in another letter case", "mqtt-1.example.com", "MQTT-1.Example.com"],
      ["with a trailing dot", "mqtt-1.example.com", "mqtt-1.example.com."],
      ["in punycode", "bücher.example", "xn--bcher-kva.example"],
      ["with an IPv6 address in full", "2001:db8::10", "2001:0DB8:0:0:0:0:0:10"],
      ["as a wildcard", "*.example.com", "*.EXAMPLE.com"],
    ])("is refused %s, with both spellings and both places", (_how, first, second) => {
      expect(problemsOf({ brokers: [A, { address: first }, B, { address: second }] })).toMatchObject([
        {
          path: "brokers[3].address",
          value: `"${second}"`,
          reason: `is the same broker as brokers[1].address, "${first}"`,
          fix: "declare it once",
        },
      ]);
    });

    it("is refused each time after the first", () => {
      expect(lines({ brokers: [A, { address: "A.example.com" }, { address: "a.example.com." }] })).toEqual([
        'brokers[1].address is the same broker as brokers[0].address, "a.example.com"',
        'brokers[2].address is the same broker as brokers[0].address, "a.example.com"',
      ]);
    });

    it("is not refused as an alternative of another broker", () => {
      expect(problemsOf({ brokers: [A, { ...B, alternativeAddresses: ["a.example.com"] }] })).toEqual([]);
    });
  });

  it("refuses two brokers whose files would have the same folder, with both spellings and both places", () => {
    expect(problemsOf({ brokers: [{ address: "2001-DB8--1" }, A, { address: "2001:db8:0::1" }] })).toMatchObject([
      {
        path: "brokers[2].address",
        value: '"2001:db8:0::1"',
        reason: 'has the same folder, 2001-db8--1, as brokers[0].address, "2001-DB8--1"',
        fix: "rename one of them, or put it in another fleet",
      },
    ]);
  });

  describe("options of the whole fleet", () => {
    const ofAll = {
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      duration: Duration.days(100),
      renewBefore: Duration.days(10),
    };

    it("hold for every broker", () => {
      for (const certificate of certificates({ ...ofAll, brokers: [A, B] }).values()) {
        expect(certificate).toMatchObject({
          keyParameters: { algorithm: "ECDSA", ecdsaCurve: "P256" },
          durationHours: 2400,
          renewBeforeHours: 240,
        });
      }
    });

    it("give way to what a broker says of itself, one by one", () => {
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

    it("add up with a broker's own where they are attributes of the subject, and the broker's go first", () => {
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

    it("add up with a broker's own where they are alternative addresses", () => {
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

    it("leave out an alternative address that a broker has already, in whatever spelling", () => {
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

  describe("generations of the authority", () => {
    const FIRST = AUTHORITY;
    const SECOND = { generation: 2, subject: { commonName: "Second CA" } };
    const both = { authority: [FIRST, SECOND], signingGeneration: 1 };

    /** Which generation signs, by address. */
    const signers = (props: AnyProps) => {
      const { brokers, problems } = check(props);
      expect(problems).toEqual([]);
      return Object.fromEntries(brokers.map(({ address, generation }) => [address.text, generation]));
    };

    /** What a generation that is not declared is refused with. */
    const missing = (value: string, signed: string, declared: string) => ({
      path: "signingGeneration",
      value,
      reason: `is not a declared generation, but signs the certificates of ${signed}`,
      fix: `declare it as long as it signs; to remove it, first let another generation sign, and deploy (declared: ${declared})`,
    });

    it("sign for all brokers where one is the fleet's, and for those that name one of their own", () => {
      expect(
        signers({ ...both, brokers: [A, { ...B, signingGeneration: 2 }, { ...C, signingGeneration: 1 }] }),
      ).toEqual({ [A.address]: 1, [B.address]: 2, [C.address]: 1 });
      expect(signers({ ...both, signingGeneration: 2, brokers: [A, { ...B, signingGeneration: 1 }] })).toEqual({
        [A.address]: 2,
        [B.address]: 1,
      });
      expect(signers({ ...both, signingGeneration: 2, brokers: [{ ...A, signingGeneration: undefined }] })).toEqual({
        [A.address]: 2,
      });
    });

    it("need not be named where there is one, whatever its number", () => {
      expect(signers({ brokers: [A] })).toEqual({ [A.address]: 1 });
      expect(signers({ authority: SECOND, brokers: [A] })).toEqual({ [A.address]: 2 });
      expect(signers({ authority: [SECOND], brokers: [A] })).toEqual({ [A.address]: 2 });
    });

    it("need to be named where there are several, though each broker does", () => {
      const brokers = [{ ...A, signingGeneration: 2 }];
      const { signingGeneration: _, ...unnamed } = both;

      expect(problemsOf({ ...unnamed, brokers })).toMatchObject([
        {
          path: "signingGeneration",
          value: "undefined",
          reason: "is required, because there are generations 1 and 2",
          fix: "write signingGeneration: 1, for example",
          code: "signingGeneration/required",
        },
      ]);
      const third = { generation: 3, subject: { commonName: "Third CA" } };
      expect(lines({ authority: [third, SECOND, FIRST], brokers })).toEqual([
        "signingGeneration is required, because there are generations 1, 2 and 3",
      ]);
    });

    it("are not dropped before another signs: a problem for each, with the brokers in the order of their addresses", () => {
      const brokers = [C, { ...B, signingGeneration: 3 }, A];

      expect(problemsOf({ authority: SECOND, signingGeneration: 1, brokers })).toMatchObject([
        missing("1", "a.example.com and c.example.com", "2"),
        missing("3", "b.example.com", "2"),
      ]);
    });

    it("are missing for twenty brokers, whose names are shown, and for more, whose number is", () => {
      const brokers = (count: number) =>
        Array.from({ length: count }, (_, index) => ({ address: `b${100 + index}.example.com`, signingGeneration: 3 }));
      const shown = (...numbers: number[]) => numbers.map((number) => `b${number}.example.com`);
      const names = shown(...Array.from({ length: 19 }, (_, index) => 100 + index)).join(", ");

      expect(problemsOf({ ...both, brokers: brokers(20) })).toMatchObject([
        missing("3", `${names} and b119.example.com`, "1 and 2"),
      ]);
      expect(problemsOf({ ...both, brokers: brokers(21).reverse() })).toMatchObject([
        missing("3", `${names}, b119.example.com and 1 more`, "1 and 2"),
      ]);
    });

    it.each<[unknown, string]>([
      [null, "null"],
      ["1", '"1"'],
      [1.5, "1.5"],
      [0, "0"],
      [[1], "(a list of 1)"],
    ])("are no %p", (signingGeneration, value) => {
      expect(problemsOf({ ...both, brokers: [{ ...A, signingGeneration }, B] })).toMatchObject([
        missing(value, A.address, "1 and 2"),
      ]);
    });

    it("judge the certificates that they sign, and no others", () => {
      const limited = { ...SECOND, duration: Duration.days(400), permittedDomains: ["b.example.com"] };
      const fleet = { ...both, custody: "machine", authority: [FIRST, limited] };
      const byTheSecond = (broker: AnyProps) => ({ ...broker, signingGeneration: 2 });
      const named = { ...SECOND, subject: { commonName: B.address } };

      expect(lines({ ...fleet, brokers: [A, byTheSecond({ ...B, duration: Duration.days(399) })] })).toEqual([]);
      expect(lines({ ...fleet, brokers: [A, byTheSecond({ ...C, duration: Duration.days(400) })] })).toEqual([
        "brokers[1].duration would outlive its authority, which is valid for 400 days",
        expect.stringMatching(/^brokers\[1\]\.address /),
      ]);
      expect(lines({ ...both, authority: [FIRST, named], brokers: [A, B] })).toEqual([]);
      expect(lines({ ...both, authority: [FIRST, named], brokers: [A, byTheSecond(B)] })).toEqual([
        "brokers[1].address gives the certificate the subject of its authority: clients cannot tell them apart",
      ]);
    });

    it("are the same in any order", () => {
      const third = { generation: 3, subject: { commonName: "Third CA" } };
      const brokers = [A, { ...B, signingGeneration: 3 }];

      for (const authority of permutations([FIRST, SECOND, third])) {
        expect(check({ authority, signingGeneration: 2, brokers })).toEqual(
          check({ authority: [FIRST, SECOND, third], signingGeneration: 2, brokers }),
        );
      }
    });

    it("are refused with all that is wrong, beside what is wrong with brokers", () => {
      expect(
        lines({
          authority: [{ ...SECOND, generation: 1.5 }, { ...FIRST, days: 3 }, { subject: { country: "USA" } }],
          brokers: [{ ...A, signingGeneration: 4 }, { address: "b_c" }],
        }).sort(),
      ).toEqual([
        "authority[0].generation is not the number of a generation",
        "authority[1].days is not a known property",
        "authority[2].generation is used twice",
        "authority[2].subject.country is not two letters",
        "brokers[1].address has an underscore, which Java clients refuse",
        "signingGeneration is not a declared generation, but signs the certificates of a.example.com",
        "signingGeneration is required, because there are generations 1 and 1.5",
      ]);
    });
  });

  describe("versions of keys", () => {
    const { pem } = makeRequest({ subject: { CN: B.address }, names: [`DNS:${B.address}`] });

    /** Which version each broker's key has, by address. */
    const versions = (props: AnyProps) =>
      Object.fromEntries([...certificates(props)].map(([address, { keyVersion }]) => [address, keyVersion]));

    it("are the fleet's, or the broker's own, or the first", () => {
      const brokers = [A, { ...B, keyVersion: 3 }, { ...C, keyVersion: undefined }];

      expect(versions({ brokers })).toEqual({ [A.address]: 1, [B.address]: 3, [C.address]: 1 });
      expect(versions({ keyVersion: 2, brokers })).toEqual({ [A.address]: 2, [B.address]: 3, [C.address]: 2 });
      expect(versions({ keyVersion: 2, brokers: [{ ...A, keyVersion: 1 }] })).toEqual({ [A.address]: 1 });
    });

    it("are not of a broker that made its own key", () => {
      const brokers = [A, { ...B, csrPem: pem }];

      expect(check({ keyVersion: 2, brokers }).brokers.map(({ spec }) => spec?.keyVersion)).toEqual([2, 1]);
      expect(problemsOf({ brokers: [A, { ...B, csrPem: pem, keyVersion: 2 }] })).toMatchObject([
        {
          path: "brokers[1].keyVersion",
          value: "2",
          reason: "is for a key that is made here, but this broker made its own key",
          fix: "leave it out; for a new key, bring a new request",
        },
      ]);
    });

    it("are refused once, where they are declared", () => {
      expect(lines({ keyVersion: 0, brokers: [A, B, { ...C, keyVersion: "2" }] })).toEqual([
        "keyVersion is not a version",
        "brokers[2].keyVersion is not a version",
      ]);
    });
  });

  describe("passwords", () => {
    const fleet = { passwordVariable: "fleet", passwordVersion: 3 };
    const iterations = 2048;
    const { pem } = makeRequest({ subject: { CN: B.address }, names: [`DNS:${B.address}`] });

    /** What each broker's password is, by address. */
    const passwords = (props: AnyProps) =>
      Object.fromEntries([...certificates(props)].map(([address, { password }]) => [address, password]));

    it("are the fleet's, where a broker says nothing else", () => {
      expect(
        passwords({ ...fleet, brokers: [A, { ...B, passwordVariable: undefined, passwordVersion: undefined }] }),
      ).toEqual({
        [A.address]: { variable: "fleet", version: 3, iterations },
        [B.address]: { variable: "fleet", version: 3, iterations },
      });
    });

    it("are of another version where a broker says so", () => {
      expect(passwords({ ...fleet, brokers: [A, { ...B, passwordVersion: 4 }] })).toEqual({
        [A.address]: { variable: "fleet", version: 3, iterations },
        [B.address]: { variable: "fleet", version: 4, iterations },
      });
    });

    it("are the broker's own where it has a variable, and the fleet's version is not of that", () => {
      const brokers = [
        { ...A, passwordVariable: "own" },
        { ...B, passwordVariable: "own", passwordVersion: 7 },
        { ...C, passwordVariable: "fleet" },
      ];

      expect(passwords({ ...fleet, brokers })).toEqual({
        [A.address]: { variable: "own", version: 1, iterations },
        [B.address]: { variable: "own", version: 7, iterations },
        [C.address]: { variable: "fleet", version: 1, iterations },
      });
    });

    it("are none where a broker says so, or where nobody has one", () => {
      expect(passwords({ ...fleet, brokers: [{ ...A, passwordVariable: false }] })).toEqual({ [A.address]: undefined });
      expect(passwords({ passwordVariable: false, brokers: [A] })).toEqual({ [A.address]: undefined });
    });

    it("are a broker's own where the fleet has none", () => {
      expect(passwords({ passwordVariable: false, brokers: [A, { ...B, passwordVariable: "own" }] })).toEqual({
        [A.address]: undefined,
        [B.address]: { variable: "own", version: 1, iterations },
      });
    });

    it("are not of a broker that made its own key", () => {
      expect(passwords({ ...fleet, brokers: [A, { ...B, csrPem: pem }] })).toEqual({
        [A.address]: { variable: "fleet", version: 3, iterations },
        [B.address]: undefined,
      });
    });

    it.each<[string, AnyProps, string[]]>([
      ["no variable", { passwordVersion: 2, brokers: [A, B] }, ["passwordVersion is set, but there is no password"]],
      [
        "no variable, at a broker",
        { brokers: [A, { ...B, passwordVersion: 2 }] },
        ["brokers[1].passwordVersion is set, but there is no password"],
      ],
      [
        "the fleet's variable, which the broker does not want",
        { ...fleet, brokers: [A, { ...B, passwordVariable: false, passwordVersion: 2 }] },
        ["brokers[1].passwordVersion is set, but there is no password"],
      ],
      [
        "the fleet's variable, which is none",
        { passwordVariable: "s3cret!", brokers: [A, { ...B, passwordVersion: 2 }] },
        ["passwordVariable is not the name of a Terraform variable"],
      ],
    ])("are refused where a version is of %s", (_what, props, expected) => {
      expect(lines(props)).toEqual(expected);
    });

    it("are hashed as often as the fleet says, unless a broker says another number or has none", () => {
      const brokers = [
        A,
        { ...B, passwordIterations: 5000 },
        { ...C, passwordVariable: false },
        { address: "d.example.com", passwordVariable: "own" },
      ];

      expect(passwords({ ...fleet, passwordIterations: 600_000, brokers })).toEqual({
        [A.address]: { variable: "fleet", version: 3, iterations: 600_000 },
        [B.address]: { variable: "fleet", version: 3, iterations: 5000 },
        [C.address]: undefined,
        "d.example.com": { variable: "own", version: 1, iterations: 600_000 },
      });
      expect(
        passwords({ ...fleet, passwordIterations: 600_000, brokers: [{ ...B, csrPem: pem }] })[B.address],
      ).toBeUndefined();
    });

    it.each<[string, AnyProps, string[]]>([
      [
        "out of bounds, once for the whole fleet",
        { ...fleet, passwordIterations: 999, brokers: [A, B] },
        ["passwordIterations is not a whole number from 1000 to 10000000"],
      ],
      [
        "out of bounds, at a broker",
        { ...fleet, brokers: [A, { ...B, passwordIterations: 10_000_001 }] },
        ["brokers[1].passwordIterations is not a whole number from 1000 to 10000000"],
      ],
      [
        "of no password",
        { passwordIterations: 2048, brokers: [A, B] },
        ["passwordIterations is set, but there is no password"],
      ],
      [
        "of no password, at a broker",
        { ...fleet, brokers: [A, { ...B, passwordVariable: false, passwordIterations: 2048 }] },
        ["brokers[1].passwordIterations is set, but there is no password"],
      ],
      [
        "of a variable that is none",
        { passwordVariable: "s3cret!", brokers: [A, { ...B, passwordIterations: 5000 }] },
        ["passwordVariable is not the name of a Terraform variable"],
      ],
    ])("are refused where iterations are %s", (_what, props, expected) => {
      expect(lines(props)).toEqual(expected);
    });

    it("are refused once, where they are declared", () => {
      expect(lines({ passwordVariable: "s3cret!", passwordVersion: 0, brokers: [A, B] }).sort()).toEqual([
        "passwordVariable is not the name of a Terraform variable",
        "passwordVersion is not a version",
      ]);
      expect(
        lines({ ...fleet, brokers: [A, { ...B, passwordVariable: "a-b" }, { ...C, passwordVersion: 0 }] }),
      ).toEqual([
        "brokers[1].passwordVariable is not the name of a Terraform variable",
        "brokers[2].passwordVersion is not a version",
      ]);
    });

    it("of an authority are refused at the authority", () => {
      const authority = { ...AUTHORITY, passwordVariable: "s3cret!", passwordVersion: 0 };

      expect(paths({ authority, brokers: [A] }).sort()).toEqual([
        "authority.passwordVariable",
        "authority.passwordVersion",
      ]);
    });

    it.each([
      ["passwordVariable", "own"],
      ["passwordVersion", 2],
      ["passwordIterations", 2048],
    ])("of a broker that made its own key are refused: %s", (name, value) => {
      const own = { ...B, csrPem: pem, [name]: value };

      expect(paths({ ...fleet, brokers: [A, own] })).toContain(`brokers[1].${name}`);
    });

    it("that may stand in place of a variable's name are never shown", () => {
      const problems = problemsOf({
        passwordVariable: "s3cret-1",
        authority: { ...AUTHORITY, passwordVariable: "s3cret-2" },
        brokers: [
          { ...A, passwordVariable: "s3cret-3" },
          { ...B, csrPem: pem, passwordVariable: "s3cret-4" },
        ],
      });

      expect(new Set(problems.map(({ path }) => path))).toEqual(
        new Set([
          "passwordVariable",
          "authority.passwordVariable",
          "brokers[0].passwordVariable",
          "brokers[1].passwordVariable",
        ]),
      );
      expect(JSON.stringify(problems)).not.toContain("s3cret");
    });
  });

  describe("requests", () => {
    const ofB = { subject: { O: "Example Ltd", CN: B.address }, names: [`DNS:${B.address}`, "DNS:mqtt.example.com"] };
    const fleet = { subject: { organization: "Example Ltd" }, alternativeAddresses: ["mqtt.example.com"] };

    it("are for what fleet and broker declare together", () => {
      const { pem } = makeRequest(ofB);

      expect(problemsOf({ ...fleet, brokers: [A, { ...B, csrPem: pem }] })).toEqual([]);
      expect(paths({ ...fleet, brokers: [{ ...A, csrPem: pem }, B] })).toEqual(["brokers[0].csrPem"]);
    });

    it("are told how to be made with all that the fleet declares", () => {
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

    it("are asked of a broker alone", () => {
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

  describe("undefined, given at a broker", () => {
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
    ])("leaves the fleet's %s in force", (_what, own) => {
      expect(certificates({ ...ofAll, brokers: [{ ...A, ...own }] }).get("a.example.com")).toMatchObject(asOfAll);
    });

    it("leaves the default in force where the fleet has nothing to say", () => {
      const own = { duration: undefined, keyAlgorithm: undefined, renewBefore: undefined, subject: undefined };

      expect(certificates({ ...own, brokers: [{ ...A, ...own }] }).get("a.example.com")).toMatchObject({
        keyParameters: { algorithm: "RSA", rsaBits: 2048 },
        durationHours: 825 * 24,
        renewBeforeHours: 90 * 24,
        subject: { attributes: { commonName: "a.example.com" } },
      });
    });

    it("does not make the fleet's mistake one of the broker", () => {
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

  describe("a list of alternative addresses that is none", () => {
    const notAList = { reason: "is not a list", fix: 'write it as in ["mqtt.example.com"]' };

    it.each<[unknown, string]>([
      ["mqtt.example.com", '"mqtt.example.com"'],
      [42, "42"],
      [{ 0: "mqtt.example.com" }, "(an object)"],
      [new Set(["mqtt.example.com"]), "(an object)"],
    ])("is refused, once at the fleet or at its broker: %p", (given, value) => {
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
    });

    it("is refused at both where it is none at both", () => {
      expect(paths({ alternativeAddresses: "x", brokers: [{ ...A, alternativeAddresses: "y" }] })).toEqual([
        "alternativeAddresses",
        "brokers[0].alternativeAddresses",
      ]);
    });
  });

  describe("a subject that is none", () => {
    const notASubject = {
      reason: "is not a set of attributes",
      fix: 'write it as in { organization: "Example Ltd" }',
    };

    it.each<[unknown, string]>([
      ["O=Example Ltd", '"O=Example Ltd"'],
      [42, "42"],
      [[], "[]"],
      [[{ organization: "Example Ltd" }], "(a list of 1)"],
    ])("is refused, once at the fleet or at its broker: %p", (given, value) => {
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

    it("is refused at both where it is none at both", () => {
      expect(paths({ subject: "x", brokers: [{ ...A, subject: "y" }] })).toEqual(["subject", "brokers[0].subject"]);
    });
  });

  describe("a mistake in an option of the whole fleet", () => {
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
    ])("is reported once, and not at each broker: %j", (options, expected) => {
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
    ])("is reported once where every broker says otherwise, too: %j, and %j at each", (options, own, expected) => {
      const brokers = [A, B, C].map((broker) => ({ ...broker, ...own }));

      expect(lines({ ...options, brokers })).toEqual([expected]);
    });

    it("is reported where there is no broker, too", () => {
      expect(paths({ duration: Duration.days(0), subject: { country: "USA" }, brokers: [] }).sort()).toEqual([
        "brokers",
        "duration",
        "subject.country",
      ]);
    });

    it("does not keep what is wrong with a broker's own option from being reported", () => {
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

    it("is an address given twice in its list, whatever a broker has of that list already", () => {
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

    it("is not an address given twice in a broker's list, which has its place there", () => {
      const brokers = [A, { ...B, alternativeAddresses: ["b1", "mqtt.example.com", "MQTT.example.com"] }];

      expect(lines({ alternativeAddresses: ["x.example.com", "mqtt.example.com"], brokers })).toEqual([
        'brokers[1].alternativeAddresses[2] is the same as "mqtt.example.com", earlier in the list',
      ]);
    });

    it("has its place in the fleet's list, whatever alternatives a broker has of its own", () => {
      const brokers = [A, { ...B, alternativeAddresses: ["b1", "b2", "b3"] }, { ...C, alternativeAddresses: ["c1"] }];

      expect(lines({ alternativeAddresses: ["ab", "a_b"], brokers })).toEqual([
        "alternativeAddresses[1] has an underscore, which Java clients refuse",
      ]);
    });

    it("has its place in the fleet's list, whatever a broker has of that list already", () => {
      expect(lines({ alternativeAddresses: ["a.example.com", "a_b"], brokers: [A, B] })).toEqual([
        "alternativeAddresses[1] has an underscore, which Java clients refuse",
      ]);
    });

    it("is reported beside a broker whose address is none either", () => {
      expect(paths({ alternativeAddresses: ["c_d"], brokers: [{ address: "a_b" }] }).sort()).toEqual([
        "alternativeAddresses[0]",
        "brokers[0].address",
      ]);
    });

    it("is not one of a broker that says otherwise", () => {
      const brokers = [A, { ...B, subject: { country: "DE" }, keyAlgorithm: KeyAlgorithm.ED25519 }];

      expect(
        lines({ subject: { country: "USA" }, keyAlgorithm: KeyAlgorithm.fromName("DSA"), brokers }).sort(),
      ).toEqual(["keyAlgorithm is not a supported key algorithm", "subject.country is not two letters"]);
    });

    it("is not taken for a broker's own, and a broker's own not for the fleet's", () => {
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

    it("is none where only a broker's own duration is too short for the fleet's time to renew", () => {
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

  describe("its result", () => {
    const brokers = [
      { address: "mqtt-10.example.com", duration: Duration.days(10) },
      { address: "MQTT-2.example.com", duration: Duration.days(2) },
      { address: "192.0.2.10", duration: Duration.days(3) },
      { address: "2001:db8::10", duration: Duration.days(4) },
      { address: "*.example.com", duration: Duration.days(5) },
    ];

    it("has the brokers in the order of their addresses", () => {
      expect(check({ brokers }).brokers.map(({ address }) => address.text)).toEqual([
        "*.example.com",
        "192.0.2.10",
        "2001:db8::10",
        "mqtt-10.example.com",
        "mqtt-2.example.com",
      ]);
    });

    it("is the same, whatever order they are declared in", () => {
      const result = (declared: AnyProps[]): unknown =>
        check({ brokers: declared }).brokers.map(({ address, spec }) => [address.text, spec]);

      for (const declared of permutations(brokers)) {
        expect(result(declared)).toEqual(result(brokers));
      }
    });

    it("says which place each has in the declaration", () => {
      expect(check({ brokers }).brokers.map(({ index }) => index)).toEqual([4, 2, 3, 0, 1]);
    });
  });

  it("reports all that is wrong, in the whole fleet and at every broker, in one go", () => {
    const found = lines({
      authority: { subject: { country: "USA" }, days: 10 },
      subject: { organization: "x".repeat(65) },
      keyAlgorithm: KeyAlgorithm.fromName("RSA-1024"),
      alternativeAddresses: ["mqtt.example.com:8883"],
      brokers: [
        { address: "mqtts://a.example.com:8883" },
        { adress: "b.example.com" },
        "c.example.com",
        { address: "d.example.com", subject: { country: "GER" }, duration: Duration.days(NaN) },
        { address: "D.example.com", renewBefore: Duration.days(1000) },
        { address: "10.0.0.0/8", alternativeAddresses: ["10.0.0.1", "::"] },
      ],
    });

    expect(found.sort()).toEqual([
      "alternativeAddresses[0] has a port",
      "authority.days is not a known property",
      "authority.subject.country is not two letters",
      "brokers[0].address has a scheme",
      "brokers[1].address is required",
      "brokers[1].adress is not a known property",
      "brokers[2] is not a broker",
      "brokers[3].duration is not a number",
      "brokers[3].subject.country is not two letters",
      'brokers[4].address is the same broker as brokers[3].address, "d.example.com"',
      "brokers[4].renewBefore is not shorter than the duration, 825 days: every deployment would renew the certificate",
      "brokers[5].address is a network",
      "brokers[5].alternativeAddresses[1] is an address to listen on, not one to dial",
      "keyAlgorithm is too weak: clients refuse RSA under 2048 bits",
      "subject.organization is 65 characters long",
    ]);
  });

  it("reports the problems of a thousand brokers, each at its own place", () => {
    const brokers = Array.from({ length: 1000 }, (_, index) => ({ address: `mqtt_${index}.example.com` }));

    expect(paths({ brokers })).toEqual(brokers.map((_, index) => `brokers[${index}].address`));
  });
});

describe("who gets at the files of a fleet", () => {
  const machine = { authority: AUTHORITY, custody: "machine" };

  it("are the fleet's word and a broker's own", () => {
    const { brokers } = check({
      ...machine,
      fileGroup: "plant",
      brokers: [A, { ...B, fileGroup: "1883", keyMode: "0440" }],
    });

    expect(brokers.map(({ spec }) => spec?.access)).toEqual([
      { owner: undefined, group: "plant", keyMode: "0640", folderMode: "0750" },
      { owner: undefined, group: "1883", keyMode: "0440", folderMode: "0750" },
    ]);
  });

  it("are refused in what the local provider cannot set, where it is declared", () => {
    const props = { authority: AUTHORITY, fileOwner: "a", brokers: [A, { ...B, fileGroup: "b", folderMode: "0710" }] };

    expect(paths(props).sort()).toEqual(["brokers[1].fileGroup", "brokers[1].folderMode", "fileOwner"]);
    expect(paths({ authority: AUTHORITY, keyMode: "0640", directoryMode: "0711", brokers: [A] })).toEqual([]);
  });

  it.each([
    ["0777", "is not allowed"],
    ["x", "is not a file mode"],
    ["0700", "keeps the fileOwner or fileGroup of a.example.com out"],
  ])("are refused with a directory of mode %s", (directoryMode, reason) => {
    expect(problemsOf({ ...machine, directoryMode, brokers: [{ ...A, fileGroup: "plant" }] })).toMatchObject([
      { path: "directoryMode", reason: expect.stringContaining(reason) as string },
    ]);
  });
});
