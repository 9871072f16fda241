import { alikeViolations } from "../../rules/alike-violations";
import { code, headOf, plain, rowOf } from "../../show/markdown-text";
import { countsOf, decimal, groupCountsOf, numberOf } from "../../show/numbers";
import { ALL_GROUPS, type Group, GROUPS } from "../../show/groups";
import { GROUP_OF_KIND } from "../groups";
import type { ReviewedChange } from "../impact";
import { KINDS, type Kind } from "../kinds";
import type { OtherChange } from "../other-change";
import type { Review } from "../review";
import { type Alike, alikeIn } from "./alike";
import { alikeOthers, alikeReloads } from "./alike-others";
import { cellsOfAlike, cellsOfChange, cellsOfViolations, COLUMNS, foldedList, LISTED_AT_MOST } from "./markdown-cells";
import { bytesOf, countByWhat, fit, type Row, type Section } from "./sections";
import { countKinds, headlineOf } from "./summary";

/** The marker by which scripts find the comment again. */
export const MARKER = "<!-- mqtt-pki review -->";

/** GitHub's limit for a comment. Counted in bytes, to be safe. */
const ROOM = 65_536;

/** The number of grave rows of a group that are open. Further rows are folded, so that the page stays readable. */
const OPEN_AT_MOST = 20;

/** Writes a comment for a pull request: the most urgent first, in less than 64 KiB. */
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

/** Makes everything before the first colon or comma bold. */
function strongStart(sentence: string): string {
  return sentence.replace(/^.+?(?=[:,] )/, "**$&**");
}

function countsTableOf(review: Review): string[] {
  const changes = [...review.authorities, ...review.certificates];
  const rowsOf = (group: Group, counts: Readonly<Partial<Record<Kind, number>>>): string[] =>
    Object.entries(counts).map(([kind, count]) =>
      rowOf([GROUPS[group], `\`${kind}\``, decimal(count), KINDS[kind as Kind]]),
    );
  const rows = [
    ...ALL_GROUPS.flatMap((group) => rowsOf(group, countKinds(changes.filter((change) => change.group === group)))),
    ...(review.drift.length === 0 ? [] : rowsOf(GROUP_OF_KIND.drifted, { drifted: review.drift.length })),
  ];
  const groups = groupCountsOf(review.groups);
  return [
    ...(groups === "" ? [] : [`**${groups}**`, ""]),
    ...(rows.length === 0 ? [] : [...headOf(["Group", "Kind", "Count", "What it means"]), ...rows, ""]),
  ];
}

function noteOf(omitted: Readonly<Record<string, number>>): string[] {
  const parts = Object.entries(omitted).map(([what, count]) => `${decimal(count)} ${what}`);
  return parts.length === 0
    ? []
    : [
        `**Left out below, because a comment has no more room:** ${parts.join(", ")}. \`mqtt-pki review --details\` lists all.`,
        "",
      ];
}

/** Rows without room are left out from the end, so rows that stand for many certificates come first. */
function sectionsOf(review: Review): Section[] {
  const hasSources = review.sources.length > 1;
  const alike = alikeIn([...review.authorities, ...review.certificates]);
  return [
    {
      open: ["> [!WARNING]", "> This review is incomplete:"],
      rows: review.incomplete.map((sentence) => ({
        text: `> - ${code(sentence)}`,
        what: "reasons why this is incomplete",
      })),
      close: [""],
    },
    {
      open: headOf(["Rule", "Certificates", "Violation", "Place"]),
      rows: alikeViolations(review.violations).map((violations) => ({
        text: rowOf(cellsOfViolations(violations)),
        what: "broken rules",
        count: Math.max(1, violations.addresses.length),
      })),
      close: [""],
    },
    ...ALL_GROUPS.flatMap((group) =>
      sectionsOfGroup(
        group,
        alike.filter(({ first }) => first.group === group),
        hasSources,
      ),
    ),
    foldedReloads(review, hasSources),
    foldedOthers("other resource", "Resources", review.others, hasSources),
    foldedOthers("output", "Outputs", review.outputs, hasSources),
    foldedOthers("drifted resource", "Resources", review.drift, hasSources),
    ...alike.filter(({ first }) => first.group === "danger").flatMap(allNamesOf),
    eachOf(alike, hasSources),
  ];
}

function sectionsOfGroup(group: Group, alike: readonly Alike[], hasSources: boolean): Section[] {
  const rowOfAlike = (one: Alike): Row => ({
    text: rowOf(one.single === undefined ? cellsOfAlike(one, hasSources) : cellsOfChange(one.single, hasSources)),
    what: one.first.kinds[0] ?? "",
    count: one.changes.length,
  });
  const title = [`#### ${GROUPS[group]}: ${countsOf(countKinds(changesOf(alike)))}`, ""];
  const grave = alike.filter(({ first }) => first.isGrave);
  const open = grave.slice(0, OPEN_AT_MOST);
  const rest = alike.filter((one) => !open.includes(one));
  const summary = `${numberOf(changesOf(rest).length, open.length > 0 ? "other certificate" : "certificate")}: ${countsOf(countKinds(changesOf(rest)))}`;
  const fold = folded(summary, COLUMNS, rest.map(rowOfAlike));
  return [
    { open: [...title, ...headOf(COLUMNS)], rows: open.map(rowOfAlike), close: [""] },
    open.length > 0 ? fold : { ...fold, open: [...title, ...fold.open] },
  ];
}

/** All names of a row in the group danger, if the row has no room for them. */
function allNamesOf({ first, titles }: Alike): Section[] {
  if (titles.length <= LISTED_AT_MOST) {
    return [];
  }
  const summary = `The names of all ${decimal(titles.length)}: ${first.kinds.join(", ")}`;
  return [
    {
      open: ["<details>", `<summary>${summary}</summary>`, ""],
      rows: titles.map((title) => ({ text: code(title), what: "names" })),
      close: ["", "</details>", ""],
    },
  ];
}

/** The details of each certificate that a row above groups with others. */
function eachOf(alike: readonly Alike[], hasSources: boolean): Section {
  const changes = changesOf(alike.filter(({ single }) => single === undefined));
  const rows = changes.map((change) => ({
    text: rowOf(cellsOfChange(change, hasSources)),
    what: `${change.kinds[0] ?? ""} in detail`,
  }));
  return folded(`Each of ${numberOf(changes.length, "certificate")} in detail`, COLUMNS, rows);
}

function changesOf(alike: readonly Alike[]): ReviewedChange[] {
  return alike.flatMap(({ changes }) => changes);
}

function folded(summary: string, columns: readonly string[], rows: readonly Row[]): Section {
  return {
    open: ["<details>", `<summary>${summary}</summary>`, "", ...headOf(columns)],
    rows,
    close: ["", "</details>", ""],
  };
}

function foldedReloads({ reloads }: Review, hasSources: boolean): Section {
  const rows = alikeReloads(reloads).map(({ brokers, command, reason, sources }) => ({
    text: rowOf([foldedList(brokers), code(command), plain(reason), ...(hasSources ? [foldedList(sources)] : [])]),
    what: reloads.length === 1 ? "reload command" : "reload commands",
    count: brokers.length,
  }));
  const columns = ["Brokers", "Command", "Why it runs", ...(hasSources ? ["Plan"] : [])];
  return folded(`${numberOf(reloads.length, "reload command")} to run`, columns, rows);
}

function foldedOthers(what: string, column: string, changes: readonly OtherChange[], hasSources: boolean): Section {
  const rows = alikeOthers(changes).map(({ addresses, action, detail, sources }) => ({
    text: rowOf([
      foldedList(addresses),
      plain(action),
      code(detail ?? ""),
      ...(hasSources ? [foldedList(sources)] : []),
    ]),
    what: changes.length === 1 ? what : `${what}s`,
    count: addresses.length,
  }));
  return folded(numberOf(changes.length, what), [column, "Action", "Detail", ...(hasSources ? ["Plan"] : [])], rows);
}
