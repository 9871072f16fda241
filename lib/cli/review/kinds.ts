/**
 * What may happen to a certificate, the gravest first: what `--fail-on` takes, and what the counts of a review are of. Each
 * with what it means for clients.
 */
export const KINDS = {
  "authority-replaced": "another authority takes its place: clients refuse every broker until they have the new ca.pem",
  "authority-removed": "the authority is removed: clients that have the new ca.pem refuse what it signed",
  removed: "the certificate is removed here, and stays valid until its end: nothing is revoked",
  "re-keyed": "a new key and a new certificate: the broker needs both files",
  moved:
    "issued anew in another stack or resource, and removed where it was; the old certificate stays valid until its end",
  undetermined: "the plan does not say what happens",
  "addresses-changed": "other addresses: clients that dial a removed one refuse the broker",
  "subject-changed": "another subject",
  "usage-changed": "another usage, or another length of validity",
  "re-issued": "a new certificate, although the old one is not due",
  "authority-created": "the first authority: clients need ca.pem",
  "authority-added": "a further authority beside the one that is there: clients need ca.pem before it signs",
  "authority-renewed":
    "a new certificate of the same authority, with its key: clients with the old one accept its brokers",
  "intermediate-renewed":
    "a new certificate of an authority below the root, with its key or another: clients trust the same root",
  renewed: "a new certificate for the same key, as the old one is due",
  issued: "a certificate for a broker that has none",
  "files-changed": "files are written or removed, and the certificates stay the same",
  "schedule-changed": "renewed earlier or later, and the same until then",
  forgotten: "no longer managed, and left as it is",
  renamed: "the same under another address of the engine",
  drifted: "differs from the last deployment, such as a file that someone removed",
} as const;

export type Kind = keyof typeof KINDS;

/**
 * Those that someone has to look at, whatever else a plan says: clients trust another authority, a broker has another key, a
 * certificate stays valid and is no longer managed, or the plan does not say what happens.
 */
export const GRAVE_KINDS: readonly Kind[] = [
  "authority-replaced",
  "authority-removed",
  "removed",
  "re-keyed",
  "moved",
  "undetermined",
  "authority-created",
  "authority-added",
  "forgotten",
];

/** All of them, in that order. */
export const ALL_KINDS = Object.keys(KINDS) as Kind[];

/** In the order of {@link ALL_KINDS}, each once. */
export function inOrder(kinds: Iterable<Kind>): Kind[] {
  const set = new Set(kinds);
  return ALL_KINDS.filter((kind) => set.has(kind));
}
