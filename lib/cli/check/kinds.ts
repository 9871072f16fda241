/**
 * The kinds of findings about a broker, the worst first, each with its meaning. `--fail-on` takes these names, and the counts
 * of a check use them.
 */
export const KINDS = {
  unreachable: "no connection: the name, the port, the network or the handshake fails",
  "no-tls": "something answers, but does not speak TLS",
  "no-mqtt": "TLS works, but MQTT does not",
  refused: "clients refuse the certificate that is served",
  stale: "the served certificate is not the declared one",
  unknown: "whether clients accept the served certificate is unknown",
  ending: "the served certificate has expired, or expires within the time of --expires-within",
  skipped: "not dialled",
  accepted: "clients accept the served certificate; none is declared to compare it with",
  current: "the declared certificate is served, and clients accept it",
} as const;

/** A kind of finding about a broker, the worst first. */
export type Kind = keyof typeof KINDS;

/** All kinds, in that order. */
export const ALL_KINDS = Object.keys(KINDS) as Kind[];

/** The kinds of brokers that need no attention. */
export const GOOD_KINDS: readonly Kind[] = ["accepted", "current"];

/** The kinds that need attention. */
export const BAD_KINDS: readonly Kind[] = ALL_KINDS.filter((kind) => !GOOD_KINDS.includes(kind));

/** In the order of {@link ALL_KINDS}, each once. */
export function inOrder(kinds: Iterable<Kind>): Kind[] {
  const set = new Set(kinds);
  return ALL_KINDS.filter((kind) => set.has(kind));
}
