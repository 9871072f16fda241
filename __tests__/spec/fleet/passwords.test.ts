import { makeRequest } from "../../support/requests";
import { type AnyProps, AUTHORITY, check, problemsOf, lines, paths, certificates, A, B, C } from "./support";

describe("readFleet", () => {
  describe("versions of keys", () => {
    const { pem } = makeRequest({ subject: { CN: B.address }, names: [`DNS:${B.address}`] });

    /** Which version each broker's key has, by address. */
    const versions = (props: AnyProps) =>
      Object.fromEntries([...certificates(props)].map(([address, { keyVersion }]) => [address, keyVersion]));

    it("readFleet takes a key version from the broker, the fleet or the default", () => {
      const brokers = [A, { ...B, keyVersion: 3 }, { ...C, keyVersion: undefined }];

      expect(versions({ brokers })).toEqual({ [A.address]: 1, [B.address]: 3, [C.address]: 1 });
      expect(versions({ keyVersion: 2, brokers })).toEqual({ [A.address]: 2, [B.address]: 3, [C.address]: 2 });
      expect(versions({ keyVersion: 2, brokers: [{ ...A, keyVersion: 1 }] })).toEqual({ [A.address]: 1 });
    });

    it("readFleet applies no key version to a broker with a request", () => {
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

    it("readFleet refuses a key version once, at its declaration", () => {
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

    it("readFleet applies the fleet's password to every broker by default", () => {
      expect(
        passwords({ ...fleet, brokers: [A, { ...B, passwordVariable: undefined, passwordVersion: undefined }] }),
      ).toEqual({
        [A.address]: { variable: "fleet", version: 3, iterations },
        [B.address]: { variable: "fleet", version: 3, iterations },
      });
    });

    it("readFleet applies a broker's own password version", () => {
      expect(passwords({ ...fleet, brokers: [A, { ...B, passwordVersion: 4 }] })).toEqual({
        [A.address]: { variable: "fleet", version: 3, iterations },
        [B.address]: { variable: "fleet", version: 4, iterations },
      });
    });

    it("readFleet applies a broker's own password variable without the fleet's version", () => {
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

    it("readFleet gives a broker no password if it declares false, or if none is declared", () => {
      expect(passwords({ ...fleet, brokers: [{ ...A, passwordVariable: false }] })).toEqual({ [A.address]: undefined });
      expect(passwords({ passwordVariable: false, brokers: [A] })).toEqual({ [A.address]: undefined });
    });

    it("readFleet applies a broker's own password if the fleet has none", () => {
      expect(passwords({ passwordVariable: false, brokers: [A, { ...B, passwordVariable: "own" }] })).toEqual({
        [A.address]: undefined,
        [B.address]: { variable: "own", version: 1, iterations },
      });
    });

    it("readFleet applies no password to a broker with a request", () => {
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
    ])("readFleet refuses a password version of %s", (_what, props, expected) => {
      expect(lines(props)).toEqual(expected);
    });

    it("readFleet applies the fleet's iterations, unless a broker has its own number or no password", () => {
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
    ])("readFleet refuses iterations that are %s", (_what, props, expected) => {
      expect(lines(props)).toEqual(expected);
    });

    it("readFleet refuses a password once, at its declaration", () => {
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

    it("readFleet refuses a password of an authority at the authority", () => {
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
    ])("readFleet refuses a password of a broker with a request: %s", (name, value) => {
      const own = { ...B, csrPem: pem, [name]: value };

      expect(paths({ ...fleet, brokers: [A, own] })).toContain(`brokers[1].${name}`);
    });

    it("readFleet never shows a password that is given instead of a variable's name", () => {
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
});
