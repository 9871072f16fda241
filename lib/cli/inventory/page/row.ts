import type { Group } from "../../show/groups";

/** The fields of an entry that the page of an inventory shows. */
export interface Row {
  readonly source: string;
  readonly location: string;
  readonly kind: "authority" | "broker";
  readonly address: string;
  readonly names: readonly string[];
  readonly serialNumber: string | null;
  readonly fingerprint: string | null;
  readonly keyType: string | null;
  readonly generation: number | null;
  readonly issuer: {
    readonly commonName: string;
    readonly generation: number | null;
    readonly verified: boolean;
  } | null;
  /** RFC 3339, in UTC. */
  readonly notBefore: string | null;
  /** As {@link notBefore}. */
  readonly notAfter: string | null;
  /** As {@link notBefore}. */
  readonly renewsAt: string | null;
  readonly estimated: boolean;
  /** Whole days of 24 hours until it expires; negative once it has. */
  readonly daysLeft: number | null;
  readonly accepted: boolean | null;
  readonly reasons: readonly string[];
  /** Who must act. */
  readonly group: Group;
}

export interface InventoryData {
  readonly page: "inventory";
  readonly rows: readonly Row[];
}
