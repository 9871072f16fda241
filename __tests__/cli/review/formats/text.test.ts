import { toText } from "../../../../lib/cli/review/formats/text";
import { ENGINES } from "../../fixtures";
import { changeWith, planNames, reviewOf, reviewWith } from "../reviews";

describe("a review as text", () => {
  it("says in one sentence that nothing changes", () => {
    expect(toText(reviewOf("machine", ["no-op"]), false)).toBe("Nothing changes: 3 certificates stay as they are.\n");
  });

  it("tells the gravest first, a paragraph each", () => {
    const paragraphs = toText(reviewOf("state", ["several-at-once"]), false).split("\n\n");

    expect(paragraphs.map((paragraph) => paragraph.split("\n")[0])).toEqual([
      "4 certificates change and 1 stays: 1 removed, 1 re-keyed, 1 addresses-changed, 1 issued.",
      expect.stringMatching(/^! 1 certificate removed, but valid until .*, not revoked: mqtt-3\.example\.com\.$/),
      "! 1 certificate with another key, so that the broker needs both files: mqtt-2.example.com.",
      "removed  mqtt-3.example.com",
      "re-keyed  mqtt-2.example.com",
      "addresses-changed  mqtt-1.example.com",
      "issued  mqtt-4.example.com",
    ]);
  });

  it("tells an outage before all certificates", () => {
    const [, second] = toText(reviewOf("hcl/wired", ["authority-replaced"]), false).split("\n\n");

    expect(second).toMatch(/^! OUTAGE FOR EVERY CLIENT: an authority is replaced, Plant CA 2\./);
  });

  it("tells what was and what will be", () => {
    const text = toText(reviewOf("state", ["addresses-changed"]), false);

    expect(text).toContain("\n  addresses   mqtt-2.example.com -> mqtt-2.example.com, mqtt.example.com\n");
    expect(text).toMatch(/\n {2}valid until \d{4}-\d\d-\d\d -> about \d{4}-\d\d-\d\d\n/);
    expect(text).toMatch(/\n {2}key {9}same, ECDSA P-256\n {2}key pin {5}sha256\/\/\S+\n {2}authority {3}same\n/);
    expect(text).toContain("\n  note        clients unaffected: same key, same authority, no address goes\n");
  });

  it("lists outputs, other resources and drift", () => {
    expect(toText(reviewOf("hcl/module", ["broker-added"]), false)).toContain(
      '\n1 other resource:\n  module.broker["mqtt-3"].terraform_data.key_version: create\n\n1 output:\n  ',
    );
    expect(toText(reviewOf("state", ["refresh-only"]), false)).toContain(
      "\n1 drifted resource:\n  local_file.broker_mqtt-2_example_com: delete\n",
    );
  });

  it("says what keeps it from being the whole truth", () => {
    expect(toText(reviewOf("state", ["targeted"]), false)).toContain("! NOT THE WHOLE TRUTH: targeted.json");
  });

  it("lists all, however many", () => {
    const certificates = Array.from({ length: 10_000 }, (_, index) => changeWith({ title: `mqtt-${index}` }));

    expect(toText(reviewWith({ certificates }), false).match(/^renewed {2}mqtt-/gm)).toHaveLength(10_000);
  });

  it("has colours only where they are wanted", () => {
    const review = reviewOf("state", ["several-at-once"]);

    // eslint-disable-next-line no-control-regex
    expect(toText(review, true).replace(/\u001b\[\d+m/g, "")).toBe(toText(review, false));
    expect(toText(review, true)).toContain("\u001b[31mremoved\u001b[39m");
    expect(toText(review, false)).not.toContain("\u001b");
  });

  it.each(ENGINES)("has lines of at most 100 columns, but where a word is longer, of every plan of %s", (engine) => {
    const lines = planNames(engine).flatMap(([folder, name]) =>
      toText(reviewOf(folder, [name], engine), false).split("\n"),
    );

    expect(lines.length).toBeGreaterThan(500);
    expect(lines.filter((line) => line.length > 100 && line.trim().split(/ +/).length > 2)).toEqual([]);
  });
});
