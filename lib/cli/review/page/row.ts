import type { Group } from "../../show/groups";
import type { Kind } from "../kinds";

/** A row in the list of a review's page: one change. */
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
  /** The files, each with its action: `pki/ca.pem written`. */
  readonly files: readonly string[];
  /** The previous place, in words. */
  readonly was?: string;
}

/** A certificate before or after the plan. Unknown values are left out. */
export interface Side {
  readonly names?: readonly string[];
  readonly notAfter?: string;
  readonly isEstimated?: boolean;
  readonly keyType?: string;
  readonly keyPin?: string;
  /** The common name of the authority that signs, or its whole subject if it has none. */
  readonly issuer?: string;
  /** The start of the fingerprint: enough to find the certificate. */
  readonly fingerprint?: string;
}

export interface ReviewData {
  readonly page: "review";
  /** Whether several plans are reviewed together. */
  readonly hasSources: boolean;
  readonly rows: readonly Row[];
}
