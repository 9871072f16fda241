import { createColors } from "picocolors";
import { numberOf } from "../../show/numbers";
import { lineOf } from "../../rules/report";
import { isFailure } from "../../rules/violation";
import type { ReviewedChange } from "../impact";
import type { OtherChange } from "../other-change";
import type { Review } from "../review";
import { headlineOf } from "./summary";
import { authorityOf, endOf, fileActionOf, keyOf, keyPinOf, shortFingerprintOf } from "./words";

type Colors = ReturnType<typeof createColors>;

const WIDTH = 100;

/** For a person at a terminal of 100 columns: all of it, the gravest first. */
export function toText(review: Review, isColored: boolean): string {
  const colors = createColors(isColored);
  const hasSources = review.sources.length > 1;
  const paragraphs = [
    colors.bold(wrapped("", `${headlineOf(review)}.`)),
    ...review.incomplete.map((sentence) => colors.yellow(wrapped("! ", `NOT THE WHOLE TRUTH: ${sentence}`))),
    ...review.dangers.map((danger) => colors.red(wrapped("! ", danger.toString()))),
    ...review.violations.map((violation) =>
      (isFailure(violation) ? colors.red : colors.yellow)(wrapped("! ", `rule: ${lineOf(violation)}`)),
    ),
    ...[...review.authorities, ...review.certificates].map((change) =>
      paragraphOf(change, hasSources, change.isGrave ? colors.red : colors.green),
    ),
    ...reloadsOf(review, hasSources),
    ...othersOf("other resource", review.others, hasSources),
    ...othersOf("output", review.outputs, hasSources),
    ...othersOf("drifted resource", review.drift, hasSources),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

function paragraphOf(change: ReviewedChange, hasSources: boolean, color: Colors["red"]): string {
  const { source, address, title, kinds, warnings, remarks, notes } = change;
  const { before, after, files, renamedFrom, movedFrom } = change;
  const rows: readonly (readonly [name: string, text: string | undefined])[] = [
    ["resource", address === title ? undefined : address],
    ["plan", hasSources ? source : undefined],
    ["was", renamedFrom],
    ["was", movedFrom && `${movedFrom.address} in ${movedFrom.source}`],
    ...warnings.map((warning) => ["warning", warning.toString()] as const),
    ...[...remarks, ...notes].map((note) => ["note", note.toString()] as const),
    ["addresses", arrow(before?.names?.join(", "), after?.names?.join(", "))],
    ["valid until", arrow(endOf(before), endOf(after))],
    ["key", keyOf(change, String)],
    ["key pin", keyPinOf(change)],
    ["authority", authorityOf(change)],
    ["old SHA-256", shortFingerprintOf(before)],
    ...files.map((file) => ["file", `${file.path ?? file.address} ${fileActionOf(file)}`] as const),
  ];
  const told = rows.flatMap(([name, text]) => (text ? [wrapped(`  ${name.padEnd(12)}`, text)] : []));
  return [`${color(kinds.join(", "))}  ${title}`, ...told].join("\n");
}

function reloadsOf({ reloads }: Review, hasSources: boolean): string[] {
  const rows = reloads.flatMap(({ source, broker, command, reason }) => [
    wrapped("  ", `${broker}: ${[reason, ...(hasSources ? [`in ${source}`] : [])].join(", ")}`),
    wrapped("    ", command),
  ]);
  return rows.length === 0 ? [] : [[`${numberOf(reloads.length, "reload command")} to be run:`, ...rows].join("\n")];
}

function othersOf(what: string, changes: readonly OtherChange[], hasSources: boolean): string[] {
  const rows = changes.map(({ source, address, action, detail }) =>
    wrapped(
      "  ",
      [`${address}: ${action}`, ...(detail ? [detail] : []), ...(hasSources ? [`in ${source}`] : [])].join(", "),
    ),
  );
  return rows.length === 0 ? [] : [[`${numberOf(changes.length, what)}:`, ...rows].join("\n")];
}

/** Goes on below where the text begins. A word that is too long for a line, as a path, is left whole, so that it can be copied. */
function wrapped(start: string, text: string): string {
  const [first = "", ...words] = text.split(" ");
  let column = start.length + first.length;
  const rest = words.map((word) => {
    const isNext = column + 1 + word.length > WIDTH;
    column = (isNext ? start.length : column + 1) + word.length;
    return `${isNext ? `\n${" ".repeat(start.length)}` : " "}${word}`;
  });
  return [start, first, ...rest].join("");
}

function arrow(before = "", after = ""): string {
  return before === after ? before : `${before || "none"} -> ${after || "none"}`;
}
