import { code, headOf, plain, rowOf } from "../../show/markdown-text";
import { decimal, numberOf } from "../../show/numbers";
import { isFailure, type Violation } from "../../rules/violation";
import type { ReviewedChange } from "../impact";
import { KINDS, type Kind } from "../kinds";
import { hasName } from "../names";
import type { OtherChange } from "../other-change";
import type { Review } from "../review";
import { bytesOf, countByWhat, fit, type Row, type Section } from "./sections";
import { countsOf } from "../../show/numbers";
import { headlineOf } from "./summary";
import { authorityOf, endOf, fileActionOf, keyOf, shortFingerprintOf } from "./words";

/** By which a comment is found again. */
export const MARKER = "<!-- mqtt-pki review -->";

/** What GitHub takes for a comment, in bytes to be on the safe side. */
const ROOM = 65_536;

/** More grave ones than these are folded, so that a page can be read. */
const OPEN_AT_MOST = 20;

/** For a comment on a pull request: the gravest first, in less than 64 KiB. */
export function toMarkdown(review: Review): string {
  const start = [MARKER, "", `### ${headlineOf(review)}`, "", ...dangersIn(review), ...countsTableOf(review)];
  const sections = sectionsOf(review);
  const most = noteOf(countByWhat(sections.flatMap(({ rows }) => rows)));
  const { lines, omitted } = fit(sections, ROOM - bytesOf(start) - bytesOf(most) - 1);
  return `${[...start, ...noteOf(omitted), ...lines].join("\n").trimEnd()}\n`;
}

function dangersIn({ dangers }: Review): string[] {
  return dangers.length === 0
    ? []
    : ["> [!CAUTION]", ...dangers.map((danger) => `> - ${strongStart(danger.write(code))}`), ""];
}

/** What stands before the first colon, or comma, is what is read first. */
function strongStart(sentence: string): string {
  return sentence.replace(/^.+?(?=[:,] )/, "**$&**");
}

function countsTableOf({ counts }: Review): string[] {
  const rows = Object.entries(counts).map(([kind, count]) =>
    rowOf([`\`${kind}\``, decimal(count), KINDS[kind as Kind]]),
  );
  return rows.length === 0 ? [] : [...headOf(["What happens", "How often", "What that is"]), ...rows, ""];
}

function noteOf(omitted: Readonly<Record<string, number>>): string[] {
  const parts = Object.entries(omitted).map(([what, count]) => `${decimal(count)} ${what}`);
  return parts.length === 0
    ? []
    : [`**Left out here, for want of room:** ${parts.join(", ")}. \`mqtt-pki review --format text\` lists all.`, ""];
}

function sectionsOf(review: Review): Section[] {
  const all = [...review.authorities, ...review.certificates];
  const grave = all.filter(({ isGrave }) => isGrave);
  const rest = all.filter(({ isGrave }) => !isGrave);
  const hasSources = review.sources.length > 1;
  const rowsOf = (changes: typeof all): Row[] =>
    changes.map((change) => ({ text: rowOf(cellsOf(change, hasSources)), what: change.kinds[0] ?? "" }));
  const more = grave.slice(OPEN_AT_MOST);
  return [
    {
      open: ["> [!WARNING]", "> This is not the whole truth:"],
      rows: review.incomplete.map((sentence) => ({ text: `> - ${code(sentence)}`, what: "reasons to doubt this" })),
      close: [""],
    },
    {
      open: headOf(["Rule", "Certificate", "What breaks it", "Where it stands"]),
      rows: review.violations.map((violation) => ({ text: rowOf(cellsOfViolation(violation)), what: "broken rules" })),
      close: [""],
    },
    { open: headOf(COLUMNS), rows: rowsOf(grave.slice(0, OPEN_AT_MOST)), close: [""] },
    folded(`${numberOf(more.length, "more certificate")} like these`, COLUMNS, rowsOf(more)),
    folded(
      `${numberOf(rest.length, grave.length > 0 ? "other certificate" : "certificate")}: ${countsOf(countKinds(rest))}`,
      COLUMNS,
      rowsOf(rest),
    ),
    foldedReloads(review, hasSources),
    foldedOthers("other resource", "Resource", review.others, hasSources),
    foldedOthers("output", "Output", review.outputs, hasSources),
    foldedOthers("drifted resource", "Resource", review.drift, hasSources),
  ];
}

function countKinds(changes: readonly ReviewedChange[]): Record<string, number> {
  return countByWhat(changes.flatMap(({ kinds }) => kinds.map((kind) => ({ text: "", what: kind }))));
}

function folded(summary: string, columns: readonly string[], rows: readonly Row[]): Section {
  return {
    open: ["<details>", `<summary>${summary}</summary>`, "", ...headOf(columns)],
    rows,
    close: ["", "</details>", ""],
  };
}

function foldedReloads({ reloads }: Review, hasSources: boolean): Section {
  const rows = reloads.map(({ source, broker, command, reason }) => ({
    text: rowOf([code(broker), code(command), plain(reason), ...(hasSources ? [code(source)] : [])]),
    what: reloads.length === 1 ? "reload command" : "reload commands",
  }));
  const columns = ["Broker", "Command", "Why it is run", ...(hasSources ? ["Plan"] : [])];
  return folded(`${numberOf(reloads.length, "reload command")} to be run`, columns, rows);
}

function foldedOthers(what: string, column: string, changes: readonly OtherChange[], hasSources: boolean): Section {
  const rows = changes.map(({ source, address, action, detail }) => ({
    text: rowOf([code(address), plain(action), code(detail ?? ""), ...(hasSources ? [code(source)] : [])]),
    what: changes.length === 1 ? what : `${what}s`,
  }));
  return folded(numberOf(changes.length, what), [column, "Action", "Detail", ...(hasSources ? ["Plan"] : [])], rows);
}

function cellsOfViolation(violation: Violation): string[] {
  const { rule, level, address, message, place, waiver } = violation;
  return [
    lines([isFailure(violation) ? `⚠ **${code(rule)}**` : code(rule), level]),
    code(address ?? ""),
    lines([
      message.write(code),
      waiver !== null &&
        (waiver.isOver
          ? `the waiver of ${code(waiver.owner)} ended on ${waiver.until}`
          : `waived until ${waiver.until} by ${code(waiver.owner)}: ${code(waiver.reason)}`),
    ]),
    code(place),
  ];
}

/** Of names, and of files, in a row. */
const LISTED_AT_MOST = 8;

const COLUMNS = ["Certificate", "What it means", "Before and after"];

function cellsOf(change: ReviewedChange, hasSources: boolean): string[] {
  const { source, address, title, kinds, warnings, remarks, notes } = change;
  const { before, after, files, renamedFrom, movedFrom } = change;
  return [
    lines([`**${code(title)}**`, kinds.join(", "), hasSources && `in ${code(source)}`]),
    lines([
      ...warnings.map((warning) => `⚠ ${warning.write(code)}`),
      ...remarks.map((remark) => remark.write(code)),
      ...notes.map(code),
    ]),
    lines([
      addressesOf(before?.names, after?.names),
      detail("valid until", arrow(endOf(before), endOf(after))),
      detail("key", emphatic(keyOf(change, plain), change.key)),
      change.key === "same" || before?.keyPin === undefined ? "" : detail("old key pin", code(before.keyPin)),
      detail("authority", emphatic(authorityOf(change), change.authority)),
      detail("old SHA-256", code(shortFingerprintOf(before))),
      ...files.slice(0, LISTED_AT_MOST).map((file) => `${code(file.path ?? file.address)} ${fileActionOf(file)}`),
      files.length > LISTED_AT_MOST && `and ${numberOf(files.length - LISTED_AT_MOST, "more file")}`,
      address !== title && code(address),
      renamedFrom !== undefined && `was ${code(renamedFrom)}`,
      movedFrom !== undefined && `was ${code(movedFrom.address)} in ${code(movedFrom.source)}`,
    ]),
  ];
}

function detail(name: string, text: string): string {
  return text === "" ? "" : `${name}: ${text}`;
}

function lines(texts: readonly (string | false)[]): string {
  return texts.filter((text) => text !== false && text !== "").join("<br>");
}

/** What is not there before, or after, is a dash. */
function arrow(before: string, after: string): string {
  return before === after ? before : `${before || "—"} → ${after || "—"}`;
}

/** What is otherwise than before is bold. */
function emphatic(text: string, state: "same" | "new" | "other" | "unknown"): string {
  return state === "same" ? text : text.replace(state, `**${state}**`);
}

/** Those that go are struck out, and those that are new are bold. */
function addressesOf(before: readonly string[] = [], after: readonly string[] = []): string {
  return arrow(markedNames(before, after, "~~"), markedNames(after, before, "**"));
}

function markedNames(names: readonly string[], others: readonly string[], mark: string): string {
  const isKept = (name: string): boolean => others.length === 0 || hasName(others, name);
  // What changes is not to be among those that there is no room for.
  const inOrder =
    names.length > LISTED_AT_MOST ? [...names.filter((name) => !isKept(name)), ...names.filter(isKept)] : names;
  const shown = inOrder
    .slice(0, LISTED_AT_MOST)
    .map((name) => (isKept(name) ? code(name) : `${mark}${code(name)}${mark}`));
  const left = names.length - shown.length;
  return [...shown, ...(left > 0 ? [`and ${decimal(left)} more`] : [])].join(" ");
}
