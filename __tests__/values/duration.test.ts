import type { Problem } from "../../lib/errors";
import { Duration } from "../../lib/values/duration";
import { problemsOf as findProblems } from "../support/problems";

const HOURS_AT_MOST = 2_562_047;

/** The only problem of what was given for a duration. */
function problemOf(given: unknown): Problem | undefined {
  const [problem] = findProblems(() => Duration.toHours(given as Duration));
  return problem;
}

describe("Duration.toHours", () => {
  it.each<[Duration, number]>([
    [Duration.hours(1), 1],
    [Duration.hours(36), 36],
    [Duration.days(1), 24],
    [Duration.days(825), 19_800],
    [Duration.days(3650), 87_600],
    [Duration.days(0.5), 12],
    [Duration.days(1 / 24), 1],
    [Duration.hours(HOURS_AT_MOST), HOURS_AT_MOST],
    [Duration.days(106_751), 2_562_024],
  ])("Duration.toHours of %s is %d hours", (duration, hours) => {
    expect(Duration.toHours(duration)).toBe(hours);
  });

  it.each<[Duration, string, string]>([
    [Duration.hours(0), "is zero", "give at least one hour"],
    [Duration.days(0), "is zero", "give at least one hour"],
    [Duration.days(-0), "is zero", "give at least one hour"],
    [Duration.hours(-1), "is negative", "give at least one hour"],
    [Duration.days(-825), "is negative", "give at least one hour"],
    [Duration.hours(-Infinity), "is negative", "give at least one hour"],
    [Duration.hours(1.5), "is not a whole number of hours", "give whole hours, the unit of Terraform's tls provider"],
    [Duration.days(0.1), "is not a whole number of hours", "give whole hours, the unit of Terraform's tls provider"],
    [
      Duration.hours(HOURS_AT_MOST + 1),
      "is longer than Terraform's tls provider supports",
      "give at most 2562047 hours (292 years)",
    ],
    [
      Duration.days(106_752),
      "is longer than Terraform's tls provider supports",
      "give at most 2562047 hours (292 years)",
    ],
    [
      Duration.days(Infinity),
      "is longer than Terraform's tls provider supports",
      "give at most 2562047 hours (292 years)",
    ],
  ])("Duration.toHours refuses %s, which %s", (duration, reason, fix) => {
    expect(problemOf(duration)).toMatchObject({ path: "", value: `"${duration.toString()}"`, reason, fix });
  });

  it("Duration.toHours shows a refused duration in quotes, in the given unit", () => {
    expect(() => Duration.toHours(Duration.days(0))).toThrow(
      '1 problem in a duration:\n  "0 days" is zero; give at least one hour',
    );
    expect(() => Duration.toHours(Duration.hours(1.5))).toThrow('\n  "1.5 hours" is not a whole number of hours; ');
  });

  it.each<[unknown, string]>([
    [NaN, "NaN"],
    [825n, "825"],
    ["825", '"825"'],
    ["", '""'],
    [true, "true"],
    [null, "null"],
    [undefined, "undefined"],
    [["secret"], "(a list of 1)"],
    [Buffer.from("secret"), "(an object)"],
    [Object.create(null), "(an object)"],
    [Symbol("eight"), "Symbol(eight)"],
  ])("Duration.toHours refuses days of %p, which is not a number", (amount, value) => {
    expect(problemOf(Duration.days(amount as number))).toMatchObject({
      path: "",
      value,
      reason: "is not a number",
      fix: "give a number of hours or days",
    });
  });

  it.each<[unknown]>([[8n], ["8"], [true], [[1]], [[]], [null], [{ valueOf: () => 8 }]])(
    "Duration.toHours refuses hours of %p, which is not a number",
    (amount) => {
      expect(problemOf(Duration.hours(amount as number))).toMatchObject({
        path: "",
        reason: "is not a number",
        fix: "give a number of hours or days",
      });
    },
  );

  it.each<[unknown, string]>([
    [825, "825"],
    ["825 days", '"825 days"'],
    [null, "null"],
    [undefined, "undefined"],
    [[825], "(a list of 1)"],
    [{ amount: 825, unit: "days" }, "(an object)"],
    [() => Duration.days(825), "(a function)"],
  ])("Duration.toHours refuses %p, which is not a duration", (given, value) => {
    expect(problemOf(given)).toMatchObject({
      path: "",
      value,
      reason: "is not a duration",
      fix: "write it as in Duration.days(825)",
    });
  });
});

describe("Duration.describe", () => {
  it.each([
    [240, "10 days"],
    [24, "1 days"],
    [19_800, "825 days"],
    [10, "10 hours"],
    [23, "23 hours"],
    [25, "25 hours"],
    [36, "36 hours"],
  ])("Duration.describe writes %d hours as %s", (hours, text) => {
    expect(Duration.describe(hours)).toBe(text);
  });
});

describe("Duration", () => {
  it("Duration.toHours refuses an object that looks like a Duration", () => {
    expect(problemOf({ amount: 825, unit: "days" })).toMatchObject({ reason: "is not a duration" });
  });

  it("Duration.hours and Duration.days accept anything, to be checked later", () => {
    expect(() => [Duration.hours(NaN), Duration.days(-1), Duration.hours(Infinity)]).not.toThrow();
  });

  it("Duration.toString has the given unit", () => {
    expect(Duration.days(825).toString()).toBe("825 days");
    expect(Duration.hours(36).toString()).toBe("36 hours");
  });
});
