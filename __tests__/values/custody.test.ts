import { type Custody, parseCustody } from "../../lib/values/custody";
import { problemsOf } from "../support/problems";

describe("parseCustody", () => {
  it.each<[Custody]>([["state"], ["machine"]])("parseCustody accepts %p", (custody) => {
    expect(parseCustody(custody)).toBe(custody);
  });

  it.each<[unknown, string]>([
    ["Machine", '"Machine"'],
    [" state", '" state"'],
    ["", '""'],
    ["files", '"files"'],
    ["constructor", '"constructor"'],
    [null, "null"],
    [undefined, "undefined"],
    [true, "true"],
    [["machine"], "(a list of 1)"],
    [{ custody: "machine" }, "(an object)"],
  ])("parseCustody refuses %p", (given, value) => {
    expect(problemsOf(() => parseCustody(given as Custody))).toMatchObject([
      { path: "", value, reason: "is not a custody", fix: 'choose "state" or "machine"' },
    ]);
  });
});
