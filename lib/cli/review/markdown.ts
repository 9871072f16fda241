import type { CertificateChange, CertificateSide } from "./certificate-change";
import { type Effect, effectsOf, hasName, isGrave } from "./effects";
import { KINDS, type Kind } from "./kinds";
import { code, headOf, rowOf } from "./markdown-text";
import type { OtherChange, Review } from "./review";
import { bytesOf, countByWhat, fit, type Row, type Section } from "./sections";
import { countsOf, dangersOf, decimal, headlineOf, numberOf } from "./summary";
import { timelineOf } from "./timeline";

/** By which a comment is found again. */
export const MARKER = "<!-- mqtt-pki review -->";

/** What GitHub takes for a comment, in bytes to be on the safe side. */
const ROOM = 65_536;

/** More grave ones than these are folded, so that a page can be read. */
const OPEN_AT_MOST = 20;

/** For a comment on a pull request: the gravest first, in less than 64 KiB. */
export function toMarkdown(review: Review): string {
  const start = [MARKER, "", `### ${headlineOf(review)}`, "", ...warningsOf(review), ...countsTableOf(review)];
  const timeline = timelineOf([...review.authorities, ...review.certificates]);
  const sections = sectionsOf(review);
  const most = noteOf(countByWhat(sections.flatMap(({ rows }) => rows)));
  const { lines, omitted } = fit(sections, ROOM - bytesOf(start) - bytesOf(timeline) - bytesOf(most) - 1);
  return `${[...start, ...noteOf(omitted), ...lines, ...timeline].join("\n").trimEnd()}\n`;
}

function warningsOf(review: Review): string[] {
  const dangers = dangersOf(review, code);
  return dangers.length === 0
    ? []
    : ["> [!CAUTION]", ...dangers.flatMap((danger) => [`> - ${strongStart(danger)}`]), ""];
}

/** What stands before the first colon, or comma, is what is read first. */
function strongStart(sentence: string): string {
  return sentence.replace(/^[^:,`]+/, "**$&**");
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
  const effectOf = effectsOf(review, code);
  const all = [...review.authorities, ...review.certificates].map((change) => ({ change, effect: effectOf(change) }));
  const grave = all.filter(({ change, effect }) => isGrave(change, effect));
  const rest = all.filter(({ change, effect }) => !isGrave(change, effect));
  const hasSources = review.sources.length > 1;
  const rowsOf = (changes: typeof all): Row[] =>
    changes.map(({ change, effect }) => ({
      text: rowOf(cellsOf(change, effect, hasSources)),
      what: change.kinds[0] ?? "",
    }));
  const more = grave.slice(OPEN_AT_MOST);
  return [
    {
      open: ["> [!WARNING]", "> This is not the whole truth:"],
      rows: review.incomplete.map((sentence) => ({ text: `> - ${code(sentence)}`, what: "reasons to doubt this" })),
      close: [""],
    },
    { open: headOf(COLUMNS), rows: rowsOf(grave.slice(0, OPEN_AT_MOST)), close: [""] },
    folded(`${numberOf(more.length, "more certificate")} like these`, COLUMNS, rowsOf(more)),
    folded(
      `${numberOf(rest.length, grave.length > 0 ? "other certificate" : "certificate")}: ${countsOf(countKinds(rest))}`,
      COLUMNS,
      rowsOf(rest),
    ),
    foldedOthers("other resource", "Resource", review.others, hasSources),
    foldedOthers("output", "Output", review.outputs, hasSources),
    foldedOthers("drifted resource", "Resource", review.drift, hasSources),
  ];
}

function countKinds(changes: readonly { readonly change: CertificateChange }[]): Record<string, number> {
  return countByWhat(changes.flatMap(({ change }) => change.kinds.map((kind) => ({ text: "", what: kind }))));
}

function folded(summary: string, columns: readonly string[], rows: readonly Row[]): Section {
  return {
    open: ["<details>", `<summary>${summary}</summary>`, "", ...headOf(columns)],
    rows,
    close: ["", "</details>", ""],
  };
}

function foldedOthers(what: string, column: string, changes: readonly OtherChange[], hasSources: boolean): Section {
  const rows = changes.map(({ source, address, action, detail }) => ({
    text: rowOf([code(address), action, code(detail ?? ""), ...(hasSources ? [code(source)] : [])]),
    what: changes.length === 1 ? what : `${what}s`,
  }));
  return folded(numberOf(changes.length, what), [column, "Action", "Detail", ...(hasSources ? ["Plan"] : [])], rows);
}

const COLUMNS = ["Certificate", "What happens", "Addresses", "Valid until", "Key", "Authority", "Files"];

function cellsOf(change: CertificateChange, { warnings, remarks }: Effect, hasSources: boolean): string[] {
  const { source, address, title, kinds, key, authority, before, after, files, renamedFrom, movedFrom, notes } = change;
  return [
    lines([
      `**${code(title)}**`,
      ...(address === title ? [] : [code(address)]),
      ...(hasSources ? [`in ${code(source)}`] : []),
      ...(renamedFrom === undefined ? [] : [`was ${code(renamedFrom)}`]),
      ...(movedFrom === undefined ? [] : [`was in ${code(movedFrom)}`]),
    ]),
    lines([
      kinds.map((kind) => `**${kind}**`).join(", "),
      ...warnings.map((warning) => `⚠ ${warning}`),
      ...remarks,
      ...notes.map(code),
    ]),
    addressesOf(before?.names, after?.names),
    arrow(endOf(before), endOf(after)),
    lines([key === "same" ? "same" : `**${key}**`, after?.keyType ?? before?.keyType ?? ""]),
    lines([
      authority === "same" ? "same" : `**${authority}**`,
      ...(before?.fingerprint === undefined ? [] : [`old SHA-256 ${code(`${before.fingerprint.slice(0, 23)}…`)}`]),
    ]),
    lines(files.map(({ address: resource, path, action }) => `${code(path ?? resource)} ${action}`)),
  ];
}

function lines(texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join("<br>");
}

/** What is not there before, or after, is a dash. */
function arrow(before: string, after: string): string {
  return before === after ? before : `${before || "—"} → ${after || "—"}`;
}

function endOf(side: CertificateSide | undefined): string {
  return side?.notAfter === undefined
    ? ""
    : `${side.isEstimated === true ? "about " : ""}${side.notAfter.slice(0, 10)}`;
}

const NAMES_AT_MOST = 8;

/** Those that go are struck out, and those that are new are bold. */
function addressesOf(before: readonly string[] = [], after: readonly string[] = []): string {
  const mark = (names: readonly string[], others: readonly string[], wrap: string): string => {
    const inOrder = [
      ...names.filter((name) => !hasName(others, name)),
      ...names.filter((name) => hasName(others, name)),
    ];
    const shown = inOrder
      .slice(0, NAMES_AT_MOST)
      .map((name) => (hasName(others, name) || others.length === 0 ? code(name) : `${wrap}${code(name)}${wrap}`));
    return [
      ...shown,
      ...(names.length > shown.length ? [`and ${decimal(names.length - shown.length)} more`] : []),
    ].join(" ");
  };
  return arrow(mark(before, after, "~~"), mark(after, before, "**"));
}
