import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Problems, type Problem } from "../../lib/errors";
import {
  type AuthorityGeneration,
  type AuthorityGenerationProps,
  type AuthoritySpec,
  authoritySpecOf,
  checkGenerations,
  generationsOf,
  isImported,
} from "../../lib/spec/authority-generation";
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
function declared(authority: unknown, custody?: Custody): AuthorityGeneration[] {
  return generationsOf(authority as AuthorityGenerationProps, custody);
}

function check(authority: unknown): {
  specs: ReadonlyMap<number, AuthoritySpec | undefined>;
  problems: readonly Problem[];
} {
  const problems = new Problems();
  const specs = checkGenerations(declared(authority), problems);
  return { specs, problems: problems.toError("the fleet").problems };
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

describe("generationsOf", () => {
  it("takes one authority for the first generation, where it says nothing else", () => {
    expect(declared(FIRST)).toEqual([{ generation: 1, given: FIRST, props: FIRST, path: "authority" }]);
    expect(declared(SECOND)).toMatchObject([{ generation: 2, path: "authority" }]);
    expect(declared({ ...FIRST, generation: undefined })).toMatchObject([{ generation: 1 }]);
  });

  it("has those of a list in the order of their numbers, each with its place", () => {
    expect(declared([THIRD, FIRST, SECOND]).map(({ generation, path }) => [generation, path])).toEqual([
      [1, "authority[1]"],
      [2, "authority[2]"],
      [3, "authority[0]"],
    ]);
    expect(declared([{ ...FIRST, generation: 12 }, SECOND]).map(({ generation }) => generation)).toEqual([2, 12]);
  });

  it("gives each the fleet's custody, and not its number, among an authority's own properties", () => {
    expect(declared([SECOND], "machine")[0]?.props).toEqual({ subject: SECOND.subject, custody: "machine" });
    expect(declared([SECOND])[0]?.props).toEqual({ subject: SECOND.subject });
  });

  it("leaves the list as it is", () => {
    const list = Object.freeze([Object.freeze(SECOND), Object.freeze(FIRST)]);

    expect(declared(list).map(({ given }) => given)).toEqual([FIRST, SECOND]);
  });
});

describe("isImported", () => {
  it.each(["certificateFile", "certificatePem", "keyFile", "keyVariable"])("tells an import by its %s", (name) => {
    const given = { [name]: "x" } as AuthorityGenerationProps;

    expect(isImported(given)).toBe(true);
    expect(isImported({ ...FIRST, [name]: undefined })).toBe(false);
  });

  it.each([null, undefined, "ca.pem", 1, []])("takes no %p for one", (given) => {
    expect(isImported(given as unknown as AuthorityGenerationProps)).toBe(false);
  });
});

describe("authoritySpecOf", () => {
  it("is the specification of what is declared, made here or elsewhere", () => {
    expect(authoritySpecOf(FIRST)).toBeInstanceOf(CertificateAuthoritySpec);
    expect(authoritySpecOf(imports[0])).toBeInstanceOf(ImportedAuthoritySpec);
  });
});

describe("checkGenerations", () => {
  it("has each by its number, and nothing where something is wrong with it", () => {
    const { specs } = check([{ ...SECOND, duration: Duration.days(0) }, imports[0], THIRD]);

    expect([...specs.keys()]).toEqual([1, 2, 3]);
    expect(specs.get(1)).toBeInstanceOf(ImportedAuthoritySpec);
    expect(specs.get(2)).toBeUndefined();
    expect(specs.get(3)).toBeInstanceOf(CertificateAuthoritySpec);
  });

  it("finds nothing wrong with numbers that have gaps, and start anywhere", () => {
    expect(lines([{ ...FIRST, generation: 12 }, SECOND])).toEqual([]);
    expect(lines(THIRD)).toEqual([]);
  });

  it("wants at least one", () => {
    expect(check([]).problems).toEqual([
      { path: "authority", value: "[]", reason: "is a list of none", fix: "declare at least one generation" },
    ]);
  });

  it.each([0, -1, 1.5, NaN, Infinity, "2", null, {}])("wants a number that counts, unlike %p", (generation) => {
    const reason = "is not the number of a generation";

    expect(lines({ ...FIRST, generation })).toEqual([`authority.generation ${reason}`]);
    expect(lines([FIRST, { ...SECOND, generation }])).toEqual([`authority[1].generation ${reason}`]);
  });

  it("wants each number once, that of one which has none included", () => {
    expect(check([SECOND, { ...THIRD, generation: 2 }, { ...FIRST, generation: 2 }]).problems).toEqual(
      ["authority[1]", "authority[2]"].map((path) => ({
        path: `${path}.generation`,
        value: "2",
        reason: "is there twice",
        fix: "give each generation another number",
      })),
    );
    expect(lines([FIRST, { subject: SECOND.subject }])).toEqual(["authority[1].generation is there twice"]);
    expect(lines([{ ...FIRST, generation: 1 }, { subject: SECOND.subject }])).toHaveLength(1);
  });

  describe("wants each subject once:", () => {
    const again = { ...FIRST, generation: 2 };
    const reason = "is the subject of generation 1 too, so that clients cannot tell the two apart";

    it.each<[string, () => readonly unknown[]]>([
      ["of two that are made here", () => [FIRST, again]],
      ["of one that is made here, and one elsewhere", () => [FIRST, { ...imports[0], generation: 2 }]],
      ["of one that was made elsewhere, and one here", () => [imports[0], again]],
      ["of two that were made elsewhere", () => [imports[0], { ...imports[1], generation: 2 }]],
    ])("%s", (_whose, list) => {
      const fix = "give each generation another common name";

      expect(check(list()).problems).toEqual([
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
    const problem = "is no property here";

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
      "authority[3].days is no property here",
      "authority[3].subject is the subject of generation 1 too, so that clients cannot tell the two apart",
    ]);
  });
});
