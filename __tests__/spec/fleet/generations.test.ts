import { Duration } from "../../../lib/values/duration";
import { type AnyProps, AUTHORITY, check, problemsOf, lines, permutations, A, B, C } from "./support";

describe("readFleet", () => {
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

    it("readFleet lets the fleet's generation sign, or the one that a broker names", () => {
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

    it("readFleet needs no signingGeneration with one generation of any number", () => {
      expect(signers({ brokers: [A] })).toEqual({ [A.address]: 1 });
      expect(signers({ authority: SECOND, brokers: [A] })).toEqual({ [A.address]: 2 });
      expect(signers({ authority: [SECOND], brokers: [A] })).toEqual({ [A.address]: 2 });
    });

    it("readFleet needs a signingGeneration with several generations, even if each broker has one", () => {
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

    it("readFleet reports each missing generation that signs, with its brokers in the order of their addresses", () => {
      const brokers = [C, { ...B, signingGeneration: 3 }, A];

      expect(problemsOf({ authority: SECOND, signingGeneration: 1, brokers })).toMatchObject([
        missing("1", "a.example.com and c.example.com", "2"),
        missing("3", "b.example.com", "2"),
      ]);
    });

    it("readFleet names up to twenty brokers of a missing generation, and counts the others", () => {
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
    ])("readFleet refuses a generation %p", (signingGeneration, value) => {
      expect(problemsOf({ ...both, brokers: [{ ...A, signingGeneration }, B] })).toMatchObject([
        missing(value, A.address, "1 and 2"),
      ]);
    });

    it("readFleet checks a generation only against the certificates that it signs", () => {
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

    it("readFleet gives the same result for generations in any order", () => {
      const third = { generation: 3, subject: { commonName: "Third CA" } };
      const brokers = [A, { ...B, signingGeneration: 3 }];

      for (const authority of permutations([FIRST, SECOND, third])) {
        expect(check({ authority, signingGeneration: 2, brokers })).toEqual(
          check({ authority: [FIRST, SECOND, third], signingGeneration: 2, brokers }),
        );
      }
    });

    it("readFleet reports all problems of generations together with those of brokers", () => {
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
});
