/** A change that concerns no certificate. */
export interface OtherChange {
  readonly source: string;
  readonly address: string;
  /** The action in the engine's words: `create`, or `delete, create`. */
  readonly action: string;
  /** More about the change, in words. */
  readonly detail?: string;
}
