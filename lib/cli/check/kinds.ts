/**
 * What may be found of a broker, the worst first: what `--fail-on` takes, and what the counts of a check are of. Each with what
 * it is.
 */
export const KINDS = {
  unreachable: "no connection: the name, the port, the network or the handshake",
  "no-tls": "what is there speaks no TLS",
  "no-mqtt": "TLS is spoken, and no MQTT behind it",
  refused: "clients refuse what is served",
  stale: "another certificate is served than the one that is declared",
  unknown: "whether clients accept what is served cannot be known",
  ending: "what is served is over, or ends within the time of --expires-within",
  skipped: "not dialled",
  accepted: "clients accept what is served; none is declared to compare it with",
  current: "the certificate that is declared is served, and clients accept it",
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
