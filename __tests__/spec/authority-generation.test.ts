import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Problems, type Problem } from "../../lib/errors";
import { type DeclaredGeneration, readGenerations } from "../../lib/spec/authority-generation";
import type { AuthorityGenerationProps } from "../../lib/spec/fleet-props";
import { CertificateAuthoritySpec } from "../../lib/spec/certificate-authority-spec";
import type { Custody } from "../../lib/values/custody";
import { Duration } from "../../lib/values/duration";
import { ImportedAuthoritySpec } from "../../lib/spec/imported-authority-spec";
import { KeyAlgorithm } from "../../lib/values/key-algorithm";
import { makeAuthority } from "../support/authorities";

const FIRST = { subject: { commonName: "First CA" } };
const SECOND = { generation: 2, subject: { commonName: "Second CA" } };
const THIRD = { generation: 3, subject: { commonName: "Third CA" } };

/** The generations of what plain JavaScript may give. */
function read(authority: unknown, custody?: Custody, problems = new Problems()): DeclaredGeneration[] {
  return readGenerations(authority as AuthorityGenerationProps, custody, problems);
}

function check(authority: unknown): { generations: DeclaredGeneration[]; problems: readonly Problem[] } {
  const problems = new Problems();
  const generations = read(authority, undefined, problems);
  return { generations, problems: problems.toError("the fleet").problems };
}

/** What each problem is, in a line. */
function lines(authority: unknown): string[] {
  return check(authority).problems.map(({ path, reason }) => `${path} ${reason}`);
}

let folder: string;
/** Two certificates of one subject, which is the first generation's too. */
let imports: readonly [AuthorityGenerationProps, AuthorityGenerationProps];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "generations-"));
  const [one, other] = ["one", "other"].map((name) => {
    const { certificateFile, keyFile } = makeAuthority(folder, name, { subject: "/CN=First CA" });
    return { certificateFile, keyFile };
  });
  if (one === undefined || other === undefined) {
    throw new Error("There are no authorities.");
  }
  imports = [one, other];
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("readGenerations", () => {
  it("takes one authority for the first generation, where it says nothing else", () => {
    expect(read(FIRST)).toMatchObject([{ generation: 1, path: "authority", isOwn: true, hasPassword: false }]);
    expect(read(SECOND)).toMatchObject([{ generation: 2, path: "authority" }]);
    expect(read({ ...FIRST, generation: undefined })).toMatchObject([{ generation: 1 }]);
  });

  it("has those of a list in the order of their numbers, each with its place", () => {
    expect(read([THIRD, FIRST, SECOND]).map(({ generation, path }) => [generation, path])).toEqual([
      [1, "authority[1]"],
      [2, "authority[2]"],
      [3, "authority[0]"],
    ]);
    expect(read([{ ...FIRST, generation: 12 }, SECOND]).map(({ generation }) => generation)).toEqual([2, 12]);
  });

  it("gives each the fleet's custody", () => {
    expect(read([SECOND], "machine")[0]?.spec?.custody).toBe("machine");
    expect(read([SECOND])[0]?.spec?.custody).toBe("state");
  });

  it("leaves the list as it is", () => {
    const list = Object.freeze([Object.freeze(SECOND), Object.freeze(FIRST)]);

    expect(read(list)).toHaveLength(2);
    expect(list).toEqual([SECOND, FIRST]);
  });

  it("tells an authority that was made elsewhere by what says where it is", () => {
    for (const name of ["certificateFile", "certificatePem", "keyFile", "keyVariable"]) {
      expect(read({ [name]: "x" })[0]?.isOwn).toBe(false);
      expect(read({ ...FIRST, [name]: undefined })[0]?.isOwn).toBe(true);
    }
  });

  it("tells of the password of a key that is made here alone", () => {
    expect(read({ ...FIRST, passwordVariable: "ca" })[0]?.hasPassword).toBe(true);
    expect(read({ ...imports[0], passwordVariable: "ca" })[0]?.hasPassword).toBe(false);
  });

  it("has the specification of each, and none where something is wrong with it", () => {
    const { generations } = check([{ ...SECOND, duration: Duration.days(0) }, imports[0], THIRD]);

    expect(generations.map(({ generation }) => generation)).toEqual([1, 2, 3]);
    expect(generations[0]?.spec).toBeInstanceOf(ImportedAuthoritySpec);
    expect(generations[1]?.spec).toBeUndefined();
    expect(generations[2]?.spec).toBeInstanceOf(CertificateAuthoritySpec);
  });

  it("finds nothing wrong with numbers that have gaps, and start anywhere", () => {
    expect(lines([{ ...FIRST, generation: 12 }, SECOND])).toEqual([]);
    expect(lines(THIRD)).toEqual([]);
  });

  it("wants at least one", () => {
    expect(check([]).problems).toMatchObject([
      { path: "authority", value: "[]", reason: "is an empty list", fix: "declare at least one generation" },
    ]);
  });

  it.each([0, -1, 1.5, NaN, Infinity, "2", null, {}])("wants a number that counts, unlike %p", (generation) => {
    const reason = "is not the number of a generation";

    expect(lines({ ...FIRST, generation })).toEqual([`authority.generation ${reason}`]);
    expect(lines([FIRST, { ...SECOND, generation }])).toEqual([`authority[1].generation ${reason}`]);
  });

  it("wants each number once, that of one which has none included", () => {
    expect(check([SECOND, { ...THIRD, generation: 2 }, { ...FIRST, generation: 2 }]).problems).toMatchObject(
      ["authority[1]", "authority[2]"].map((path) => ({
        path: `${path}.generation`,
        value: "2",
        reason: "is used twice",
        fix: "give each generation its own number",
      })),
    );
    expect(lines([FIRST, { subject: SECOND.subject }])).toEqual(["authority[1].generation is used twice"]);
    expect(lines([{ ...FIRST, generation: 1 }, { subject: SECOND.subject }])).toHaveLength(1);
  });

  describe("wants each subject once:", () => {
    const again = { ...FIRST, generation: 2 };
    const reason = "is also the subject of generation 1: clients cannot tell the two apart";

    it.each<[string, () => readonly unknown[]]>([
      ["of two that are made here", () => [FIRST, again]],
      ["of one that is made here, and one elsewhere", () => [FIRST, { ...imports[0], generation: 2 }]],
      ["of one that was made elsewhere, and one here", () => [imports[0], again]],
      ["of two that were made elsewhere", () => [imports[0], { ...imports[1], generation: 2 }]],
    ])("%s", (_whose, list) => {
      const fix = "give each generation its own common name";

      expect(check(list()).problems).toMatchObject([
        { path: "authority[1].subject", value: '"commonName=First CA"', reason, fix },
      ]);
    });

    it("at the later one, wherever in the list that is", () => {
      expect(lines([again, FIRST])).toEqual([`authority[0].subject ${reason}`]);
    });

    it("in whatever case and with whatever blanks, which no client tells apart", () => {
      expect(lines([FIRST, { generation: 2, subject: { commonName: "FIRST  ca" } }])).toEqual([
        `authority[1].subject ${reason}`,
      ]);
    });

    it("but not one that differs in an attribute", () => {
      expect(lines([FIRST, { generation: 2, subject: { ...FIRST.subject, organizationalUnit: "2" } }])).toEqual([]);
    });
  });

  it.each([null, "First CA", 1, [[FIRST]]])("takes no %p for an authority", (given) => {
    expect(lines([SECOND, given])).toEqual(["authority[1] is not an authority"]);
  });

  it("wants the properties that are of its kind, and leaves the custody to the fleet", () => {
    const problem = "is not a known property";

    expect(lines([FIRST, { ...SECOND, custody: "state", days: 3 }])).toEqual([
      `authority[1].custody ${problem}`,
      `authority[1].days ${problem}`,
    ]);
    expect(lines([SECOND, { ...imports[0], preventDestroy: false }])).toEqual([
      `authority[1].preventDestroy ${problem}`,
    ]);
  });

  it("reports all that is wrong with all of them, each at its place in the list", () => {
    const list = [
      { ...THIRD, keyAlgorithm: KeyAlgorithm.fromName("RSA-1024"), subject: { country: "USA", organization: "" } },
      FIRST,
      { ...FIRST, generation: 2, preventDestroy: "no" },
      { ...FIRST, generation: 4, days: 3 },
    ];

    expect(lines(list)).toEqual([
      "authority[2].preventDestroy is neither true nor false",
      "authority[0].subject.country is not two letters",
      "authority[0].subject.organization is empty",
      "authority[0].keyAlgorithm is too weak: clients refuse RSA under 2048 bits",
      "authority[3].days is not a known property",
      "authority[3].subject is also the subject of generation 1: clients cannot tell the two apart",
    ]);
  });
});
