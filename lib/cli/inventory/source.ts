import type { ReadCertificate } from "../read/certificate";
import type { Collection } from "./collection";
import type { MachineRecord } from "./machine-record";

/** What a state or a directory has to say. */
export interface Source {
  /** As the user named it. */
  readonly name: string;
  readonly collection: Collection;
  /** What is in ca.pem; undefined where that is not known. */
  readonly trusted: readonly ReadCertificate[] | undefined;
  /** The numbers of authorities, by the ids of their keys. */
  readonly generations: ReadonlyMap<string, number>;
  /** How long before its end a deployment renews a certificate, in hours, by the fingerprint: where that is told. */
  readonly renewals: ReadonlyMap<string, number>;
  /** What is known of certificates that are not here. */
  readonly records: readonly MachineRecord[];
}
