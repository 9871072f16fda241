import type { Group } from "../../show/groups";
import type { Kind } from "../kinds";

/** What the page of a review lists of each change. */
export interface Row {
  readonly source: string;
  readonly address: string;
  readonly title: string;
  readonly isAuthority: boolean;
  readonly kinds: readonly Kind[];
  readonly group: Group;
  readonly warnings: readonly string[];
  readonly remarks: readonly string[];
  readonly key: "same" | "new" | "unknown";
  readonly authority: "same" | "other" | "unknown";
  readonly before?: Side;
  readonly after?: Side;
  /** Each with what happens to it, as `pki/ca.pem written`. */
  readonly files: readonly string[];
  /** Where it was, in words. */
  readonly was?: string;
}

/** A certificate before, or after. What is not known is left out. */
export interface Side {
  readonly names?: readonly string[];
  readonly notAfter?: string;
  readonly isEstimated?: boolean;
  readonly keyType?: string;
  readonly keyPin?: string;
  /** The common name of who signs, or its whole subject where there is none. */
  readonly issuer?: string;
  /** Enough of it to find it by. */
  readonly fingerprint?: string;
}

export interface ReviewData {
  readonly page: "review";
  /** Whether several plans are reviewed together. */
  readonly hasSources: boolean;
  readonly rows: readonly Row[];
}
