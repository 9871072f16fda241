import { createColors } from "picocolors";
import { countsOf, decimal, groupCountsOf, numberOf } from "../../show/numbers";
import { alikeViolations } from "../../rules/alike-violations";
import { lineOf } from "../../rules/report";
import { isFailure } from "../../rules/violation";
import { ALL_GROUPS, type Group, GROUPS } from "../../show/groups";
import type { ReviewedChange } from "../impact";
import type { OtherChange } from "../other-change";
import type { Review } from "../review";
import { LISTED_AT_MOST, listOf } from "../sentence";
import { Alike, alikeIn } from "./alike";
import { alikeOthers, alikeReloads } from "./alike-others";
import { countKinds, headlineOf } from "./summary";
import { type Extent, rowsOfAlike, rowsOfChange } from "./text-of-change";
import { wrapped } from "./wrapped";

type Colors = ReturnType<typeof createColors>;

/** The lines of a terminal that a person sees at once. */
const SCREEN = 40;

/** The text uses the first extent that fits on a screen, or the last one. */
const EXTENTS: readonly Extent[] = [
  ...[Infinity, 80, 40, 20, 10, LISTED_AT_MOST].map((names) => ({ names, isShort: false })),
  { names: 2, isShort: true },
];

/**
 * Writes text for a terminal of 100 columns, the most urgent first. Similar changes are shown together, so that any number of
 * them fits on one screen.
 *
 * @param isDetailed whether each change is shown separately and completely
 */
export function toText(review: Review, isColored: boolean, isDetailed = false): string {
  const page = new TextPage(review, createColors(isColored), isDetailed);
  let text = "";
  for (const extent of EXTENTS) {
    text = page.write(extent);
    // A line feed ends the last line.
    if (isDetailed || text.split("\n").length - 1 <= SCREEN) {
      break;
    }
  }
  return text;
}

const HINT = "Similar changes are shown together: --details shows each separately.";

class TextPage {
  readonly #hasSources: boolean;
  readonly #alike: readonly Alike[];
  readonly #isMerged: boolean;

  constructor(
    private readonly review: Review,
    private readonly colors: Colors,
    private readonly isDetailed: boolean,
  ) {
    const changes = [...review.authorities, ...review.certificates];
    this.#hasSources = review.sources.length > 1;
    this.#alike = isDetailed ? changes.map((change) => new Alike([change])) : alikeIn(changes);
    this.#isMerged = this.#alike.length < changes.length;
  }

  public write(extent: Extent): string {
    const { colors, review } = this;
    const others = [
      ...this.reloads(),
      ...this.others("other resource", review.others),
      ...this.others("output", review.outputs),
      ...this.others("drifted resource", review.drift),
    ];
    const isShort = this.#isMerged || others.some((part) => part.isShort);
    const paragraphs = [
      this.head(),
      this.cautions(extent),
      ...ALL_GROUPS.flatMap((group) => this.group(group, extent)),
      ...others.map(({ text }) => text),
      isShort ? colors.dim(HINT) : "",
    ];
    return `${paragraphs.filter((paragraph) => paragraph !== "").join("\n\n")}\n`;
  }

  private head(): string {
    const { review, colors } = this;
    const groups = groupCountsOf(review.groups);
    return [colors.bold(wrapped("", `${headlineOf(review)}.`)), ...(groups === "" ? [] : [groups])].join("\n");
  }

  private cautions({ names }: Extent): string {
    const { review, colors } = this;
    const most = Math.min(names, LISTED_AT_MOST);
    return [
      ...review.incomplete.map((sentence) => colors.yellow(wrapped("! ", `INCOMPLETE: ${sentence}`))),
      ...review.dangers.map((danger) => colors.red(wrapped("! ", danger.write(String, most)))),
      ...alikeViolations(review.violations).map((violation) =>
        (isFailure(violation) ? colors.red : colors.yellow)(wrapped("! ", `rule: ${lineOf(violation, most)}`)),
      ),
    ].join("\n");
  }

  private group(group: Group, extent: Extent): string[] {
    const own = this.#alike.filter(({ first }) => first.group === group);
    if (own.length === 0) {
      return [];
    }
    const counts = countsOf(countKinds(own.flatMap(({ changes }) => changes)));
    const heading = this.colors.bold(wrapped("", `${GROUPS[group]}: ${counts}`));
    return [heading, ...own.map((each) => this.paragraph(each, extent))];
  }

  private paragraph(alike: Alike, extent: Extent): string {
    const { single, first, changes } = alike;
    const name = single === undefined ? numberOf(changes.length, "certificate") : single.title;
    const rows =
      single === undefined
        ? rowsOfAlike(
            alike,
            this.#hasSources,
            first.group === "danger" ? extent : { ...extent, names: Math.min(extent.names, LISTED_AT_MOST) },
          )
        : rowsOfChange(single, this.#hasSources);
    return [`${this.colorOf(first)(first.kinds.join(", "))}  ${name}`, ...rows].join("\n");
  }

  private colorOf({ isGrave, group }: ReviewedChange): Colors["red"] {
    const { red, yellow, green } = this.colors;
    return isGrave ? red : group === "nothing" ? green : yellow;
  }

  private reloads(): Part[] {
    const { reloads } = this.review;
    const alike = this.isDetailed ? reloads.flatMap((one) => alikeReloads([one])) : alikeReloads(reloads);
    const rows = alike.map(({ brokers, command, reason, sources }) => ({
      names: brokers,
      text: [
        wrapped("  ", `${this.list(brokers)}: ${[reason, ...this.placed(sources)].join(", ")}`),
        wrapped("    ", command),
      ].join("\n"),
    }));
    return this.part(`${numberOf(reloads.length, "reload command")} to run`, rows);
  }

  private others(what: string, changes: readonly OtherChange[]): Part[] {
    const alike = this.isDetailed ? changes.flatMap((one) => alikeOthers([one])) : alikeOthers(changes);
    const rows = alike.map(({ addresses, action, detail, sources }) => ({
      names: addresses,
      text: wrapped(
        "  ",
        [`${this.list(addresses)}: ${action}`, ...(detail ? [detail] : []), ...this.placed(sources)].join(", "),
      ),
    }));
    return this.part(numberOf(changes.length, what), rows);
  }

  private part(title: string, rows: readonly { readonly names: readonly string[]; readonly text: string }[]): Part[] {
    const shown = this.isDetailed ? rows : rows.slice(0, LISTED_AT_MOST);
    const left = rows.slice(shown.length).reduce((sum, { names }) => sum + names.length, 0);
    const lines = [`${title}:`, ...shown.map(({ text }) => text), ...(left > 0 ? [`  and ${decimal(left)} more`] : [])];
    const isShort = !this.isDetailed && (left > 0 || rows.some(({ names }) => names.length > LISTED_AT_MOST));
    return rows.length === 0 ? [] : [{ text: lines.join("\n"), isShort }];
  }

  private list(texts: readonly string[]): string {
    return listOf(texts, String, this.isDetailed ? Infinity : LISTED_AT_MOST);
  }

  private placed(sources: readonly string[]): string[] {
    return this.#hasSources ? [`in ${this.list(sources)}`] : [];
  }
}

/** A paragraph, and whether it leaves something out. */
interface Part {
  readonly text: string;
  readonly isShort: boolean;
}
