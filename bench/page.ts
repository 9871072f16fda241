/**
 * Measures how long HTML pages of fleets take to open in a Chromium, each compared with an empty page, and how large they are. Prints
 * a table, and writes all that it measured to bench/page-results.json.
 *
 *     npm run bench:page
 *     npm run bench:page -- --quick     small fleets, once each: to try the bench itself
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import puppeteer, { type Browser } from "puppeteer-core";
import { sampleInventory, sampleReview } from "../__tests__/cli/page/samples";
import { toHtml as inventoryHtml } from "../lib/cli/inventory/formats/html";
import { toHtml as reviewHtml } from "../lib/cli/review/formats/html";
import { chromium, environmentOf } from "../scripts/chromium";
import { median } from "./support/run";

const FULL = { brokers: [10, 1_000, 10_000], rounds: 5 };
const QUICK: typeof FULL = { brokers: [10, 100], rounds: 1 };

const PAGES = {
  inventory: (brokers: number) => inventoryHtml(sampleInventory(brokers)),
  review: (brokers: number) => reviewHtml(sampleReview(brokers)),
};

const EMPTY = "<!doctype html><html lang=en><title>Empty</title><script>performance.mark('ready')</script></html>";

interface Figures {
  readonly page: string;
  readonly kilobytes: number;
  readonly madeSeconds: number;
  /** From the start of its loading until its list can be used, and is painted. */
  readonly openSeconds: number;
  /** As many times as long as an empty page. */
  readonly toEmptyPage: number;
  /** From a letter that is typed until what is found is painted. */
  readonly findSeconds: number;
}

const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
void main(options.quick ? QUICK : FULL);

async function main({ brokers, rounds }: typeof FULL): Promise<void> {
  const found = chromium();
  const browser = await puppeteer.launch({
    executablePath: found.program,
    headless: "shell",
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
    env: environmentOf(found),
  });
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const figures: Figures[] = [];
  try {
    for (const [name, make] of Object.entries(PAGES)) {
      for (const count of brokers) {
        console.error(`${name} of ${count} brokers`);
        const start = performance.now();
        const html = make(count);
        const madeSeconds = (performance.now() - start) / 1000;
        const measured = await measure(browser, folder, html, rounds);
        figures.push({
          page: `${name}, ${count} brokers`,
          kilobytes: Buffer.byteLength(html) / 1000,
          madeSeconds,
          ...measured,
        });
      }
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
  writeFileSync(join(__dirname, "page-results.json"), `${JSON.stringify(figures, undefined, 2)}\n`);
  console.table(
    Object.fromEntries(
      figures.map(({ page, ...numbers }) => [
        page,
        Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value.toPrecision(3))])),
      ]),
    ),
  );
}

async function measure(
  browser: Browser,
  folder: string,
  html: string,
  rounds: number,
): Promise<Pick<Figures, "openSeconds" | "toEmptyPage" | "findSeconds">> {
  const all: { open: number; ratio: number; find: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Side by side, for what else the machine does slows both.
    const empty = await open(browser, folder, EMPTY);
    const page = await open(browser, folder, html);
    all.push({ open: page.open, ratio: page.open / empty.open, find: page.find });
  }
  return {
    openSeconds: median(all.map((each) => each.open)),
    toEmptyPage: median(all.map(({ ratio }) => ratio)),
    findSeconds: median(all.map(({ find }) => find)),
  };
}

/** What runs in the page, which is waited for to have painted. */
const PAINTED = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))";

async function open(browser: Browser, folder: string, html: string): Promise<{ open: number; find: number }> {
  const file = join(folder, "page.html");
  writeFileSync(file, html);
  const page = await browser.newPage();
  const start = performance.now();
  await page.goto(pathToFileURL(file).href);
  await page.evaluate(PAINTED);
  const opened = performance.now();
  if ((await page.$("input")) !== null) {
    await page.focus("input");
  }
  const typed = performance.now();
  await page.keyboard.type("9");
  await page.evaluate(PAINTED);
  const ended = performance.now();
  await page.close();
  return { open: (opened - start) / 1000, find: (ended - typed) / 1000 };
}
