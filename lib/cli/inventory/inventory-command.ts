import { Command, Option } from "commander";
import { addDeclaredInOption, type DeclaredInOption, declarationsOf } from "../declared/declared-in-option";
import { toFindings } from "../findings/findings";
import { FINDINGS_FORMATS, type FindingsFormat, isFindingsFormat, writeFindings } from "../findings/formats/formats";
import { findingsOfInventory } from "../findings/of-inventory";
import { addExamples, type Example } from "../examples";
import type { Io } from "../io";
import { parseHours } from "../options/hours";
import { isColored } from "../show/is-colored";
import { publicText } from "../show/public-text";
import { endOf, endsWithin } from "./ending";
import type { Inventory } from "./entry";
import { toCsv } from "./formats/csv";
import { toHtml } from "./formats/html";
import { toIcs } from "./formats/ics";
import { toJson } from "./formats/json";
import { toMarkdown } from "./formats/markdown";
import { toPrometheus } from "./formats/prometheus";
import { toTable } from "./formats/table";
import { inventoryOf } from "./inventory";
import { readSource } from "./read-source";
import { reportViolations } from "../rules/report";
import { addRulesOption, type RulesOption, rulesOf } from "../rules/rules-option";
import type { Source } from "./source";

/** The formats of an inventory, by their names. */
export const FORMATS = {
  table: toTable,
  csv: toCsv,
  json: toJson,
  markdown: toMarkdown,
  prometheus: toPrometheus,
  ics: toIcs,
  html: toHtml,
} as const;

const FORMAT_NAMES = [...Object.keys(FORMATS), ...Object.keys(FINDINGS_FORMATS)];

interface Options extends RulesOption, DeclaredInOption {
  readonly format: keyof typeof FORMATS | FindingsFormat;
  /** In hours. */
  readonly expiresWithin?: number;
}

const EXAMPLES: readonly Example[] = [
  ["list the certificates in a directory", "mqtt-pki inventory pki"],
  ["list those in a state, without writing it to a file", "terraform show -json | mqtt-pki inventory"],
  ["exit with 1 if one expires within 30 days", "mqtt-pki inventory pki --expires-within 30d"],
  ["write metrics for Prometheus", "mqtt-pki inventory pki --format prometheus > mqtt_pki.prom"],
  ["write a calendar of expiry dates", "mqtt-pki inventory pki --format ics > certificates.ics"],
];

export function inventoryCommand(io: Io): Command {
  const command = new Command("inventory")
    .description("Lists certificates: their names, their expiry dates, and whether clients accept them.")
    .argument(
      "[sources...]",
      'directories of PEM files, and states as written by "terraform show -json" (or tofu); - reads a state from standard input',
      ["-"],
    )
    .addOption(new Option("--format <format>", "output format").choices(FORMAT_NAMES).default("table"))
    .option(
      "--expires-within <time>",
      "exit with 1 if a certificate expires within this time (12h, 30d or 4w) or has expired",
      parseHours,
    );
  addExamples(addDeclaredInOption(addRulesOption(command)), EXAMPLES);
  return command.action(async (names: readonly string[], options: Options) => {
    const { format, expiresWithin } = options;
    const rules = await rulesOf(io, options);
    const sources: Source[] = [];
    for (const name of new Set(names)) {
      sources.push(await readSource(io, name));
    }
    const declarations = await declarationsOf(io, options);
    const inventory = inventoryOf(sources, io.now, rules, declarations);
    if (isFindingsFormat(format)) {
      const own = findingsOfInventory(inventory, expiresWithin, io.now, declarations);
      writeFindings(io, format, toFindings(io, { command, rules, declarations }, own, inventory.violations));
    } else {
      io.write(FORMATS[format](inventory, isColored(io)));
    }
    warnOfGaps(io, sources, inventory);
    if (expiresWithin !== undefined) {
      stopForEnds(io, inventory, expiresWithin);
    }
    reportViolations(io, inventory.violations);
  });
}

function warnOfGaps(io: Io, sources: readonly Source[], { unreadable }: Inventory): void {
  for (const { source, location, reason } of unreadable) {
    io.warn(`warning: ${source}: ${location}: ${reason}`);
  }
  for (const { name, collection, records } of sources) {
    const shown = name === "-" ? "standard input" : publicText(name);
    if (records.length > 0) {
      io.warn(`warning: ${shown} has custody "machine": its certificates are in the directory, not in the state`);
    } else if (collection.found.length === 0) {
      io.warn(`warning: ${shown} holds no certificate`);
    }
  }
}

/** A certificate that cannot be read, or has no known expiry date, may have expired. */
function stopForEnds(io: Io, { certificates, unreadable }: Inventory, hours: number): void {
  const ending = certificates.filter((entry) => endsWithin(entry, hours, io.now));
  for (const entry of ending) {
    io.warn(`${entry.address} ${endOf(entry)} (${entry.source}: ${entry.location})`);
  }
  if (ending.length + unreadable.length > 0) {
    io.reportFindings();
  }
}
