import { reviewDataOf } from "../../../../lib/cli/review/page/review-data";
import { changeWith, reviewWith } from "../reviews";

describe("reviewDataOf", () => {
  it("reviewDataOf has a row for each change, authorities first", () => {
    const authority = changeWith({ title: "Plant CA", isAuthority: true, kinds: ["authority-renewed"] });
    const broker = changeWith({
      before: { names: ["a"], issuer: "CN=Plant CA, O=Example", fingerprint: "AB:".repeat(31), subject: "CN=a" },
      files: [{ address: "local_file.key", path: "pki/a/server.key", action: "delete" }],
      movedFrom: { source: "other.json", address: "tls_locally_signed_cert.a" },
      notes: ["as it is due"],
    });
    const { rows, hasSources } = reviewDataOf(reviewWith({ authorities: [authority], certificates: [broker] }));

    expect(hasSources).toBe(false);
    expect(rows.map(({ title }) => title)).toEqual(["Plant CA", "mqtt-1.example.com"]);
    expect(rows[1]).toMatchObject({
      group: "danger",
      before: { names: ["a"], issuer: "Plant CA", fingerprint: "AB:AB:AB:AB:AB:AB:AB:AB…" },
      after: { isEstimated: true },
      files: ["pki/a/server.key removed"],
      was: "tls_locally_signed_cert.a in other.json",
      remarks: expect.arrayContaining(["the broker needs its new certificate", "as it is due"]) as unknown,
    });
  });
});
