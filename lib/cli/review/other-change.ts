/** A change that concerns no certificate. */
export interface OtherChange {
  /** The file of the plan, as the user named it. */
  readonly source: string;
  /** The engine's address of the resource, or the name of the output. */
  readonly address: string;
  /** The action in the engine's words: `create`, or `delete, create`. */
  readonly action: string;
  /** More about the change, in words. */
  readonly detail?: string;
}
