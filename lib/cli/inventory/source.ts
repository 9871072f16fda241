import type { ReadCertificate } from "../read/certificate";
import type { Collection } from "./collection";
import type { MachineRecord } from "./machine-record";

/** The content of a state or a directory. */
export interface Source {
  /** The source, as the user named it. */
  readonly name: string;
  readonly collection: Collection;
  /** The certificates in ca.pem; undefined if it is not known. */
  readonly trusted: readonly ReadCertificate[] | undefined;
  /** The numbers of authorities, by the ids of their keys. */
  readonly generations: ReadonlyMap<string, number>;
  /** The time before expiry at which a deployment renews a certificate, in hours, by its fingerprint; missing if it is not known. */
  readonly renewals: ReadonlyMap<string, number>;
  /** Records of certificates that the source does not contain. */
  readonly records: readonly MachineRecord[];
}
