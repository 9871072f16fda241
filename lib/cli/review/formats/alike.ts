import { grouped } from "../../show/grouped";
import { decimal } from "../../show/numbers";
import type { CertificateSide } from "../certificate-change";
import type { ReviewedChange } from "../impact";
import { daysOf, describeDays, Sentence, type Show } from "../sentence";
import { authorityOf, endOf, fileActionOf, keyOf } from "./words";

/** Similar changes that are shown together: the same happens to each certificate, with the same meaning. At least one. Immutable. */
export class Alike {
  /** @param changes in the order of the review */
  constructor(public readonly changes: readonly [ReviewedChange, ...ReviewedChange[]]) {}

  /** The first change: it has what all of them share. */
  public get first(): ReviewedChange {
    return this.changes[0];
  }

  /** The only change; undefined if there are several. */
  public get single(): ReviewedChange | undefined {
    return this.changes.length === 1 ? this.first : undefined;
  }

  public get titles(): string[] {
    return this.changes.map(({ title }) => title);
  }

  public get warnings(): Sentence[] {
    return mergedByPlace(this.changes.map(({ warnings }) => warnings));
  }

  public get remarks(): Sentence[] {
    return mergedByPlace(this.changes.map(({ remarks }) => remarks));
  }

  /** The plans that contain them. */
  public get sources(): string[] {
    return unique(this.changes.map(({ source }) => source));
  }

  /** The notes of all changes, each once. */
  public get notes(): string[] {
    return unique(this.changes.flatMap(({ notes }) => notes));
  }

  /** The range of the expiry dates, before and after: `2027-01-05 to 2027-02-04`. Empty if none is known. */
  public get ends(): { readonly before: string; readonly after: string } {
    return {
      before: rangeOf(this.changes.map(({ before }) => before)),
      after: rangeOf(this.changes.map(({ after }) => after)),
    };
  }

  /** The states and types of the keys, each once: `same, RSA 2048`. */
  public keys(show: Show): string[] {
    return unique(this.changes.map((change) => keyOf(change, show)));
  }

  public get authority(): string {
    return authorityOf(this.first);
  }

  /** `100 written, 20 removed` */
  public get files(): string {
    const counts = new Map<string, number>();
    for (const file of this.changes.flatMap(({ files }) => files)) {
      const action = fileActionOf(file);
      counts.set(action, (counts.get(action) ?? 0) + 1);
    }
    return [...counts].map(([action, count]) => `${decimal(count)} ${action}`).join(", ");
  }
}

/** Groups similar changes, in the order of the first change of each group. */
export function alikeIn(changes: readonly ReviewedChange[]): Alike[] {
  return grouped(changes, meaningOf).map((each) => new Alike(each));
}

/** A text that is equal for changes that are shown together. */
function meaningOf(change: ReviewedChange): string {
  const { isAuthority, kinds, key, authority, trustAnchor, group, warnings, remarks } = change;
  const shapes = [warnings, remarks].map((sentences) => sentences.map(({ shape }) => shape));
  return JSON.stringify([isAuthority, kinds, key, authority, trustAnchor ?? "", group, ...shapes]);
}

/** @param all lists of sentences with the same shapes in the same order */
function mergedByPlace(all: readonly (readonly Sentence[])[]): Sentence[] {
  const [first = []] = all;
  return first.map((one, at) => Sentence.merged(all.map((sentences) => sentences[at] ?? one)));
}

function rangeOf(sides: readonly (CertificateSide | undefined)[]): string {
  const known = sides.filter((side) => endOf(side) !== "");
  const days = daysOf(known.flatMap((side) => side?.notAfter?.slice(0, 10) ?? []));
  if (days === undefined) {
    return "";
  }
  const about = known.some((side) => side?.isEstimated === true) ? "about " : "";
  const unknown = known.length < sides.length ? `, ${decimal(sides.length - known.length)} not known` : "";
  return `${about}${describeDays(days)}${unknown}`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text) => text !== ""))];
}
