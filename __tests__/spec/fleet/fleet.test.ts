import { Duration } from "../../../lib/values/duration";
import { KeyAlgorithm } from "../../../lib/values/key-algorithm";
import { type AnyProps, AUTHORITY, check, problemsOf, lines, paths, permutations, A, B, C } from "./support";

describe("readFleet", () => {
  it("readFleet finds no problem with an authority and addresses alone", () => {
    const { brokers, problems } = check({
      brokers: [A, { address: "192.0.2.10" }, { address: "2001:db8::10" }, { address: "*.plant.example.com" }],
    });

    expect(problems).toEqual([]);
    expect(brokers).toHaveLength(4);
  });

  describe("defaults", () => {
    const authority = { ...AUTHORITY, duration: Duration.days(400) };

    it("readFleet does not check a default that no broker has", () => {
      expect(problemsOf({ authority, brokers: [{ ...A, duration: Duration.days(30) }] })).toEqual([]);
      expect(
        problemsOf({ renewBefore: Duration.days(900), brokers: [{ ...A, duration: Duration.days(1000) }] }),
      ).toEqual([]);
    });

    it("readFleet checks a default once for all brokers that have it", () => {
      expect(lines({ authority, brokers: [A, B, { ...C, duration: Duration.days(30) }] })).toEqual([
        "duration would outlive its authority, which is valid for 400 days",
      ]);
    });

    it("readFleet does not apply the default duration instead of a refused one", () => {
      const duration = Duration.days(-1);

      expect(paths({ duration, renewBefore: Duration.days(900), brokers: [A, B] })).toEqual(["duration"]);
    });
  });

  it.each([
    ...["alternativeAddresses", "subject", "keyAlgorithm", "keyVersion", "duration", "renewBefore"],
    "passwordVariable",
  ])("readFleet refuses null for %s, of the fleet and of a broker", (option) => {
    expect(paths({ [option]: null, brokers: [A] })).toEqual([option]);
    expect(paths({ brokers: [{ ...A, [option]: null }] })).toEqual([`brokers[0].${option}`]);
  });

  it("readFleet does not change its props", () => {
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
    ])("readFleet refuses %p as an authority", (authority, reason) => {
      expect(lines({ authority, brokers: [A] })).toEqual([`authority ${reason}`]);
    });

    it("readFleet reports every problem of the authority, each at its path", () => {
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

    it("readFleet requires a subject with at least one attribute", () => {
      expect(lines({ authority: { subject: {} }, brokers: [A] })).toEqual(["authority.subject has no attribute"]);
      expect(lines({ authority: {}, brokers: [A] })).toEqual(["authority.subject is required"]);
    });

    it("readFleet requires another name for the authority than for each broker's certificate", () => {
      expect(lines({ authority: { subject: { commonName: "B.example.com" } }, brokers: [A, B, C] })).toEqual([
        "brokers[1].address gives the certificate the subject of its authority: clients cannot tell them apart",
      ]);
    });

    it("readFleet requires an authority that is valid for longer than its certificates", () => {
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

    it("readFleet compares durations in hours if they are not whole days", () => {
      const authority = { ...AUTHORITY, duration: Duration.hours(100) };

      expect(lines({ authority, duration: Duration.hours(100), brokers: [A, B] })).toEqual([
        "duration would outlive its authority, which is valid for 100 hours",
      ]);
    });

    it("readFleet reports an authority that is shorter than the default duration once", () => {
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

    it.each([undefined, "state", "machine"])("readFleet accepts the custody %p", (custody) => {
      expect(problemsOf({ custody, brokers: [A, B] })).toEqual([]);
    });

    it.each<[unknown, string]>([
      ["file", '"file"'],
      [null, "null"],
      [["machine"], "(a list of 1)"],
    ])("readFleet refuses the custody %p once", (custody, value) => {
      expect(problemsOf({ custody, brokers: [A, B] })).toMatchObject([
        { path: "custody", value, reason: "is not a custody", fix: 'choose "state" or "machine"' },
      ]);
    });

    it("readFleet checks the custody in spite of problems with the authority", () => {
      expect(paths({ custody: "file", authority: { subject: { country: "USA" } }, brokers: [A] }).sort()).toEqual([
        "authority.subject.country",
        "custody",
      ]);
      expect(paths({ custody: "file", authority: null, brokers: [A] }).sort()).toEqual(["authority", "custody"]);
    });

    it.each(["state", "machine", "file"])("readFleet refuses a custody in the authority: %p", (custody) => {
      expect(lines({ authority: { ...AUTHORITY, custody }, brokers: [A] })).toEqual([
        "authority.custody is not a known property",
      ]);
    });

    it("readFleet checks the authority's options by the custody", () => {
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

    it.each(["state", "machine"])("readFleet accepts certificates of any whole hours: %s", (custody) => {
      const brokers = [A, { ...B, duration: Duration.hours(50) }, { ...C, duration: Duration.hours(49) }, D];

      expect(problemsOf({ custody, duration: Duration.hours(101), brokers })).toEqual([]);
    });

    it("readFleet refuses every address outside the authority's permitted domains, each at its place", () => {
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
      [", with its own duration", { duration: Duration.days(100) }],
    ])(
      "readFleet refuses an alternative address outside the permitted domains in the fleet's list%s",
      (_how, ofAll) => {
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
      },
    );

    it("readFleet refuses addresses outside the permitted domains and a duration of the fleet together", () => {
      const duration = Duration.days(3651);

      expect(paths({ custody: "machine", authority: plant, duration, brokers: [A, D] })).toEqual([
        "duration",
        "brokers[0].address",
      ]);
    });
  });

  describe("the result", () => {
    const brokers = [
      { address: "mqtt-10.example.com", duration: Duration.days(10) },
      { address: "MQTT-2.example.com", duration: Duration.days(2) },
      { address: "192.0.2.10", duration: Duration.days(3) },
      { address: "2001:db8::10", duration: Duration.days(4) },
      { address: "*.example.com", duration: Duration.days(5) },
    ];

    it("readFleet sorts the brokers by their addresses", () => {
      expect(check({ brokers }).brokers.map(({ address }) => address.text)).toEqual([
        "*.example.com",
        "192.0.2.10",
        "2001:db8::10",
        "mqtt-10.example.com",
        "mqtt-2.example.com",
      ]);
    });

    it("readFleet gives the same result in any order of declaration", () => {
      const result = (declared: AnyProps[]): unknown =>
        check({ brokers: declared }).brokers.map(({ address, spec }) => [address.text, spec]);

      for (const declared of permutations(brokers)) {
        expect(result(declared)).toEqual(result(brokers));
      }
    });

    it("readFleet keeps the index of each broker in the declaration", () => {
      expect(check({ brokers }).brokers.map(({ index }) => index)).toEqual([4, 2, 3, 0, 1]);
    });
  });

  it("readFleet reports all problems of the fleet and of every broker at once", () => {
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

  it("readFleet reports the problems of a thousand brokers, each at its own place", () => {
    const brokers = Array.from({ length: 1000 }, (_, index) => ({ address: `mqtt_${index}.example.com` }));

    expect(paths({ brokers })).toEqual(brokers.map((_, index) => `brokers[${index}].address`));
  });
});
