import { classify } from "../../../lib/cli/review/classify";
import { type Facts, NO_DIFFERENCE } from "../../../lib/cli/review/extract/facts";
import { joinMoves } from "../../../lib/cli/review/moves";

const names = ["mqtt-1.example.com"];

function factsWith(given: Partial<Facts>): Facts {
  return {
    ...{ source: "a.json", address: "tls.a", title: "mqtt-1.example.com", isAuthority: false, fate: "kept" },
    ...{ differences: NO_DIFFERENCE, isDue: false, isReissued: false },
    ...{ key: "same", authority: "same", files: [], notes: [] },
    ...given,
  };
}

function kindsOf(before: object, after: object, given: Partial<Facts>): string[] {
  const removed = factsWith({ fate: "removed", before: { names, ...before } });
  const made = factsWith({ fate: "made", source: "b.json", address: "tls.b", after: { names, ...after }, ...given });
  const joined = joinMoves([made, removed]);

  expect(joined).toMatchObject([{ source: "b.json", movedFrom: { source: "a.json", address: "tls.a" } }]);
  return joined.flatMap(classify);
}

describe("joinMoves", () => {
  it("joinMoves makes a removal and an issue of the same names one move", () => {
    expect(kindsOf({ issuerFingerprint: "A" }, { issuerFingerprint: "A" }, {})).toEqual(["moved"]);
  });

  it("joinMoves keeps the other kinds of a move", () => {
    const before = { issuerFingerprint: "A", subject: "CN=a", uses: ["server_auth"] };
    const after = { issuerFingerprint: "B", subject: "CN=b", uses: ["client_auth"] };

    expect(kindsOf(before, after, { key: "new" })).toEqual([
      "re-keyed",
      "moved",
      "subject-changed",
      "usage-changed",
      "re-issued",
    ]);
    expect(kindsOf({}, {}, { key: "unknown" })).toEqual(["moved", "undetermined"]);
  });

  it("joinMoves joins neither different names nor authorities", () => {
    const removed = factsWith({ fate: "removed", before: { names } });
    const other = factsWith({ fate: "made", after: { names: ["mqtt-2.example.com"] } });
    const authority = factsWith({ fate: "made", isAuthority: true, after: { names } });

    expect(joinMoves([removed, other, authority])).toEqual([removed, other, authority]);
  });
});
