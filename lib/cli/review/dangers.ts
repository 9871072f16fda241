import { numberOf } from "../show/numbers";
import type { CertificateChange } from "./certificate-change";
import { goneNames, isOfUnknownSigner, sourcesOfRenewals } from "./impact";
import type { Kind } from "./kinds";
import { type Days, daysOf, type Sentence, sentence } from "./sentence";

/** What a reader must know before the plans are applied: one sentence for each danger, the worst first. */
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
      sentence`OUTAGE FOR EVERY CLIENT: an authority is replaced, ${titles}. Clients refuse every broker until they have the new ca.pem. To roll over without an outage, add the new authority first. Let it sign once clients trust it.`,
  ],
  [
    has("authority-removed"),
    (titles) => sentence`An authority is removed, ${titles}: clients that have the new ca.pem refuse what it signed.`,
  ],
  [
    has("removed"),
    (titles, count, end) => sentence`${count} removed, but still valid until ${end}, and not revoked: ${titles}.`,
  ],
  [
    (change) => goneNames(change).length > 0,
    (titles, count) =>
      sentence`${count} with removed addresses, so clients that dial these addresses refuse the broker: ${titles}.`,
  ],
  [has("re-keyed"), (titles, count) => sentence`${count} with a new key, so the broker needs both files: ${titles}.`],
  [
    has("moved"),
    (titles, count, end) =>
      sentence`${count} moved, but the old ones stay valid until ${end}, and are not revoked: ${titles}.`,
  ],
  [
    has("undetermined"),
    (titles, count) => sentence`${count} undetermined, because the plan does not say what happens: ${titles}.`,
  ],
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
  return daysOf(days) ?? "they expire";
}
