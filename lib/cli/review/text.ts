import Table from "cli-table3";
import { createColors } from "picocolors";
import type { CertificateChange, CertificateSide } from "./certificate-change";
import { type Effect, effectsOf, isGrave, type Show } from "./effects";
import type { OtherChange, Review } from "./review";
import { dangersOf, headlineOf, numberOf } from "./summary";

type Colors = ReturnType<typeof createColors>;

/** For a person at a terminal of 100 columns: all of it, the gravest first. */
export function toText(review: Review, isColored: boolean): string {
  const colors = createColors(isColored);
  const effectOf = effectsOf(review, String);
  const certificates = [...review.authorities, ...review.certificates].map((change) => {
    const effect = effectOf(change);
    return paragraphOf(change, effect, review.sources.length > 1, isGrave(change, effect) ? colors.red : colors.green);
  });
  const paragraphs = [
    wrapped([["", colors.bold(`${headlineOf(review)}.`)]]),
    bulletsOf(
      review.incomplete.map((sentence) => `NOT THE WHOLE TRUTH: ${sentence}`),
      colors.yellow,
    ),
    bulletsOf(dangersOf(review, String), colors.red),
    ...certificates,
    othersOf("other resource", review.others),
    othersOf("output", review.outputs),
    othersOf("drifted resource", review.drift),
  ];
  return `${paragraphs.filter((paragraph) => paragraph !== "").join("\n\n")}\n`;
}

function paragraphOf(
  change: CertificateChange,
  { warnings, remarks }: Effect,
  hasSources: boolean,
  color: Colors["red"],
): string {
  const { source, address, title, kinds, key, authority, before, after, files, renamedFrom, movedFrom, notes } = change;
  const rows: readonly (readonly [name: string, text: string])[] = [
    ...(address === title ? [] : [["resource", address] as const]),
    ...(hasSources ? [["plan", source] as const] : []),
    ...(renamedFrom === undefined ? [] : [["was", renamedFrom] as const]),
    ...(movedFrom === undefined ? [] : [["was in", movedFrom] as const]),
    ...[...warnings.map(color), ...remarks].map((text) => ["effect", text] as const),
    ["addresses", arrow(before?.names?.join(", ") ?? "", after?.names?.join(", ") ?? "")],
    ["valid until", arrow(endOf(before), endOf(after))],
    ["key", `${key} ${after?.keyType ?? before?.keyType ?? ""}`.trimEnd()],
    ["authority", authority],
    ["old SHA-256", before?.fingerprint ?? ""],
    ...files.map((file) => ["file", `${file.path ?? file.address} ${file.action}`] as const),
    ...notes.map((note) => ["note", note] as const),
  ];
  return `${color(kinds.join(", "))}  ${title}\n${wrapped(rows.filter(([, text]) => text !== ""))}`;
}

function bulletsOf(sentences: readonly string[], color: Colors["red"]): string {
  return sentences.length === 0 ? "" : wrapped(sentences.map((sentence) => [color("!"), color(sentence)] as const));
}

function othersOf(what: string, changes: readonly OtherChange[]): string {
  const rows = changes.map(
    ({ address, action, detail }) => `  ${[address, action, detail ?? ""].join("  ").trimEnd()}`,
  );
  return rows.length === 0 ? "" : [`${numberOf(changes.length, what)}:`, ...rows].join("\n");
}

const [NAME_COLUMN, TEXT_COLUMN] = [14, 84];

const NO_BORDERS = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
  ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
  ...{ left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "" },
};

/** Names beside texts that go over as many lines as they need. */
function wrapped(rows: readonly (readonly [name: string, text: string])[]): string {
  const table = new Table({
    chars: NO_BORDERS,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colWidths: [NAME_COLUMN, TEXT_COLUMN],
    wordWrap: true,
  });
  table.push(...rows.map(([name, text]) => [`  ${name}`, text]));
  return table.toString().replace(/ +$/gm, "");
}

function arrow(before: string, after: string): string {
  return before === after ? before : `${before || "none"} -> ${after || "none"}`;
}

function endOf(side: CertificateSide | undefined): string {
  return side?.notAfter === undefined
    ? ""
    : `${side.isEstimated === true ? "about " : ""}${side.notAfter.slice(0, 10)}`;
}
