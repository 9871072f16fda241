import type { CertificateChange } from "../../../../lib/cli/review/certificate-change";
import { ALL_GROUPS, GROUPS } from "../../../../lib/cli/show/groups";
import type { Kind } from "../../../../lib/cli/review/kinds";
import { toJson } from "../../../../lib/cli/review/formats/json";
import { toMarkdown } from "../../../../lib/cli/review/formats/markdown";
import { toText } from "../../../../lib/cli/review/formats/text";
import { Sentence, sentence } from "../../../../lib/cli/review/sentence";
import type { Violation } from "../../../../lib/cli/rules/violation";
import { CANARIES, flawsOf, TAG } from "../../canaries";
import { changeWith, reviewWith } from "../reviews";

const SCREEN = 40;

/** Such changes of brokers, whose certificates end in different months, with their files. */
function many(count: number, kinds: readonly Kind[], given: Partial<CertificateChange> = {}): CertificateChange[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `${kinds.join("-")}-${index}.plant.example.com`;
    const end = `2027-0${1 + (index % 9)}-01T00:00:00Z`;
    return changeWith({
      title: name,
      address: `tls_locally_signed_cert.broker_${index}`,
      kinds,
      before: { names: [name], notAfter: end, fingerprint: "AA:".repeat(31) + "AA", keyType: "ECDSA P-256" },
      after: { names: [name], notAfter: "2029-03-01T00:00:00Z", isEstimated: true, keyType: "ECDSA P-256" },
      files: [{ address: `local_file.b${index}`, path: `pki/brokers/${name}/server.pem`, action: "written" }],
      ...given,
    });
  });
}

const RENEWED = many(100, ["renewed"]);
const RE_KEYED = many(100, ["re-keyed"], { key: "new" });
const REMOVED = many(100, ["removed"]).map((change) => {
  const { after: _, ...rest } = change;
  return rest;
});
const GONE = many(100, ["addresses-changed"], { after: { names: ["other.example.com"] } });
const CREATED = [changeWith({ title: "Plant CA 2", isAuthority: true, kinds: ["authority-added"] })];
const RENAMED = many(100, ["renamed"]);

function violationOf(rule: string, title: string): Violation {
  return {
    ...{
      rule,
      level: "fail",
      address: title,
      location: null,
      place: "mqtt-pki.yaml:2:5",
      declared: null,
      waiver: null,
    },
    message: sentence`has a name that does not match: ${[title]}`,
  };
}

function linesOf(text: string): string[] {
  return text.trimEnd().split("\n");
}

/** What is not folded. */
function openOf(page: string): string[] {
  return linesOf(page.replace(/^<details>\n[^]*?^<\/details>\n/gm, ""));
}

describe("a hundred similar changes", () => {
  it.each([
    ["renewed", RENEWED],
    ["re-keyed", RE_KEYED],
    ["removed", REMOVED],
    ["with other addresses", GONE],
    ["renamed", RENAMED],
    ["of three kinds", [...REMOVED, ...RE_KEYED, ...RENEWED]],
    ["of four kinds", [...REMOVED, ...GONE, ...RE_KEYED, ...RENEWED]],
    ["a hundred times as many", many(10_000, ["removed"])],
  ])("a hundred similar changes fit on one screen, and in one screen of Markdown rows: %s", (_, certificates) => {
    const review = reviewWith({ certificates });
    const text = linesOf(toText(review, false));

    expect(text.length).toBeLessThanOrEqual(SCREEN);
    expect(text.filter((line) => line.length > 100)).toEqual([]);
    expect(openOf(toMarkdown(review)).length).toBeLessThanOrEqual(SCREEN);
    expect(Buffer.byteLength(toMarkdown(review))).toBeLessThan(65_536);
  });

  it("a hundred similar changes and their violations fit on one screen, with each name once", () => {
    const rules = ["short-lived", "modern-keys", "our-names", "core-stays", "in-time"];
    const all = [...REMOVED, ...RE_KEYED, ...RENEWED];
    const violations = rules.flatMap((rule) => all.map(({ title }) => violationOf(rule, title)));
    const text = toText(reviewWith({ certificates: all, violations }), false);

    expect(linesOf(text).length).toBeLessThanOrEqual(SCREEN);
    expect(text).toContain("each of 300 certificates has a name that does not match:");
    expect(text.match(/removed-1\.plant/g)?.length).toBe(rules.length + 2);
  });

  it("similar changes are one paragraph with their common facts and the range of expiry dates", () => {
    const text = toText(reviewWith({ certificates: RENEWED }), false);

    expect(text).toContain(
      "\nrenewed  100 certificates\n" +
        "  names       renewed-0.plant.example.com, renewed-1.plant.example.com, renewed-2.plant.example.com,\n" +
        "              renewed-3.plant.example.com, renewed-4.plant.example.com and 95 more\n" +
        "  note        clients unaffected: same key, same authority, no address is removed\n",
    );
    expect(text).toContain("\n  valid until 2027-01-01 to 2027-09-01 -> about 2029-03-01\n");
    expect(text).toContain("\n  key         same, ECDSA P-256\n  authority   same\n  files       100 written\n");
  });

  it("similar changes in danger list as many names as fit", () => {
    const named = (count: number): number => {
      const text = toText(reviewWith({ certificates: REMOVED.slice(0, count) }), false);
      const names = /\n {2}names ([^]*?)\n {2}warning/.exec(text)?.[1] ?? "";
      return (names.match(/removed-\d+/g) ?? []).length;
    };

    expect([2, 30, 45].map(named)).toEqual([2, 30, 45]);
    expect(named(100)).toBeGreaterThanOrEqual(40);
    expect(toMarkdown(reviewWith({ certificates: REMOVED }))).toContain(
      "<summary>The names of all 100: removed</summary>\n\n`removed-0.plant.example.com`\n`removed-1.",
    );
  });

  it("similar changes share one warning with the removed addresses", () => {
    expect(toText(reviewWith({ certificates: GONE.slice(0, 6) }), false).replace(/\s+/g, " ")).toContain(
      "warning clients that dial addresses-changed-0.plant.example.com, addresses-changed-1.plant.example.com, addresses-changed-2.plant.example.com, addresses-changed-3.plant.example.com, addresses-changed-4.plant.example.com and 1 more refuse the broker",
    );
  });

  it("similar changes are separate with --details, and in JSON", () => {
    const review = reviewWith({ certificates: RENEWED });
    const text = toText(review, false, true);

    expect(text.match(/^renewed {2}renewed-\d+\./gm)).toHaveLength(100);
    expect(text).not.toMatch(/ and \d+ more|--details/);
    expect(toText(review, false)).toContain("--details shows each separately");
    expect((JSON.parse(toJson(review)) as { certificates: unknown[] }).certificates).toHaveLength(100);
  });
});

describe("changes of the same kinds", () => {
  it("changes of the same kinds are separate and complete if their meaning differs", () => {
    const [first = changeWith({}), second = first] = RENEWED;
    const foreign = { ...second, authority: "other" as const };
    const text = toText(reviewWith({ certificates: [first, foreign] }), false);

    expect(text).toContain("\nDanger: 1 renewed\n\nrenewed  renewed-1.plant.example.com\n");
    expect(text).toContain("\nBrokers must act: 1 renewed\n\nrenewed  renewed-0.plant.example.com\n");
    expect(text.match(/old SHA-256 AA:AA/g)).toHaveLength(2);
    expect(text).not.toContain("--details");
  });

  it("changes of the same kinds with different notes are shown together with the first notes", () => {
    const certificates = RENEWED.map((change, index) => ({ ...change, notes: [`reason ${index}`] }));
    const text = toText(reviewWith({ certificates }), false);

    expect(text).toContain("\n  note        reason 0\n  note        reason 1\n  note        reason 2\n");
    expect(text).toContain("\n  note        and 97 more notes\n");
  });
});

describe("other parts of a review", () => {
  const source = "plan.json";
  const others = Array.from({ length: 100 }, (_, index) => ({ source, address: `a.b${index}`, action: "create" }));
  const reloads = others.map(({ address }, index) => ({
    ...{ source, address, broker: `mqtt-${index}` },
    ...{ command: "systemctl reload mosquitto", reason: "its files change" },
  }));

  it("similar reload commands and other changes are shown together", () => {
    const text = toText(reviewWith({ certificates: RENEWED, others, reloads, outputs: others, drift: others }), false);

    expect(linesOf(text).length).toBeLessThanOrEqual(SCREEN);
    expect(text).toContain("\n100 other resources:\n  a.b0, a.b1, a.b2, a.b3, a.b4 and 95 more: create\n");
    expect(text).toContain(
      "\n100 reload commands to run:\n  mqtt-0, mqtt-1, mqtt-2, mqtt-3, mqtt-4 and 95 more: its files change\n    systemctl reload mosquitto\n",
    );
    expect(toText(reviewWith({ others }), false, true).match(/^ {2}a\.b\d+: create$/gm)).toHaveLength(100);
  });

  it("different other changes are counted in text, and complete in Markdown", () => {
    const own = reloads.map((reload) => ({ ...reload, command: `reload ${reload.broker}` }));
    const text = toText(reviewWith({ reloads: own }), false);

    expect(text).toContain("    reload mqtt-4\n  and 95 more\n");
    expect(toMarkdown(reviewWith({ reloads: own })).match(/\| `reload mqtt-\d+` \|/g)).toHaveLength(100);
  });
});

describe("the groups of a review", () => {
  const certificates = [...REMOVED, ...RENEWED, ...RENAMED];
  const review = reviewWith({ authorities: CREATED, certificates });

  it("the groups of a review have the same order in all formats", () => {
    const headings = ["Danger: 100 removed", "Brokers must act: 100 renewed"];
    const others = ["Clients must act: 1 authority-added", "Nothing to do: 100 renamed"];
    const text = toText(review, false).match(new RegExp(`^(${Object.values(GROUPS).join("|")}): \\d+ .*$`, "gm"));
    const markdown = toMarkdown(review).match(/(?<=^#### ).*$/gm);

    expect(text).toEqual([...headings, ...others]);
    expect(markdown).toEqual([...headings, ...others]);
    expect(Object.keys((JSON.parse(toJson(review)) as { groups: object }).groups)).toEqual(ALL_GROUPS);
  });

  it("the groups of a review are counted at the top", () => {
    const counts = "Danger: 100. Brokers must act: 100. Clients must act: 1. Nothing to do: 100.";

    expect(linesOf(toText(review, false))[1]).toBe(counts);
    expect(toMarkdown(review)).toContain(`**${counts}**`);
    expect(review.groups).toEqual({ danger: 100, broker: 100, clients: 1, nothing: 100 });
  });
});

describe.each(Object.entries(CANARIES))("a hundred hostile names: %s", (_, canary) => {
  const shown = canary.replace(/\p{Cc}|\p{Cf}|[\u2028\u2029]/gu, " ");
  const certificates = [...GONE, ...RENEWED].map((change, index) => {
    const title = `${shown} ${index}`;
    return { ...change, title, before: { ...change.before, names: [title] }, notes: [title] };
  });
  const other = { source: shown, address: shown, action: shown, detail: shown };
  const review = reviewWith({ certificates, others: [other, other], drift: [other], outputs: [other, other] });

  it("a hundred hostile names stay text in text and Markdown", () => {
    expect(flawsOf("markdown", toMarkdown(review))).toEqual([]);
    expect(toMarkdown(review)).toContain(TAG);
  });
});

describe("Sentence.merged", () => {
  it("Sentence.merged has each text once, and the range of all days", () => {
    const of = (name: string, day: string) =>
      sentence`${[name, "x"]} until ${{ first: day, last: day }}, and no longer`;
    const [one, other] = [of("a", "2027-05-01"), of("b", "2027-02-01")];

    expect(one.shape).toBe(other.shape);
    expect(one.toString()).toBe("a, x until 2027-05-01, and no longer");
    expect(Sentence.merged([one, other]).toString()).toBe("a, x, b until 2027-02-01 to 2027-05-01, and no longer");
  });

  it("Sentence.shape depends on the words, not on texts", () => {
    expect(sentence`goes ${["a"]}`.shape).not.toBe(sentence`stays ${["a"]}`.shape);
    expect(sentence`${["[]"]}`.shape).not.toBe(sentence`${"[]"}`.shape);
  });
});
