import { source as axe, type AxeResults } from "axe-core";
import type { Page } from "puppeteer-core";
import { toHtml as inventoryHtml } from "../../../lib/cli/inventory/formats/html";
import { toHtml as reviewHtml } from "../../../lib/cli/review/formats/html";
import { entryWith, sampleInventory, sampleReview } from "../../cli/page/samples";
import { hostileInventory, hostileReview } from "../../cli/page/hostile";
import { DESKTOP, PHONE, TestBrowser } from "../support/browser";
import { describeWith, machine } from "../support/machine";

const SAMPLES = [
  ["inventory", inventoryHtml(sampleInventory(250))],
  ["review", reviewHtml(sampleReview(250))],
] as const;

const { chromium } = machine();

describeWith([chromium], "HTML pages in a browser", () => {
  const browser = new TestBrowser();
  beforeAll(() => browser.start(chromium));
  afterAll(() => browser.stop());

  const textOf = (page: Page, selector: string): Promise<string> =>
    page.$eval(selector, (element) => (element as HTMLElement).innerText);
  const status = (page: Page): Promise<string> => textOf(page, "[role=status]");
  const namesIn = (page: Page): Promise<string[]> =>
    page.$$eval("th.cell > .name", (names) => names.map(({ textContent }) => textContent));

  describe.each(SAMPLES)("a page of %s", (_, html) => {
    it.each([
      ["light", "a desktop", DESKTOP],
      ["dark", "a desktop", DESKTOP],
      ["light", "a phone", PHONE],
      ["dark", "a phone", PHONE],
    ] as const)("A page is accessible and as wide as the screen: %s, on %s", async (scheme, _device, viewport) => {
      const { page, flaws } = await browser.open(html, { scheme, viewport });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
      );
      const found = violations.map(({ id, nodes }) => [id, ...nodes.slice(0, 3).map((node) => node.html)]);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      await page.close();

      expect(found).toEqual([]);
      expect(width).toBe(viewport.width);
      expect(flaws).toEqual([]);
    });

    it("A page runs no script but its own, and makes no markup from text", async () => {
      const { page, flaws } = await browser.open(html);
      const outcomes = await page.evaluate(() => {
        const script = document.body.appendChild(document.createElement("script"));
        document.body.setAttribute("style", "color: red");
        const acts = [
          () => (script.textContent = "globalThis.ran = true"),
          () => (document.body.innerHTML = "<p>"),
          () => {
            document.body.setAttribute("onclick", "globalThis.ran = true");
          },
        ];
        return acts.map((act) => {
          try {
            act();
            return "taken";
          } catch (error) {
            return String(error);
          }
        });
      });
      await page.click("h1");
      const hasRun = await page.evaluate(() => "ran" in globalThis);
      await page.close();

      expect(outcomes).toEqual([
        expect.stringContaining("requires 'TrustedScript'"),
        expect.stringContaining("requires 'TrustedHTML'"),
        expect.stringContaining("requires 'TrustedScript'"),
      ]);
      expect(hasRun).toBe(false);
      expect(flaws.join("\n")).toContain("inline style violates");
    });

    it("A page prints all of its rows without controls, and is the same afterwards", async () => {
      const { page, flaws } = await browser.open(html);
      const rowsBefore = await page.$$eval("th.cell", (rows) => rows.length);
      await page.evaluate(() => {
        addEventListener("beforeprint", () => {
          document.body.dataset["printed"] = String(document.querySelectorAll("th.cell").length);
        });
      });
      const { byteLength } = await page.pdf();
      const printed = await page.$eval("body", ({ dataset }) => dataset["printed"]);
      const rowsAfter = await page.$$eval("th.cell", (rows) => rows.length);
      await page.emulateMediaType("print");
      const isSeen = await page.$$eval("search, nav, [data-reset], .skip", (all) =>
        all.some((element) => (element as HTMLElement).checkVisibility()),
      );
      await page.close();

      expect(byteLength).toBeGreaterThan(10_000);
      expect(Number(printed)).toBeGreaterThan(250);
      expect([rowsBefore, rowsAfter]).toEqual([100, 100]);
      expect(isSeen).toBe(false);
      expect(flaws).toEqual([]);
    });

    it("A page without its script shows its rows", async () => {
      const { page, flaws } = await browser.open(html, { hasScript: false, viewport: PHONE });
      const shown = await textOf(page, "body");
      const rows = await page.$$("th.cell");
      await page.close();

      expect(shown).toContain("The script of this page shows the list here.\n\nScripts are off in this browser");
      expect(shown).toContain("mqtt-250.plant.example.com");
      expect(rows.length).toBeGreaterThan(250);
      expect(flaws).toEqual([]);
    });
  });

  it("An inventory page of over 1,000 rows without its script reports how many it omits", async () => {
    const { page } = await browser.open(inventoryHtml(sampleInventory(1_100)), { hasScript: false });
    const shown = await textOf(page, "noscript");
    await page.close();

    expect(shown).toContain("Below are the first 1,000 of 1,103 certificates");
  });

  it("A page can be used by keyboard alone: search, sort, filter, turn pages", async () => {
    const { page } = await browser.open(inventoryHtml(sampleInventory(250)));
    await page.keyboard.press("Tab");
    const skipped = await page.evaluate(() => document.activeElement?.textContent);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type("PLANT mqtt-24");
    const found = await status(page);
    await page.keyboard.press("Escape");
    // Chromium clears a search by the escape key.
    const cleared = await status(page);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Not");
    const refused = await status(page);
    await page.keyboard.press("Home");
    await page.focus("[data-order=name]");
    await page.keyboard.press("Enter");
    const [first] = await namesIn(page);
    await page.keyboard.press("Enter");
    const sorted = await page.$$eval("[aria-sort]", (heads) => heads.map((head) => head.getAttribute("aria-sort")));
    const hasFocus = await page.evaluate(() => (document.activeElement as HTMLElement).dataset["order"]);
    const [last] = await namesIn(page);
    await page.focus("[data-turn='1']");
    await page.keyboard.press("Enter");
    const turned = await status(page);
    await page.close();

    expect(skipped).toBe("Skip to the list");
    expect(found).toBe("11 of 253 certificates");
    expect(cleared).toBe("253 certificates, 1 to 100 shown");
    expect(refused).toBe("3 of 253 certificates");
    expect([first, last]).toEqual(["Depot MQTT CA", "Plant MQTT CA"]);
    expect(sorted).toEqual(["descending", "none", "none"]);
    expect(hasFocus).toBe("name");
    expect(turned).toBe("253 certificates, 101 to 200 shown");
  });

  it.each([
    ["a desktop", DESKTOP],
    ["a phone", PHONE],
  ])("A timeline's texts overlap neither each other nor the panel: on %s", async (_device, viewport) => {
    const entry = entryWith({ address: "mqtt-1.a-plant-with-a-long-name.example.com", estimated: true });
    const forever = entryWith({ notAfter: "9999-12-31T23:59:59Z", daysLeft: 2_912_132, estimated: true });
    const inventory = { ...sampleInventory(9), certificates: [entry, forever] };
    const { page } = await browser.open(inventoryHtml(inventory), { viewport });
    const drawn = await page.$$eval(".timeline, .scale text, .ends, .timeline .label", ([panel, ...texts]) => {
      const boxes = texts.map((text) => text.getBoundingClientRect());
      const isOver = (one: DOMRect, other: DOMRect): boolean =>
        one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
      return {
        texts: boxes.length,
        over: boxes.filter((one, index) => boxes.slice(index + 1).some((other) => isOver(one, other))).length,
        outside: boxes.filter(({ right }) => right > (panel?.getBoundingClientRect().right ?? 0)).length,
        cut: texts.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length,
      };
    });
    await page.close();

    expect(drawn.texts).toBeGreaterThan(4);
    expect(drawn).toMatchObject({ over: 0, outside: 0, cut: 0 });
  });

  it("A printed page shows what breaks a rule, also if that is folded on the screen", async () => {
    const { page } = await browser.open(inventoryHtml(sampleInventory(250)));
    const isSeen = (): Promise<boolean> => page.$eval(".rule:not([open]) li", (item) => item.checkVisibility());
    const onScreen = await isSeen();
    await page.emulateMediaType("print");
    const onPaper = await isSeen();
    await page.close();

    expect([onScreen, onPaper]).toEqual([false, true]);
  });

  it("A link of a number, a month or a reason filters the list", async () => {
    const { page } = await browser.open(inventoryHtml(sampleInventory(250)));
    const follow = async (selector: string): Promise<string> => {
      await page.click(selector);
      return status(page);
    };
    const month = await page.$eval("a.month", (link) => link.textContent);
    const inMonth = await follow("a.month");
    const [chosen, current] = [
      await page.$eval("select[data-filter=end]", ({ value }) => value),
      await page.$$eval("[aria-current]", (links) => links.length),
    ];
    const doubtful = await follow("[data-value=doubtful]");
    const asking = await follow("[data-value=broker]");
    const expired = await follow("[data-find='expired']");
    const all = await follow("[data-reset]");
    await page.close();

    expect(month).toBe("Nov 2026: 3 certificates expire");
    expect(inMonth).toBe("3 of 253 certificates");
    expect([chosen, current]).toEqual(["2026-11", 1]);
    expect(doubtful).toBe("2 of 253 certificates");
    expect(asking).toBe("7 of 253 certificates");
    expect(expired).toBe("3 of 253 certificates");
    expect(all).toBe("253 certificates, 1 to 100 shown");
  });

  it("A review page groups changes by what they require, and sorts them by name on demand", async () => {
    const { page } = await browser.open(reviewHtml(sampleReview(16)));
    const headings = await page.$$eval(".heading", (rows) => rows.map(({ textContent }) => textContent));
    await page.select("select[data-filter=group]", "danger");
    const dangers = await status(page);
    await page.click("[data-order=name]");
    const names = await namesIn(page);
    await page.close();

    expect(headings).toEqual(["Danger", "Brokers must act", "Clients must act", "Nothing to do"]);
    expect(dangers).toBe("6 of 17 changes");
    expect(names).toEqual([5, 6, 7, 13, 14, 15].map((number) => `mqtt-${number}.plant.example.com`));
  });

  describe.each([
    ["inventory", inventoryHtml(hostileInventory())],
    ["review", reviewHtml(hostileReview())],
  ] as const)("a page of hostile texts: %s", (_, html) => {
    it.each([true, false])(
      "A page of hostile texts runs nothing, requests nothing and shows the texts: with its script %s",
      async (hasScript) => {
        const { page, flaws } = await browser.open(html, { hasScript, viewport: PHONE });
        const shown = await textOf(page, "body");
        const elements = await page.$$eval(
          "img, iframe, object, svg script, a:not([href^='#']), [onerror], [style]",
          (all) => all.length,
        );
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        const title = await page.title();
        await page.close();

        expect(flaws).toEqual([]);
        expect(shown).toContain('"><img src=x onerror=alert(1)>');
        expect(shown).toContain("</script><script>alert(1)</script>");
        expect(shown).toContain("</noscript><script>alert(1)</script>");
        expect(elements).toBe(0);
        expect(width).toBe(PHONE.width);
        expect(title).toMatch(/^(Certificates on 2026-11-25|What a plan does to certificates)$/);
      },
    );
  });

  it("A page of an empty inventory opens without errors", async () => {
    const nothing = { time: "2026-11-25T09:30:00Z", certificates: [], unreadable: [], violations: [] };
    const { page, flaws } = await browser.open(inventoryHtml(nothing));
    const shown = await status(page);
    const one = await browser.open(
      inventoryHtml({ ...nothing, certificates: [entryWith({ notAfter: null, daysLeft: null })] }),
    );
    const shownOfOne = await textOf(one.page, "main");
    await Promise.all([page.close(), one.page.close()]);

    expect(shown).toBe("0 certificates");
    expect(shownOfOne).toContain("not known");
    expect([...flaws, ...one.flaws]).toEqual([]);
  });
});
