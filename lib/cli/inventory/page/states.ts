import type { Row } from "./row";

/** Whether clients accept a certificate: the words and the filter values of the page. */
export const STATES = {
  accepted: { text: "Accepted", sign: "✓" },
  refused: { text: "Not accepted", sign: "✕" },
  doubtful: { text: "Doubtful", sign: "?" },
  // A deployment recorded it, and no certificate was read to judge: that alone is not doubtful.
  recorded: { text: "Not seen", sign: "–" },
} as const;

export type State = keyof typeof STATES;

export const ALL_STATES = Object.keys(STATES) as State[];

export function stateOf({ accepted, estimated }: Pick<Row, "accepted" | "estimated">): State {
  if (accepted === null) {
    return estimated ? "recorded" : "doubtful";
  }
  return accepted ? "accepted" : "refused";
}
