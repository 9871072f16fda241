import type { FilePlace } from "../../declared/file-place";
import { decimal, numberOf } from "../../show/numbers";
import { grouped } from "../../show/grouped";
import type { Alike } from "../by-id";
import { type Finding, type Findings, type Level, textOf } from "../finding";

/** The number of annotations of each level that GitHub shows for one step. */
const SHOWN_AT_MOST = 10;

/** The number of certificates that a line names. */
const NAMED_AT_MOST = 5;

const COMMANDS: Readonly<Record<Exclude<Level, "none">, string>> = {
  error: "error",
  warning: "warning",
  note: "notice",
};

/**
 * Writes workflow commands of GitHub Actions
 * (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands): at most 10 of each level, the most severe
 * first. If there are more, equal findings share one.
 */
export function toGithub({ command, all }: Findings): string {
  const lines = (Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]).flatMap((level) => {
    const found = all.filter((finding) => finding.level === level);
    return annotationsOf(found).map(({ id, message, place }) =>
      commandOf(COMMANDS[level], { ...placeOf(place), title: `mqtt-pki ${command}: ${id}` }, message),
    );
  });
  return lines.map((line) => `${line}\n`).join("");
}

interface Annotation {
  readonly id: string;
  readonly message: string;
  /** Undefined if it is not known. */
  readonly place: FilePlace | undefined;
}

function annotationsOf(found: readonly Finding[]): Annotation[] {
  if (found.length <= SHOWN_AT_MOST) {
    return found.map((finding) => annotationOf([finding]));
  }
  // Findings with different waivers stay separate, so that each waiver appears with what it permits.
  const groups = grouped(found, ({ id, waiver }) => JSON.stringify([id, waiver ?? ""]));
  if (groups.length <= SHOWN_AT_MOST) {
    return groups.map(annotationOf);
  }
  const shown = groups.slice(0, SHOWN_AT_MOST - 1);
  const left = groups.slice(SHOWN_AT_MOST - 1);
  const ids = [...new Set(left.map(([{ id }]) => id))];
  return [
    ...shown.map(annotationOf),
    { id: "more", message: `${numberOf(left.flat().length, "more finding")}: ${listOf(ids)}`, place: undefined },
  ];
}

/** One annotation for equal findings, at the place of the first. */
function annotationOf([first, ...others]: Alike): Annotation {
  const { id, declared, rule } = first;
  const names = others.map(({ address, message }) => address ?? message);
  const text = textOf(first);
  return {
    id,
    message: others.length === 0 ? text : `${text}\nAnd ${decimal(others.length)} more: ${listOf(names)}`,
    place: declared ?? rule,
  };
}

function placeOf(place: FilePlace | undefined): Readonly<Record<string, string | number>> {
  return place === undefined
    ? {}
    : { file: place.file, line: place.line, ...(place.col !== undefined && { col: place.col }) };
}

function listOf(names: readonly string[]): string {
  const left = names.length - NAMED_AT_MOST;
  return [...names.slice(0, NAMED_AT_MOST), ...(left > 0 ? [`and ${decimal(left)} more`] : [])].join(", ");
}

/** A command in the form that the runner parses (actions/runner, ActionCommand.cs). */
function commandOf(name: string, properties: Readonly<Record<string, string | number>>, message: string): string {
  const told = Object.entries(properties).map(([property, value]) => `${property}=${escapedProperty(String(value))}`);
  return `::${name} ${told.join(",")}::${escapedData(message)}`;
}

function escapedData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
