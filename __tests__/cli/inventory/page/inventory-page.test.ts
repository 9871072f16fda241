import { groupOf } from "../../../../lib/cli/inventory/formats/groups";
import { toHtml } from "../../../../lib/cli/inventory/formats/html";
import { toTable } from "../../../../lib/cli/inventory/formats/table";
import { inventoryDataOf } from "../../../../lib/cli/inventory/page/inventory-data";
import { inventoryListing } from "../../../../lib/cli/inventory/page/inventory-listing";
import { firstChoice } from "../../../../lib/cli/page/listing/listing";
import { choose } from "../../../../lib/cli/page/listing/choose";
import { sentence } from "../../../../lib/cli/review/sentence";
import { ALL_GROUPS, GROUPS } from "../../../../lib/cli/show/groups";
import type { Inventory } from "../../../../lib/cli/inventory/entry";
import { entryWith, sampleInventory } from "../../page/samples";

/** The visible text of a page. */
function textOf(html: string): string {
  const body = html.replace(/^[^]*<body>/, "").replace(/<script[^]*/, "");
  return body.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

function inventoryOf(...given: Parameters<typeof entryWith>[0][]): Inventory {
  return { ...sampleInventory(0), certificates: given.map((each) => entryWith(each)), violations: [] };
}

describe("inventory as an HTML page", () => {
  const inventory: Inventory = {
    ...sampleInventory(300),
    certificates: [
      ...sampleInventory(300).certificates,
      entryWith({ kind: "authority", daysLeft: 20, notAfter: "2026-12-15T00:00:00Z" }),
      entryWith({ accepted: null, estimated: true, daysLeft: 400 }),
    ],
  };

  it("the inventory page has the same counts by group as the table, and lists all certificates", () => {
    const page = textOf(toHtml(inventory));
    const [counts = ""] = toTable(inventory, false).trimEnd().split("\n").slice(-1);
    const listing = inventoryListing(inventoryDataOf(inventory));

    expect(new Set(inventory.certificates.map(groupOf)).size).toBe(ALL_GROUPS.length);
    for (const group of ALL_GROUPS) {
      const { length } = choose(listing, { ...firstChoice(listing), options: { group } });
      expect(counts).toContain(`${GROUPS[group]}: ${length}.`);
      expect(page).toContain(`${GROUPS[group]} ${length} `);
    }
  });

  it("the inventory page does not count records of a deployment as doubtful", () => {
    const recorded = { accepted: null, reasons: ["is in the directory, not in the state"] };
    const page = textOf(toHtml(inventoryOf({ ...recorded, estimated: true }, {})));

    expect(page).toContain("0 ? Doubtful 1 – Not seen");
    expect(page).not.toContain("Not accepted or doubtful");
    expect(textOf(toHtml(inventoryOf(recorded)))).toContain("1 ? Doubtful 0 Expired");
  });

  it("the inventory page shows the renewal date in the list and next to the bar", () => {
    const page = toHtml(inventoryOf({ renewsAt: "2028-10-21T09:30:00Z", estimated: true }));

    expect(textOf(page).match(/renewal from about 2028-10-21/g)).toHaveLength(2);
    expect(textOf(page)).toContain("due for renewal");
    expect(page).toContain('<circle class="renewal" cx="');
  });

  it("the inventory page shows no mark for an unknown renewal date", () => {
    expect(toHtml(inventoryOf({})).replace(/<style>[^]*?<\/style>/, "")).not.toMatch(
      /<body>[^]*renewal[^]*<script type/,
    );
  });

  it("the inventory page shows where a certificate that breaks a rule is declared", () => {
    const violation = {
      rule: "keys",
      level: "warn",
      address: "a",
      location: "a",
      place: "p:1:1",
      waiver: null,
    } as const;
    const violations = [
      { ...violation, message: sentence`has no key`, declared: "fleet.yaml:3:5" },
      { ...violation, message: sentence`has no name`, declared: null },
    ];

    expect(textOf(toHtml({ ...inventoryOf({}), violations }))).toContain("has no key declared at fleet.yaml:3:5 a :");
  });

  it.each([
    [
      "fails",
      [
        { level: "fail", waiver: null },
        { level: "fail", waiver: { isOver: false } },
      ],
    ],
    ["fails", [{ level: "fail", waiver: { isOver: true } }]],
    [
      "warns",
      [
        { level: "warn", waiver: null },
        { level: "warn", waiver: { isOver: false } },
      ],
    ],
    ["waived", [{ level: "fail", waiver: { isOver: false } }]],
  ] as const)("The page of an inventory says that a rule %s", (word, all) => {
    const violations = all.map(({ level, waiver }) => ({
      ...{
        rule: "keys",
        level,
        address: "a",
        location: "a",
        declared: null,
        message: sentence`has no key`,
        place: "p:1:1",
      },
      waiver: waiver && { owner: "Ada", reason: "test", until: "2027-01-01", ...waiver },
    }));

    expect(textOf(toHtml({ ...inventoryOf({}), violations }))).toMatch(new RegExp(`Broken rules (. )?${word} keys`));
  });
});
