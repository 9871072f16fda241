import { numberOf } from "../show/numbers";
import type { CertificateChange } from "./certificate-change";
import { goneNames, isOfUnknownSigner, sourcesOfRenewals } from "./impact";
import type { Kind } from "./kinds";
import { type Days, daysOf, type Sentence, sentence } from "./sentence";

/** What a reader has to know before the plans are applied, the worst first, a sentence each. */
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
  tell: (titles: readonly string[], count: string, end: Days | string) => Sentence,
];

const DANGERS: readonly Danger[] = [
  [
    has("authority-replaced"),
    (titles) =>
      sentence`OUTAGE FOR EVERY CLIENT: an authority is replaced, ${titles}. Clients refuse every broker until they have the new ca.pem. To roll over without an outage, add the new authority first, and let it sign once clients have it.`,
  ],
  [
    has("authority-removed"),
    (titles) => sentence`An authority is removed, ${titles}: clients that have the new ca.pem refuse what it signed.`,
  ],
  [has("removed"), (titles, count, end) => sentence`${count} removed, but valid until ${end}, not revoked: ${titles}.`],
  [
    (change) => goneNames(change).length > 0,
    (titles, count) =>
      sentence`${count} with removed addresses, so that clients that dial these refuse the broker: ${titles}.`,
  ],
  [
    has("re-keyed"),
    (titles, count) => sentence`${count} with a new key, so that the broker needs both files: ${titles}.`,
  ],
  [
    has("moved"),
    (titles, count, end) => sentence`${count} moved, and the old ones valid until ${end}, not revoked: ${titles}.`,
  ],
  [has("undetermined"), (titles, count) => sentence`${count} of which the plan does not say what happens: ${titles}.`],
  [
    isOfUnknownSigner,
    (titles, count) =>
      sentence`${count} signed by another authority, which clients need in their ca.pem first: ${titles}.`,
  ],
];

function has(kind: Kind): (change: CertificateChange) => boolean {
  return ({ kinds }) => kinds.includes(kind);
}

function endOf(changes: readonly CertificateChange[]): Days | string {
  const days = changes.flatMap(({ before }) => (before?.notAfter === undefined ? [] : [before.notAfter.slice(0, 10)]));
  return daysOf(days) ?? "their end";
}
