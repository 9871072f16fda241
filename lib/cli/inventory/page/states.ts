import type { Row } from "./row";

/** Whether clients accept a certificate: as it is said on the page, and as it is chosen there. */
export const STATES = {
  accepted: { text: "Accepted", sign: "✓" },
  refused: { text: "Not accepted", sign: "✕" },
  doubtful: { text: "Doubtful", sign: "?" },
  // Of what a deployment recorded, without a certificate to judge: no reason for a doubt.
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
