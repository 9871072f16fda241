import { Command, Option } from "commander";
import { isDue } from "../../values/renewal";
import type { Io } from "../io";
import { parseHours } from "../options/hours";
import { isColored } from "../show/is-colored";
import { publicText } from "../show/public-text";
import type { Entry, Inventory } from "./entry";
import { toCsv } from "./formats/csv";
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
} as const;

interface Options extends RulesOption {
  readonly format: keyof typeof FORMATS;
  /** In hours. */
  readonly expiresWithin?: number;
}

export function inventoryCommand(io: Io): Command {
  const command = new Command("inventory")
    .description("Lists certificates: whose they are, until when, and whether clients accept them.")
    .argument(
      "[sources...]",
      'states as "terraform show -json" (or tofu) writes them, directories of PEM files, or - for a state from standard input',
      ["-"],
    )
    .addOption(new Option("--format <format>", "how they are written").choices(Object.keys(FORMATS)).default("table"))
    .option("--expires-within <time>", "end with 1 where one ends within 12h, 30d or 4w, or is over", parseHours);
  return addRulesOption(command).action(async (names: readonly string[], options: Options) => {
    const { format, expiresWithin } = options;
    const rules = await rulesOf(io, options);
    const sources: Source[] = [];
    for (const name of new Set(names)) {
      sources.push(await readSource(io, name));
    }
    const inventory = inventoryOf(sources, io.now, rules);
    io.write(FORMATS[format](inventory, isColored(io)));
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
      io.warn(`warning: ${shown} has custody "machine": certificates are not in the state; the directory has them`);
    } else if (collection.found.length === 0) {
      io.warn(`warning: ${shown} holds no certificate`);
    }
  }
}

/** What cannot be read, or has no known end, may be over: nobody can vouch for it. */
function stopForEnds(io: Io, { certificates, unreadable }: Inventory, hours: number): void {
  const ending = certificates.filter((entry) => endsWithin(entry, hours, io.now));
  for (const entry of ending) {
    io.warn(`${entry.address} ${endOf(entry)} (${entry.source}: ${entry.location})`);
  }
  if (ending.length + unreadable.length > 0) {
    io.reportFindings();
  }
}

/** Whether a certificate is over within that time, or before; or nobody can say when it is. */
function endsWithin({ notAfter }: Entry, hours: number, now: Date): boolean {
  return notAfter === null || isDue(new Date(notAfter), hours, now);
}

function endOf({ notAfter, estimated, daysLeft }: Entry): string {
  if (notAfter === null || daysLeft === null) {
    return "ends at a time that is not known";
  }
  const date = `${estimated ? "about " : ""}${notAfter}`;
  return daysLeft < 0 ? `ended ${date}` : `ends ${date}, ${daysLeft} days from now`;
}
