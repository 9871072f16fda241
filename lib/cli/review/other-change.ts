/** A change of what is no certificate, nor a part of one. */
export interface OtherChange {
  readonly source: string;
  readonly address: string;
  /** In the engine's words, as `create`, or `delete, create`. */
  readonly action: string;
  /** In words. */
  readonly detail?: string;
}
