import type { MachineText } from "../read/machine-text";
import type { KeyDigest, Planned } from "./planned-values";

export interface KeyAttributes {
  readonly role: "key";
  /** `RSA 2048`, `ECDSA P-256`, `Ed25519` */
  readonly keyType: string;
  /** The digests of all encodings of the key. */
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
  /** The certificate of the authority that signs; `undefined` for a self-signed one. */
  readonly issuerPem: Planned<string>;
  /** The certificate signing request; `undefined` for a self-signed one. */
  readonly requestPem: Planned<string>;
  /** Set, with `names` and `subject`, only for a self-signed one: for others, the CSR has them. */
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
  /** The PEM, if the content is one certificate or several. */
  readonly certificates: Planned<string>;
  /** The digest of the content, which may be a key. */
  readonly key: Planned<KeyDigest>;
  readonly mode: Planned<string>;
}

/** Keys and certificates that are made on the machine that deploys (custody "machine"). */
export interface MachineAttributes extends MachineText {
  readonly role: "machine";
}

/** A reload command that runs once a broker's files have changed (custody "state"). All texts are safe to show. */
export interface ReloadAttributes {
  readonly role: "reload";
  /** The broker's address. */
  readonly address: string;
  readonly command: string;
}

/** A resource of another type: nothing of it is kept. */
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
