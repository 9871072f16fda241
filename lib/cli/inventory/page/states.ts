import type { Row } from "./row";

/** Whether clients accept a certificate: as it is said on the page, and as it is chosen there. */
export const STATES = {
  accepted: { text: "Accepted", sign: "✓" },
  refused: { text: "Not accepted", sign: "✕" },
  doubtful: { text: "Doubtful", sign: "?" },
} as const;

export type State = keyof typeof STATES;

export const ALL_STATES = Object.keys(STATES) as State[];

export function stateOf({ accepted }: Pick<Row, "accepted">): State {
  return accepted === null ? "doubtful" : accepted ? "accepted" : "refused";
}
