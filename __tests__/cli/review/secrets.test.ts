import { failureOf } from "../../../lib/cli/failure";
import { FORMATS } from "../../../lib/cli/review/review-command";
import { review } from "../../../lib/cli/review/review";
import { readPlan } from "../../../lib/cli/terraform/plan";
import { fixture, type Folder } from "../fixtures";
import { isLeaked, planted, SECRETS, shapesOf } from "./planted";

/** All that a user gets to see of a plan. */
function shown(plan: string): string {
  try {
    const found = review([readPlan("plan.json", Buffer.from(plan))], new Date(0));
    return Object.values(FORMATS)
      .map((format) => format(found, false))
      .join("\n");
  } catch (error) {
    return failureOf(error).lines.join("\n");
  }
}

const PLANS: readonly (readonly [Folder, string])[] = [
  ["state", "several-at-once"],
  ["state", "imported-replaced"],
  ["machine", "several-at-once"],
  ["hcl/module", "broker-added"],
];

/** Without these, a plan is none, or has nothing of what is looked for. */
const STRUCTURE = /^\.(format_version|resource_changes\[\]\.(mode|type|change\.actions\[\]))$/;

/** Parts of a plan of which a review parses nothing: there, all texts at once will do. */
const UNREAD = /^\.(planned_values|prior_state|relevant_attributes|checks)\b/;

function isValue(shape: string): boolean {
  return !shape.endsWith(" as a name");
}

describe("a private key in any text of a plan", () => {
  it("the search for private keys finds a planted key", () => {
    for (const secret of Object.values(SECRETS)) {
      expect(isLeaked(secret, `before ${secret.slice(40, 90)} after`)).toBe(true);
    }
    expect(isLeaked(SECRETS["PKCS#8"] ?? "", shown(fixture("terraform", "state", "renewed")))).toBe(false);
  });

  describe.each(PLANS)("%s, %s", (folder, name) => {
    const plan: unknown = JSON.parse(fixture("terraform", folder, name));
    const shapes = [...shapesOf(plan)].filter((shape) => !UNREAD.test(shape));

    it.each([
      ["instead of", "PKCS#8", (_: string, secret: string) => secret],
      ["after", "the body alone", (text: string, secret: string) => `${text} ${secret}`],
    ])("review shows no private key %s each text in turn: %s", (_, kind, plant) => {
      const secret = SECRETS[kind] ?? "";
      const leaking = shapes.filter((shape) => {
        const corrupt = planted(
          plan,
          (each) => each === shape,
          (text) => plant(text, secret),
        );
        return isLeaked(secret, shown(JSON.stringify(corrupt)));
      });

      expect(shapes.length).toBeGreaterThan(100);
      expect(leaking).toEqual([]);
    });

    it.each(Object.keys(SECRETS))("review shows no private key instead of all texts at once: %s", (kind) => {
      const secret = SECRETS[kind] ?? "";
      const isWanted = [isValue, (shape: string) => isValue(shape) && !STRUCTURE.test(shape), () => true];
      const texts = isWanted.map((wanted) => shown(JSON.stringify(planted(plan, wanted, () => secret))));

      // The second of them is a plan still, so that the rest of it was read.
      expect(texts[1]).toContain("certificate");
      expect(texts.filter((text) => isLeaked(secret, text))).toEqual([]);
    });
  });

  it.each(Object.keys(SECRETS))("review shows no private key of a file that is not a plan: %s", (kind) => {
    const secret = SECRETS[kind] ?? "";
    const texts = [
      secret,
      JSON.stringify(secret),
      JSON.stringify({ format_version: secret }),
      `{"format_version":"1.2","resource_changes":[${secret}]}`,
      `${secret}{"format_version":"1.2"}`,
    ];

    expect(texts.map(shown).filter((text) => isLeaked(secret, text))).toEqual([]);
  });
});
