import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { fixture } from "../../cli/fixtures";
import { makeServer } from "../../cli/inventory/support";
import { makeAuthority } from "../../support/authorities";
import { TestBrowser } from "../support/browser";
import { BuiltProgram } from "../support/built-program";
import { describeWith, machine } from "../support/machine";
import { blocksBelow, commandsBelow } from "../support/pages";
import { succeed } from "../support/run";

const { chromium } = machine();
const program = new BuiltProgram();
const { folder } = program;

beforeAll(async () => {
  await program.build();
  const bin = join(folder, "bin");
  const broker = join(folder, "pki/brokers/mqtt-1.example.com");
  for (const each of [bin, broker]) {
    mkdirSync(each, { recursive: true });
  }
  writeFileSync(join(bin, "mqtt-pki"), `#!/bin/sh\nexec "${process.execPath}" "${program.file}" "$@"\n`, {
    mode: 0o755,
  });
  const root = makeAuthority(folder, "Plant CA");
  cpSync(root.certificateFile, join(folder, "pki/ca.pem"));
  cpSync(makeServer(folder, "server", root).certificateFile, join(broker, "server.pem"));
  writeFileSync(join(folder, "plan.json"), fixture("terraform", "state", "several-at-once"));
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}` };
  await succeed("sh", ["-ec", commandsBelow("reference/page.md", "HTML pages")], { cwd: folder, env });
});
afterAll(() => {
  program.remove();
});

describeWith([chromium], "HTML pages, as the commands of docs/reference/page.md write them", () => {
  const browser = new TestBrowser();
  beforeAll(() => browser.start(chromium));
  afterAll(() => browser.stop());

  it.each([
    ["certificates.html", "2 certificates", "mqtt-1.example.com"],
    ["review.html", "4 changes", "mqtt-3.example.com"],
  ])("A command of docs/reference/page.md writes a page that a browser shows: %s", async (file, status, name) => {
    const { page, flaws } = await browser.open(readFileSync(join(folder, file), "utf8"));
    const told = await page.$eval("[role=status]", ({ textContent }) => textContent);
    const names = await page.$$eval("th.cell > .name", (all) => all.map(({ textContent }) => textContent));
    await page.close();

    expect(told).toBe(status);
    expect(names).toContain(name);
    expect(flaws).toEqual([]);
  });
});

it("docs/reference/page.md publishes pages with the tested commands, in valid YAML", () => {
  const workflows = blocksBelow("reference/page.md", "Publish it from a pipeline", "yaml");
  const [command = ""] = commandsBelow("reference/page.md", "HTML pages").split("\n");

  expect(workflows).toHaveLength(2);
  for (const workflow of workflows) {
    expect(JSON.stringify(parse(workflow))).toContain(JSON.stringify(command).slice(1, -1));
  }
});
