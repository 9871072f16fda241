/** A reload command that a plan runs once the broker's files are in place. */
export interface Reload {
  /** The file of the plan, as the user named it. */
  readonly source: string;
  /** The engine's address. */
  readonly address: string;
  /** The broker's address, or the name of its folder. */
  readonly broker: string;
  /** The command as it is declared. */
  readonly command: string;
  /** The reason, in words. */
  readonly reason: string;
}
