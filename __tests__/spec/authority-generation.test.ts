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
  it("readGenerations reads one authority as the first generation by default", () => {
    expect(read(FIRST)).toMatchObject([{ generation: 1, path: "authority", isOwn: true, hasPassword: false }]);
    expect(read(SECOND)).toMatchObject([{ generation: 2, path: "authority" }]);
    expect(read({ ...FIRST, generation: undefined })).toMatchObject([{ generation: 1 }]);
  });

  it("readGenerations sorts a list by the numbers of the generations, each with its place", () => {
    expect(read([THIRD, FIRST, SECOND]).map(({ generation, path }) => [generation, path])).toEqual([
      [1, "authority[1]"],
      [2, "authority[2]"],
      [3, "authority[0]"],
    ]);
    expect(read([{ ...FIRST, generation: 12 }, SECOND]).map(({ generation }) => generation)).toEqual([2, 12]);
  });

  it("readGenerations gives each generation the custody of the fleet", () => {
    expect(read([SECOND], "machine")[0]?.spec?.custody).toBe("machine");
    expect(read([SECOND])[0]?.spec?.custody).toBe("state");
  });

  it("readGenerations does not change the list", () => {
    const list = Object.freeze([Object.freeze(SECOND), Object.freeze(FIRST)]);

    expect(read(list)).toHaveLength(2);
    expect(list).toEqual([SECOND, FIRST]);
  });

  it("readGenerations recognizes an imported authority by the properties of its place", () => {
    for (const name of ["certificateFile", "certificatePem", "keyFile", "keyVariable"]) {
      expect(read({ [name]: "x" })[0]?.isOwn).toBe(false);
      expect(read({ ...FIRST, [name]: undefined })[0]?.isOwn).toBe(true);
    }
  });

  it("readGenerations reports a key password only for a key that is made here", () => {
    expect(read({ ...FIRST, passwordVariable: "ca" })[0]?.hasPassword).toBe(true);
    expect(read({ ...imports[0], passwordVariable: "ca" })[0]?.hasPassword).toBe(false);
  });

  it("readGenerations has the spec of each generation, and none for one with a problem", () => {
    const { generations } = check([{ ...SECOND, duration: Duration.days(0) }, imports[0], THIRD]);

    expect(generations.map(({ generation }) => generation)).toEqual([1, 2, 3]);
    expect(generations[0]?.spec).toBeInstanceOf(ImportedAuthoritySpec);
    expect(generations[1]?.spec).toBeUndefined();
    expect(generations[2]?.spec).toBeInstanceOf(CertificateAuthoritySpec);
  });

  it("readGenerations accepts numbers with gaps and any first number", () => {
    expect(lines([{ ...FIRST, generation: 12 }, SECOND])).toEqual([]);
    expect(lines(THIRD)).toEqual([]);
  });

  it("readGenerations requires at least one generation", () => {
    expect(check([]).problems).toMatchObject([
      { path: "authority", value: "[]", reason: "is an empty list", fix: "declare at least one generation" },
    ]);
  });

  it.each([0, -1, 1.5, NaN, Infinity, "2", null, {}])(
    "readGenerations requires a whole number from 1 on, not %p",
    (generation) => {
      const reason = "is not the number of a generation";

      expect(lines({ ...FIRST, generation })).toEqual([`authority.generation ${reason}`]);
      expect(lines([FIRST, { ...SECOND, generation }])).toEqual([`authority[1].generation ${reason}`]);
    },
  );

  it("readGenerations requires unique numbers, including the default", () => {
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

  describe("readGenerations and subjects", () => {
    const again = { ...FIRST, generation: 2 };
    const reason = "is also the subject of generation 1: clients cannot tell the two apart";

    it.each<[string, () => readonly unknown[]]>([
      ["of two that are made here", () => [FIRST, again]],
      ["of one that is made here, and one elsewhere", () => [FIRST, { ...imports[0], generation: 2 }]],
      ["of an imported one, and one that is made here", () => [imports[0], again]],
      ["of two imported ones", () => [imports[0], { ...imports[1], generation: 2 }]],
    ])("readGenerations requires unique subjects: %s", (_whose, list) => {
      const fix = "give each generation its own common name";

      expect(check(list()).problems).toMatchObject([
        { path: "authority[1].subject", value: '"commonName=First CA"', reason, fix },
      ]);
    });

    it("readGenerations reports a repeated subject at the later generation, in any order of the list", () => {
      expect(lines([again, FIRST])).toEqual([`authority[0].subject ${reason}`]);
    });

    it("readGenerations ignores letter case and spaces in a repeated subject, as clients do", () => {
      expect(lines([FIRST, { generation: 2, subject: { commonName: "FIRST  ca" } }])).toEqual([
        `authority[1].subject ${reason}`,
      ]);
    });

    it("readGenerations accepts subjects that differ in one attribute", () => {
      expect(lines([FIRST, { generation: 2, subject: { ...FIRST.subject, organizationalUnit: "2" } }])).toEqual([]);
    });
  });

  it.each([null, "First CA", 1, [[FIRST]]])("readGenerations refuses %p as an authority", (given) => {
    expect(lines([SECOND, given])).toEqual(["authority[1] is not an authority"]);
  });

  it("readGenerations refuses properties of the other kind of authority, and a custody", () => {
    const problem = "is not a known property";

    expect(lines([FIRST, { ...SECOND, custody: "state", days: 3 }])).toEqual([
      `authority[1].custody ${problem}`,
      `authority[1].days ${problem}`,
    ]);
    expect(lines([SECOND, { ...imports[0], preventDestroy: false }])).toEqual([
      `authority[1].preventDestroy ${problem}`,
    ]);
  });

  it("readGenerations reports all problems of all generations, each at its place in the list", () => {
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
