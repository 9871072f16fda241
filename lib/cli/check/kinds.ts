/**
 * What may be found of a broker, the worst first: what `--fail-on` takes, and what the counts of a check are of. Each with what
 * it is.
 */
export const KINDS = {
  unreachable: "no connection: the name, the port, the network or the handshake fails",
  "no-tls": "something answers that speaks no TLS",
  "no-mqtt": "TLS works, and MQTT does not",
  refused: "clients refuse the certificate that is served",
  stale: "another certificate is served than the declared one",
  unknown: "whether clients accept the served certificate is not known",
  ending: "the served certificate has ended, or ends within the time of --expires-within",
  skipped: "not dialled",
  accepted: "clients accept the served certificate; none is declared to compare it with",
  current: "the declared certificate is served, and clients accept it",
} as const;

export type Kind = keyof typeof KINDS;

/** All of them, in that order. */
export const ALL_KINDS = Object.keys(KINDS) as Kind[];

/** Those of brokers that are as they should be. */
export const GOOD_KINDS: readonly Kind[] = ["accepted", "current"];

/** Those that someone has to look at. */
export const BAD_KINDS: readonly Kind[] = ALL_KINDS.filter((kind) => !GOOD_KINDS.includes(kind));

/** In the order of {@link ALL_KINDS}, each once. */
export function inOrder(kinds: Iterable<Kind>): Kind[] {
  const set = new Set(kinds);
  return ALL_KINDS.filter((kind) => set.has(kind));
}
