import { Problems } from "../../lib/errors";
import { refuseUnlessCount } from "../../lib/values/count";

/** Whether it counts, and what is wrong with it. */
function check(given: unknown) {
  const problems = new Problems();
  const isCount = refuseUnlessCount(problems, "version", given, "a version");
  return { isCount, problems: problems.toError("it").problems };
}

describe("refuseUnlessCount", () => {
  it.each([1, 2, 12, Number.MAX_SAFE_INTEGER])("refuseUnlessCount accepts %p", (given) => {
    expect(check(given)).toEqual({ isCount: true, problems: [] });
  });

  it.each<[unknown, string]>([
    [0, "0"],
    [-1, "-1"],
    [1.5, "1.5"],
    [NaN, "NaN"],
    [Infinity, "Infinity"],
    [Number.MAX_SAFE_INTEGER + 1, "9007199254740992"],
    ["1", '"1"'],
    [1n, "1"],
    [true, "true"],
    [null, "null"],
    [[1], "(a list of 1)"],
    [{}, "(an object)"],
  ])("refuseUnlessCount refuses %p", (given, value) => {
    expect(check(given)).toMatchObject({
      isCount: false,
      problems: [{ path: "version", value, reason: "is not a version", fix: "use a whole number, 1 or more" }],
    });
  });
});
