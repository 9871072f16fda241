import { numberOf } from "../show/numbers";
import type { CertificateChange } from "./certificate-change";
import { goneNames, isOfUnknownSigner, sourcesOfRenewals } from "./impact";
import type { Kind } from "./kinds";
import { type Sentence, sentence } from "./sentence";

/** What is to be known before the plans are applied, the worst first, a sentence each. */
export function dangersOf(all: readonly CertificateChange[]): Sentence[] {
  const renewed = sourcesOfRenewals(all);
  return DANGERS.flatMap(([isIt, tell]) => {
    const found = all.filter((change) => isIt(change, renewed));
    const titles = found.map(({ title }) => title);
    return found.length === 0 ? [] : [tell(titles, numberOf(found.length, "certificate"), endOf(found))];
  });
}

type Danger = readonly [
  isIt: (change: CertificateChange, renewed: ReadonlySet<string>) => boolean,
  tell: (titles: readonly string[], count: string, end: string) => Sentence,
];

const DANGERS: readonly Danger[] = [
  [
    has("authority-replaced"),
    (titles) =>
      sentence`OUTAGE FOR EVERY CLIENT: an authority is replaced, ${titles}. No client takes any broker until it has the new ca.pem. To roll over without an outage, add the new authority first, and let it sign when clients have it.`,
  ],
  [
    has("authority-removed"),
    (titles) => sentence`An authority goes, ${titles}: clients that get the new ca.pem refuse what it signed.`,
  ],
  [has("removed"), (titles, count, end) => sentence`${count} removed, but ${end}: ${titles}.`],
  [
    (change) => goneNames(change).length > 0,
    (titles, count) =>
      sentence`${count} with addresses that go, so that clients which dial these are refused: ${titles}.`,
  ],
  [
    has("re-keyed"),
    (titles, count) => sentence`${count} with another key, so that the broker needs both files: ${titles}.`,
  ],
  [has("moved"), (titles, count, end) => sentence`${count} moved, and the old ones ${end}: ${titles}.`],
  [has("undetermined"), (titles, count) => sentence`${count} of which the plan does not tell what happens: ${titles}.`],
  [
    isOfUnknownSigner,
    (titles, count) =>
      sentence`${count} signed by another authority, which clients need in their ca.pem first: ${titles}.`,
  ],
];

function has(kind: Kind): (change: CertificateChange) => boolean {
  return ({ kinds }) => kinds.includes(kind);
}

function endOf(changes: readonly CertificateChange[]): string {
  const last = changes
    .map(({ before }) => before?.notAfter ?? "")
    .toSorted()
    .at(-1);
  return last ? `valid until ${last.slice(0, 10)}, not revoked` : "valid until their end, not revoked";
}
