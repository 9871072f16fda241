import type { MachineText } from "../read/machine-text";
import type { KeyDigest, Planned } from "./planned-values";

export interface KeyAttributes {
  readonly role: "key";
  /** `RSA 2048`, `ECDSA P-256`, `Ed25519` */
  readonly keyType: string;
  /** Of each encoding in which others may refer to it. */
  readonly digests: readonly KeyDigest[];
}

export interface RequestAttributes {
  readonly role: "request";
  readonly key: Planned<KeyDigest>;
  readonly pem: Planned<string>;
  readonly names: Planned<readonly string[]>;
  readonly subject: Planned<string>;
}

export interface CertificateAttributes {
  readonly role: "certificate";
  readonly pem: Planned<string>;
  /** Of who signs; of a self-signed one `undefined`. */
  readonly issuerPem: Planned<string>;
  /** As {@link issuerPem}. */
  readonly requestPem: Planned<string>;
  /** Of a self-signed one alone: the others have these in their request. */
  readonly key: Planned<KeyDigest>;
  readonly names: Planned<readonly string[]>;
  readonly subject: Planned<string>;
  readonly isSelfSigned: boolean;
  readonly isAuthority: Planned<boolean>;
  readonly uses: Planned<readonly string[]>;
  readonly hours: Planned<number>;
  readonly isDue: Planned<boolean>;
}

export interface FileAttributes {
  readonly role: "file";
  readonly path: Planned<string>;
  /** Where it is a certificate, or several: their PEM. */
  readonly certificates: Planned<string>;
  /** Where it may be a key. */
  readonly key: Planned<KeyDigest>;
  readonly mode: Planned<string>;
}

/** Keys and certificates that are made where the plan is applied (custody "machine"). */
export interface MachineAttributes extends MachineText {
  readonly role: "machine";
}

/** A broker's command that is run once its files have changed (custody "state"). All texts may be shown. */
export interface ReloadAttributes {
  readonly role: "reload";
  /** What clients dial. */
  readonly address: string;
  readonly command: string;
}

/** Of any other type nothing is kept. */
interface OtherAttributes {
  readonly role: "other";
}

export type Attributes =
  | KeyAttributes
  | RequestAttributes
  | CertificateAttributes
  | FileAttributes
  | MachineAttributes
  | ReloadAttributes
  | OtherAttributes;
