/** The length of a time in RFC 3339, in whole seconds of UTC. */
const TIME = "2006-01-02T15:04:05Z".length;

/** When a plan decided on something, and the words of the rule: `2026-01-05T09:00:00Z new`. */
export interface Token {
  readonly time: string;
  readonly words: string;
}

/** What names the last thing that was made, and tells why. */
export function formatToken({ time, words }: Token): string {
  return `${time} ${words}`;
}

export function parseToken(token: string): Token {
  return { time: token.slice(0, TIME), words: token.slice(TIME + 1) };
}
