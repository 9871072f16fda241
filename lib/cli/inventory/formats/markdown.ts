import { markdownPage } from "../../show/markdown-page";
import { code, headOf, plain, rowOf } from "../../show/markdown-text";
import type { Entry, Inventory } from "../entry";
import { summaryOf } from "./summary";

/** A diagram of more certificates is not readable, and soon exceeds the text that Mermaid accepts (50,000 characters). */
const DRAWN_AT_MOST = 50;

/** Markdown for a page or a comment: the counts by group, a table of all certificates, and a diagram of those that expire first. */
export function toMarkdown(inventory: Inventory): string {
  const { certificates } = inventory;
  return markdownPage("Certificates", inventory, [
    [summaryOf(inventory)],
    tableOf(certificates),
    ...timelineOf(certificates),
  ]);
}

function tableOf(certificates: readonly Entry[]): string[] {
  const head = ["Address", "Names", "Valid from", "until", "Days", "Accepted", "Issuer", "Key", "Serial number", "In"];
  return [...headOf(head), ...certificates.map((entry) => rowOf(cells(entry)))];
}

function cells(entry: Entry): string[] {
  const { address, names, notBefore, notAfter, estimated, daysLeft, accepted, reasons, issuer } = entry;
  const about = estimated ? "about " : "";
  const generation = issuer?.generation ?? null;
  return [
    code(address),
    names.map(code).join(" "),
    notBefore === null ? "unknown" : about + notBefore.slice(0, 10),
    notAfter === null ? "unknown" : about + notAfter.slice(0, 10),
    String(daysLeft ?? ""),
    [accepted === null ? "unknown" : accepted ? "yes" : "**no**", ...reasons.map(code)].join(" "),
    issuer === null ? "" : code(issuer.commonName) + (generation === null ? "" : ` (${generation})`),
    plain(entry.keyType ?? ""),
    entry.serialNumber ?? "",
    code(`${entry.source}: ${entry.location}`),
  ];
}

function timelineOf(certificates: readonly Entry[]): string[][] {
  const timed = certificates.flatMap((entry) =>
    entry.notBefore === null || entry.notAfter === null
      ? []
      : [{ ...entry, start: entry.notBefore.slice(0, 10), end: entry.notAfter.slice(0, 10) }],
  );
  if (timed.length === 0) {
    return [];
  }
  const drawn = timed.toSorted((one, other) => one.end.localeCompare(other.end)).slice(0, DRAWN_AT_MOST);
  const left = certificates.length - drawn.length;
  const sections = (["authority", "broker"] as const).flatMap((kind) => {
    const tasks = drawn.filter((entry) => entry.kind === kind);
    const marked = tasks.map(({ accepted, address, start, end }) => {
      const mark = accepted === false ? "crit, " : "";
      return `  ${entities(address)} :${mark}${start}, ${end}`;
    });
    return tasks.length === 0 ? [] : [`  section ${kind === "authority" ? "Authorities" : "Brokers"}`, ...marked];
  });
  return [
    ["```mermaid", "gantt", "  dateFormat YYYY-MM-DD", "  axisFormat %Y-%m", ...sections, "```"],
    ...(left > 0 ? [[`${left} more are not shown: those that expire last, or at an unknown time.`]] : []),
  ];
}

/** Escapes a text for Mermaid: a first letter may begin a keyword, and a colon ends a name. */
function entities(text: string): string {
  return text.replace(/^.|[^\w .*-]/gsu, (character) => `#${character.codePointAt(0) ?? 0};`);
}
