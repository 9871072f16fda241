/** The length of a time in RFC 3339, in whole seconds of UTC. */
const TIME = "2006-01-02T15:04:05Z".length;

/** The time of a plan that decided on something, and the words of the rule: `2026-01-05T09:00:00Z new`. */
export interface Token {
  readonly time: string;
  readonly words: string;
}

/** The text of a token, which identifies the last thing that was made, and says why. */
export function formatToken({ time, words }: Token): string {
  return `${time} ${words}`;
}

export function parseToken(token: string): Token {
  return { time: token.slice(0, TIME), words: token.slice(TIME + 1) };
}
