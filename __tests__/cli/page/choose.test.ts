import { choose, compareNames, compareTimes, lastPage } from "../../../lib/cli/page/listing/choose";
import { firstChoice, type Listing } from "../../../lib/cli/page/listing/listing";

interface Row {
  readonly name: string;
  readonly end: string | null;
}

const LISTING: Listing<Row> = {
  what: "thing",
  rows: [
    { name: "mqtt-10", end: "2027-01-01T00:00:00Z" },
    { name: "mqtt-2", end: null },
    { name: "Other", end: "2026-01-01T00:00:00Z" },
  ],
  columns: [
    { id: "name", head: "Name", cell: ({ name }) => name, compare: (one, other) => compareNames(one.name, other.name) },
    { id: "end", head: "End", cell: ({ end }) => end, compare: (one, other) => compareTimes(one.end, other.end) },
  ],
  filters: [{ id: "name", label: "", any: "", options: [], accepts: ({ name }, value) => name === value }],
  textsOf: ({ name, end }) => [name, end ?? ""],
  firstOrder: "end",
  headings: {},
};

function chosen(choice: Partial<ReturnType<typeof firstChoice>>): string[] {
  return choose(LISTING, { ...firstChoice(LISTING), ...choice }).map(({ name }) => name);
}

describe("choose", () => {
  it("choose sorts by expiry date, and unknown dates last", () => {
    expect(chosen({})).toEqual(["Other", "mqtt-10", "mqtt-2"]);
  });

  it("choose sorts names with numbers by value, in both directions", () => {
    expect(chosen({ order: "name" })).toEqual(["mqtt-2", "mqtt-10", "Other"]);
    expect(chosen({ order: "name", isDescending: true })).toEqual(["Other", "mqtt-10", "mqtt-2"]);
  });

  it("choose finds rows with all words in any of their texts, and ignores case", () => {
    expect(chosen({ text: " MQTT 2027 " })).toEqual(["mqtt-10"]);
    expect(chosen({ text: "mqtt other" })).toEqual([]);
  });

  it("choose applies filters, and ignores an empty option", () => {
    expect(chosen({ options: { name: "Other" } })).toEqual(["Other"]);
    expect(chosen({ options: { name: "" } })).toHaveLength(3);
  });
});

it.each([
  [0, 0],
  [100, 0],
  [101, 1],
  [10_000, 99],
])("lastPage of %d rows is %d", (count, page) => {
  expect(lastPage(count)).toBe(page);
});
