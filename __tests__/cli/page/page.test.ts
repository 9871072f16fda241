import { createHash } from "node:crypto";
import { toHtml as inventoryHtml } from "../../../lib/cli/inventory/formats/html";
import { toHtml as reviewHtml } from "../../../lib/cli/review/formats/html";
import { reviewWith } from "../review/reviews";
import { hostileInventory, hostileReview } from "./hostile";
import { sampleInventory, sampleReview } from "./samples";

const PAGES = [
  ["inventory", () => inventoryHtml(sampleInventory(20))],
  ["review", () => reviewHtml(sampleReview(20))],
  ["inventory of hostile texts", () => inventoryHtml(hostileInventory())],
  ["review of hostile texts", () => reviewHtml(hostileReview())],
] as const;

it.each([
  ["an inventory of nothing", inventoryHtml({ ...sampleInventory(0), certificates: [] })],
  ["a review in which nothing changes", reviewHtml(reviewWith({}))],
])("every link in the page of %s has a target", (_, html) => {
  const wanted = [...html.matchAll(/<[^>]* href="#([^"]*)"/g)].map(([, id]) => id);
  const ids = [...html.matchAll(/<[^>]* id="([^"]*)"/g)].map(([, id]) => id);

  expect(ids).toEqual(expect.arrayContaining(wanted));
});

describe.each(PAGES)("the page of an %s", (_, make) => {
  const html = make();

  it("the page is deterministic", () => {
    expect(make()).toBe(html);
  });

  it("the page's policy permits only its own script and style, by hash", () => {
    const [, style = ""] = /<style>([^]*?)<\/style>/.exec(html) ?? [];
    const [, script = ""] = /<script>([^]*?)<\/script>/.exec(html) ?? [];
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    const hash = (text: string): string => `&apos;sha256-${createHash("sha256").update(text).digest("base64")}&apos;`;

    expect(policy?.split("; ")).toEqual([
      "default-src &apos;none&apos;",
      `script-src ${hash(script)}`,
      `style-src ${hash(style)}`,
      "base-uri &apos;none&apos;",
      "form-action &apos;none&apos;",
      "require-trusted-types-for &apos;script&apos;",
      "trusted-types &apos;none&apos;",
    ]);
  });

  it("the page has its policy before everything that it governs", () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Sec/);
  });

  it("the page has no other script or style, no handler, and no external address", () => {
    const shown = html
      .replace(/<style>[^]*?<\/style>|<script>[^]*?<\/script>/g, "")
      .replace(/<[^>]*Content-Sec[^>]*>/, "");

    expect([...shown.matchAll(/<(?:script|style)[^>]*>/g)].map(([tag]) => tag)).toEqual([
      '<script type="application/json" id="data">',
    ]);
    const attributes = [...shown.matchAll(/<[a-z]\w*((?: [a-z-]+="[^"]*")*)>/g)].flatMap(([, all = ""]) =>
      [...all.matchAll(/ ([a-z-]+)="[^"]*"/g)].map(([, name = ""]) => name),
    );
    expect(attributes.length).toBeGreaterThan(100);
    expect(attributes.filter((name) => /^(on\w+|style|src|srcset|action|formaction|http-equiv)$/.test(name))).toEqual(
      [],
    );
    expect([...shown.matchAll(/ href="(?!#)[^"]*"/g)]).toEqual([]);
  });

  it("the page contains the data of its list", () => {
    const [, data = ""] = /<script type="application\/json" id="data">(.*)<\/script>/.exec(html) ?? [];

    expect(data).not.toMatch(/[<>&]/);
    expect((JSON.parse(data) as { rows: unknown[] }).rows.length).toBeGreaterThan(10);
  });
});
