/**
 * What may happen to a certificate, the gravest first: the values of `--fail-on`, and what a review counts. Each text says
 * what the kind means for clients.
 */
export const KINDS = {
  "authority-replaced": "another authority replaces it: clients refuse every broker until they have the new ca.pem",
  "authority-removed": "the authority is removed: clients that have the new ca.pem refuse what it signed",
  removed: "the certificate is removed here, but stays valid until it expires: nothing is revoked",
  "re-keyed": "a new key and a new certificate: the broker needs both files",
  moved:
    "issued again in another stack or resource, and removed from the old one; the old certificate stays valid until it expires",
  undetermined: "the plan does not say what happens",
  "addresses-changed": "the addresses change: clients that dial a removed address refuse the broker",
  "subject-changed": "the subject changes",
  "usage-changed": "the usage or the length of the validity changes",
  "re-issued": "a new certificate, although the old one is not due",
  "authority-created": "the first authority: clients need ca.pem",
  "authority-added": "an additional authority next to the existing one: clients need ca.pem before it signs",
  "authority-renewed":
    "a new certificate of the same authority with the same key: clients that have the old one accept its brokers",
  "intermediate-renewed":
    "a new certificate of an intermediate authority, with the same key or a new one: clients trust the same root",
  renewed: "a new certificate for the same key, because the old one is due",
  issued: "a certificate for a broker that has none",
  "files-changed": "files are written or removed, and the certificates stay the same",
  "schedule-changed": "renewed earlier or later, and unchanged until then",
  forgotten: "no longer managed, and left in place",
  renamed: "unchanged, at another resource address",
  drifted: "changed outside the engine since the last deployment, such as a deleted file",
} as const;

/** A kind of change of a certificate, the gravest first. */
export type Kind = keyof typeof KINDS;

/**
 * The kinds that always need a review before the plan is applied: clients trust another authority, a broker gets another key, a
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

/** All kinds, the gravest first. */
export const ALL_KINDS = Object.keys(KINDS) as Kind[];

/** The given kinds in the order of {@link ALL_KINDS}, each once. */
export function inOrder(kinds: Iterable<Kind>): Kind[] {
  const set = new Set(kinds);
  return ALL_KINDS.filter((kind) => set.has(kind));
}
