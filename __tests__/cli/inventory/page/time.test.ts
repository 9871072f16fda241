import { barsOf, DRAWN_AT_MOST } from "../../../../lib/cli/inventory/page/bars";
import { endOptions, endsByMonth, endsThen } from "../../../../lib/cli/inventory/page/ends";
import { inventoryDataOf } from "../../../../lib/cli/inventory/page/inventory-data";
import type { Row } from "../../../../lib/cli/inventory/page/row";
import { timeAxis } from "../../../../lib/cli/inventory/page/time-axis";
import { entryWith, sampleInventory } from "../../page/samples";

function ending(notAfter: string | null, daysLeft: number | null): Row {
  return { ...entryWith({ notAfter, daysLeft }), group: "nothing" };
}

describe("endsThen and endOptions", () => {
  const rows = [
    ending("2027-03-09T00:00:00Z", 104),
    ending("2026-11-20T00:00:00Z", -5),
    ending("2026-12-24T23:59:59Z", 29),
    ending("2026-12-25T00:00:00Z", 30),
    ending(null, null),
  ];

  it.each([
    ["over", [false, true, false, false, false]],
    ["30", [false, false, true, false, false]],
    ["90", [false, false, true, true, false]],
    ["2026-12", [false, false, true, true, false]],
    ["unknown", [false, false, false, false, true]],
  ])("endsThen selects certificates by expiry: %s", (then, expected) => {
    expect(rows.map((row) => endsThen(row, then))).toEqual(expected);
  });

  it("endsByMonth counts certificates by month, in order", () => {
    expect([...endsByMonth(rows)]).toEqual([
      ["2026-11", 1],
      ["2026-12", 2],
      ["2027-03", 1],
    ]);
  });

  it("endOptions names the choices", () => {
    expect(endOptions(rows).map(({ text }) => text)).toEqual([
      "Expired",
      "Within 30 days",
      "Within 90 days",
      "November 2026",
      "December 2026",
      "March 2027",
      "Not known",
    ]);
  });
});

describe("barsOf", () => {
  it("barsOf returns bars in order of expiry, without expired or unknown certificates", () => {
    const { soonest, others } = barsOf([
      ending("2027-03-09T00:00:00Z", 104),
      ending("2026-11-20T00:00:00Z", -5),
      ending(null, null),
      ending("2026-12-24T00:00:00Z", 29),
    ]);

    expect(soonest.map(({ end }) => end.slice(0, 10))).toEqual(["2026-12-24", "2027-03-09"]);
    expect(others).toEqual([]);
  });

  it.each([100, 10_000])("barsOf returns few bars for %d certificates, and counts all", (brokers) => {
    const { rows } = inventoryDataOf(sampleInventory(brokers));
    const { soonest, others } = barsOf(rows);
    const valid = rows.filter(({ daysLeft }) => (daysLeft ?? 0) >= 0);

    expect(soonest).toHaveLength(DRAWN_AT_MOST);
    expect(others.length).toBeLessThanOrEqual(DRAWN_AT_MOST);
    expect(others.reduce((sum, { count }) => sum + count, soonest.length)).toBe(valid.length);
    expect(others.every(({ start, firstEnd, end }) => start < firstEnd && firstEnd <= end)).toBe(true);
  });
});

describe("timeAxis", () => {
  const now = "2026-11-25T00:00:00Z";

  it("timeAxis contains now, and the periods from one year before to three after", () => {
    const { position } = timeAxis(now, [{ start: "2026-06-01T00:00:00Z", end: "2027-06-01T00:00:00Z" }]);

    expect(position("2026-06-01T00:00:00Z")).toBe(0);
    expect(position("2027-06-01T00:00:00Z")).toBe(100);
    expect(position(now)).toBeCloseTo(48.5, 1);
  });

  it("timeAxis puts distant times at its edges, and has few ticks", () => {
    const { position, ticks } = timeAxis(now, [{ start: "1970-01-01T00:00:00Z", end: "9999-12-31T23:59:59Z" }]);

    expect([position("1970-01-01T00:00:00Z"), position("9999-12-31T23:59:59Z")]).toEqual([0, 100]);
    expect(ticks.map(({ text }) => text)).toEqual(["2026-01", "2027-01", "2028-01", "2029-01"]);
  });
});
