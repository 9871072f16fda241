import { toText } from "../../../../lib/cli/review/formats/text";
import { ENGINES } from "../../fixtures";
import { planNames, reviewOf } from "../reviews";

describe("toText", () => {
  it("toText writes one sentence if nothing changes", () => {
    expect(toText(reviewOf("machine", ["no-op"]), false)).toBe("Nothing changes: 3 certificates stay the same.\n");
  });

  it("toText writes the most urgent group first, with a paragraph for each distinct change", () => {
    const paragraphs = toText(reviewOf("state", ["several-at-once"]), false).split("\n\n");

    expect(paragraphs.map((paragraph) => paragraph.split("\n")[0])).toEqual([
      "4 certificates change and 1 stays: 1 removed, 1 re-keyed, 1 addresses-changed, 1 issued.",
      expect.stringMatching(
        /^! 1 certificate removed, but still valid until .*, and not revoked: mqtt-3\.example\.com\.$/,
      ),
      "Danger: 1 removed",
      "removed  mqtt-3.example.com",
      "Brokers must act: 1 re-keyed, 1 addresses-changed, 1 issued",
      "re-keyed  mqtt-2.example.com",
      "addresses-changed  mqtt-1.example.com",
      "issued  mqtt-4.example.com",
    ]);
  });

  it("toText writes an outage before all certificates", () => {
    const [, second] = toText(reviewOf("hcl/wired", ["authority-replaced"]), false).split("\n\n");

    expect(second).toMatch(/^! OUTAGE FOR EVERY CLIENT: an authority is replaced, Plant CA 2\./);
  });

  it("toText writes the values before and after", () => {
    const text = toText(reviewOf("state", ["addresses-changed"]), false);

    expect(text).toContain("\n  addresses   mqtt-2.example.com -> mqtt-2.example.com, mqtt.example.com\n");
    expect(text).toMatch(/\n {2}valid until \d{4}-\d\d-\d\d -> about \d{4}-\d\d-\d\d\n/);
    expect(text).toMatch(/\n {2}key {9}same, ECDSA P-256\n {2}key pin {5}sha256\/\/\S+\n {2}authority {3}same\n/);
    expect(text).toContain("\n  note        clients unaffected: same key, same authority, no address is removed\n");
  });

  it("toText lists outputs, other resources and drift", () => {
    expect(toText(reviewOf("hcl/module", ["broker-added"]), false)).toContain(
      '\n1 other resource:\n  module.broker["mqtt-3"].terraform_data.key_version: create\n\n1 output:\n  ',
    );
    expect(toText(reviewOf("state", ["refresh-only"]), false)).toContain(
      "\n1 drifted resource:\n  local_file.broker_mqtt-2_example_com: delete\n",
    );
  });

  it("toText writes why a review is incomplete", () => {
    expect(toText(reviewOf("state", ["targeted"]), false)).toContain("! INCOMPLETE: targeted.json");
  });

  it("toText counts the groups below the kinds", () => {
    expect(
      toText(reviewOf("state", ["first-deploy"]), false)
        .split("\n")
        .slice(0, 2),
    ).toEqual([
      "3 certificates change and 0 stay: 1 authority-created, 2 issued.",
      "Brokers must act: 2. Clients must act: 1.",
    ]);
  });

  it("toText writes files of custody state with the project's paths", () => {
    const files = toText(reviewOf("state", ["several-at-once"]), false).match(/^ {2}file .*$/gm) ?? [];

    expect(files).toContain("  file        pki/brokers/mqtt-3.example.com/server.key removed");
    expect(files.filter((file) => file.includes("../"))).toEqual([]);
  });

  it("toText has colours only on request", () => {
    const review = reviewOf("state", ["several-at-once"]);

    // eslint-disable-next-line no-control-regex
    expect(toText(review, true).replace(/\u001b\[\d+m/g, "")).toBe(toText(review, false));
    expect(toText(review, true)).toContain("\u001b[31mremoved\u001b[39m");
    expect(toText(review, false)).not.toContain("\u001b");
  });

  it.each(ENGINES)("toText wraps at 100 columns, except longer words, for every plan of %s", (engine) => {
    const lines = planNames(engine).flatMap(([folder, name]) =>
      toText(reviewOf(folder, [name], engine), false).split("\n"),
    );

    expect(lines.length).toBeGreaterThan(500);
    expect(lines.filter((line) => line.length > 100 && line.trim().split(/ +/).length > 2)).toEqual([]);
  });
});
