/** A broker's command that a plan runs once the broker's files are in place. */
export interface Reload {
  readonly source: string;
  /** The engine's address. */
  readonly address: string;
  /** The broker: what clients dial, or its folder's name. */
  readonly broker: string;
  /** As it is declared. */
  readonly command: string;
  /** Why, in words. */
  readonly reason: string;
}
