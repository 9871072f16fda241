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
  it("sorts what ends first in front, and what is not known to the end", () => {
    expect(chosen({})).toEqual(["Other", "mqtt-10", "mqtt-2"]);
  });

  it("sorts names as a reader looks for them, either way", () => {
    expect(chosen({ order: "name" })).toEqual(["mqtt-2", "mqtt-10", "Other"]);
    expect(chosen({ order: "name", isDescending: true })).toEqual(["Other", "mqtt-10", "mqtt-2"]);
  });

  it("finds all words, each in any of the texts, without a regard to capitals", () => {
    expect(chosen({ text: " MQTT 2027 " })).toEqual(["mqtt-10"]);
    expect(chosen({ text: "mqtt other" })).toEqual([]);
  });

  it("takes what a filter accepts; an empty option is none", () => {
    expect(chosen({ options: { name: "Other" } })).toEqual(["Other"]);
    expect(chosen({ options: { name: "" } })).toHaveLength(3);
  });
});

it.each([
  [0, 0],
  [100, 0],
  [101, 1],
  [10_000, 99],
])("of %d rows, the last page is %d", (count, page) => {
  expect(lastPage(count)).toBe(page);
});
