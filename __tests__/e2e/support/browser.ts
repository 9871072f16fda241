import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer, { type Browser, type Page, type Viewport } from "puppeteer-core";
import { environmentOf } from "../../../scripts/chromium";
import type { Tool } from "./machine";

export const DESKTOP: Viewport = { width: 1280, height: 900 };
export const PHONE: Viewport = { width: 360, height: 740, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

interface Look {
  /** @default DESKTOP */
  readonly viewport?: Viewport;
  /** @default "light" */
  readonly scheme?: "light" | "dark";
  /** @default true */
  readonly hasScript?: boolean;
}

/** An open page, and its unwanted actions. */
export interface Opened {
  readonly page: Page;
  /** Console messages, exceptions, dialogs, and requests other than for the page. */
  readonly flaws: readonly string[];
}

/** A new Chromium, and the folder of its pages. */
export class TestBrowser {
  readonly #folder = mkdtempSync(join(tmpdir(), "pages-"));
  #browser: Browser | undefined;

  public async start({ program, libraryPath = "" }: Tool): Promise<void> {
    this.#browser = await puppeteer.launch({
      executablePath: program,
      headless: "shell",
      // Chromium's sandbox does not run as root, and a container may have no shared memory.
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
      env: environmentOf({ libraryPath }),
    });
  }

  /** Opens HTML from a file, as a reader does. */
  public async open(
    html: string,
    { viewport = DESKTOP, scheme = "light", hasScript = true }: Look = {},
  ): Promise<Opened> {
    const file = join(this.#folder, "page.html");
    writeFileSync(file, html);
    const page = await this.browser.newPage();
    await page.setViewport(viewport);
    await page.setJavaScriptEnabled(hasScript);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    const flaws: string[] = [];
    page.on("console", (message) => flaws.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => flaws.push(`error: ${String(error)}`));
    page.on("dialog", (dialog) => {
      flaws.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    const url = pathToFileURL(file).href;
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) {
        flaws.push(`request: ${request.url()}`);
      }
    });
    await page.goto(url);
    return { page, flaws };
  }

  public async stop(): Promise<void> {
    await this.#browser?.close();
    rmSync(this.#folder, { recursive: true });
  }

  private get browser(): Browser {
    if (this.#browser === undefined) {
      throw new Error("It is not started.");
    }
    return this.#browser;
  }
}
