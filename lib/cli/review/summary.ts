import type { CertificateChange } from "./certificate-change";
import { goneNames, listOf, otherSigners, type Show } from "./effects";
import type { Kind } from "./kinds";
import type { Review } from "./review";
import { decimal, numberOf } from "./words";

/** All of it in a sentence. */
export function headlineOf(review: Review): string {
  const { counts, unchanged, others, outputs, drift } = review;
  const changed = review.authorities.length + review.certificates.length;
  if (changed > 0) {
    return `${numberOf(changed, "certificate")} ${changed === 1 ? "changes" : "change"} and ${stay(unchanged)}: ${countsOf(counts)}`;
  }
  const besides = [
    others.length > 0 && numberOf(others.length, "other resource"),
    outputs.length > 0 && numberOf(outputs.length, "output"),
  ].filter((part) => part !== false);
  if (besides.length > 0) {
    return `No certificate changes and ${stay(unchanged)}, but ${besides.join(" and ")} will change`;
  }
  if (drift.length > 0) {
    return `No certificate changes and ${stay(unchanged)}, but ${numberOf(drift.length, "resource")} drifted`;
  }
  return review.incomplete.length > 0
    ? `No certificate changes as far as the plan tells, and ${stay(unchanged)}`
    : `Nothing changes: ${numberOf(unchanged, "certificate")} ${unchanged === 1 ? "stays as it is" : "stay as they are"}`;
}

/** `1 authority-replaced, 2 re-issued` */
export function countsOf(counts: Review["counts"]): string {
  return Object.entries(counts)
    .map(([kind, count]) => `${decimal(count)} ${kind}`)
    .join(", ");
}

/** What is to be known before the plan is applied, the worst first, a sentence each. */
export function dangersOf(review: Review, show: Show): string[] {
  const all = [...review.authorities, ...review.certificates];
  const isSignedByOther = otherSigners(review);
  const has =
    (kind: Kind) =>
    ({ kinds }: CertificateChange): boolean =>
      kinds.includes(kind);
  const dangers: readonly Danger[] = [
    [
      has("authority-replaced"),
      (_, which) =>
        `OUTAGE FOR EVERY CLIENT: an authority is replaced, ${which}. No client takes any broker until it has the new ca.pem. To roll over without an outage, add the new authority first, and let it sign when clients have it.`,
    ],
    [
      has("authority-removed"),
      (_, which) => `An authority goes, ${which}: clients that get the new ca.pem refuse what it signed.`,
    ],
    [has("removed"), (count, which) => `${count} removed, but ${validityOf(all.filter(has("removed")))}: ${which}.`],
    [
      (change) => goneNames(change).length > 0,
      (count, which) => `${count} with addresses that go, so that clients which dial these are refused: ${which}.`,
    ],
    [has("re-keyed"), (count, which) => `${count} with another key, so that the broker needs both files: ${which}.`],
    [
      has("moved"),
      (count, which) => `${count} moved, and the old ones ${validityOf(all.filter(has("moved")))}: ${which}.`,
    ],
    [has("undetermined"), (count, which) => `${count} of which the plan does not tell what happens: ${which}.`],
    [
      (change) => isSignedByOther(change),
      (count, which) => `${count} signed by another authority, which clients need in their ca.pem first: ${which}.`,
    ],
  ];
  return dangers.flatMap(([isIt, tell]) => {
    const found = all.filter(isIt);
    const titles = found.map(({ title }) => title);
    return found.length === 0 ? [] : [tell(numberOf(found.length, "certificate"), listOf(titles, show))];
  });
}

function validityOf(changes: readonly CertificateChange[]): string {
  const last = changes
    .map(({ before }) => before?.notAfter ?? "")
    .toSorted()
    .at(-1);
  return last ? `valid until ${last.slice(0, 10)}, not revoked` : "valid until their end, not revoked";
}

type Danger = readonly [isIt: (change: CertificateChange) => boolean, tell: (count: string, which: string) => string];

function stay(unchanged: number): string {
  return `${decimal(unchanged)} ${unchanged === 1 ? "stays" : "stay"}`;
}
