import type { DistinguishedNameProps } from "../values/distinguished-name";

/** Instead of an algorithm: the key stays where it was made, on the broker or with an imported authority. */
export const NO_KEY = "none";

/** The declaration of a key and a certificate that custody `machine` makes. */
interface DeclaredCertificate {
  /** The subject, for a reviewer: `CN=mqtt-1.example.com, O=Example Ltd`. */
  readonly subject: string;
  /** The key's algorithm, such as `ECDSA-P256`; {@link NO_KEY} if the key is made on the broker. */
  readonly key: string;
  /** The validity, for a reviewer: `825 days`. */
  readonly validity: string;
  readonly hours: number;
  /** A hash of the certificate's content. */
  readonly intent: string;
  /** A reference to the password of the key's file, not the password itself: `plant/1/2048`. Empty without a password. */
  readonly password: string;
  readonly attributes: Readonly<Partial<Record<keyof DistinguishedNameProps, string>>>;
}

/** The declaration of a broker. */
export interface DeclaredServer extends DeclaredCertificate {
  /** The subject alternative names, for a reviewer: `DNS:mqtt-1.example.com, IP:192.0.2.1`. */
  readonly names: string;
  /** The generation of the authority that signs. */
  readonly generation: string;
  readonly renew_before_hours: number;
  /** The version of the key: a new version means a new key. */
  readonly key_version: string;
  readonly dns_names: readonly string[];
  readonly ip_addresses: readonly string[];
  /** Whether the key can encrypt. */
  readonly can_encipher: boolean;
  /** Whether the certificate is also a client certificate. Absent if not, so that only client certificates have it in their intent. */
  readonly client_auth?: true;
  /** The CSR in PEM: the certificate is for its key. */
  readonly request?: string;
  /** The address that clients dial, and the command that runs once the files have changed. */
  readonly address?: string;
  readonly reload?: string;
  /** Further forms of key and certificate, in the format of a record. */
  readonly forms?: string;
  /** Who can read its files: `mosquitto:mosquitto 0640 0750`. Absent if only the deploying user can. */
  readonly access?: string;
}

/** The declaration of an authority that the program makes in the directory. */
export interface DeclaredAuthority extends DeclaredCertificate {
  readonly digest: string;
  readonly permitted_domains?: readonly string[];
  readonly path_length?: number;
}

/** The declaration of an imported authority. Paths start at the stack's folder. */
export interface ImportedAuthority {
  readonly key: typeof NO_KEY;
  /** A hash of the root's subject and key, a slash, and a hash of its PEM. */
  readonly intent: string;
  readonly password: "";
  readonly digest: string;
  /** In PEM: the certificate of the signing authority, the chain that clients need, and the trust anchor. */
  readonly certificate: string;
  readonly chain: string;
  readonly trust_anchor: string;
  /** The expiry date of the signing certificate, RFC 3339; and the hash of the certificate and its chain. */
  readonly not_after: string;
  readonly fingerprint: string;
  /** The file with its key, or the Terraform variable that has it. */
  readonly key_file?: string;
  readonly key_variable?: string;
  /** The Terraform variable with the key's password. */
  readonly password_variable?: string;
}

/** The declaration of a PEM directory: a file next to the stack's text. */
export interface Declared {
  /** The stack's name. */
  readonly fleet: string;
  /** The PEM directory, from the stack's folder. */
  readonly directory: string;
  /** The working directory of reload commands, from the stack's folder. Absent if no broker has one. */
  readonly commands?: string;
  /** Its mode, octal. Absent if the mode stays. */
  readonly directory_mode?: string;
  /** The generations of the authority, by their numbers. */
  readonly authorities: Readonly<Record<string, DeclaredAuthority | ImportedAuthority>>;
  /** Their numbers, in the order in which clients get their certificates. */
  readonly trust: readonly string[];
  /** Further forms of the trust anchors, and a reference to their password: `pem pkcs12 plant/1`. */
  readonly trust_forms?: string;
  /** The brokers by folder, such as `brokers/mqtt-1.example.com`. */
  readonly brokers: Readonly<Record<string, DeclaredServer>>;
}

export function isImported(authority: DeclaredAuthority | ImportedAuthority): authority is ImportedAuthority {
  return "trust_anchor" in authority;
}

/** A reference to a password, not the password itself. */
export interface PasswordReference {
  readonly variable: string;
  readonly version: number;
  readonly iterations: number;
}

export function formatPassword({ variable, version, iterations }: PasswordReference): string {
  return `${variable}/${version}/${iterations}`;
}

/** Undefined if the text is not a reference. */
export function parsePassword(text: string): PasswordReference | undefined {
  const [, variable = "", version, iterations] = /^([A-Za-z_][A-Za-z0-9_]*)\/(\d+)\/(\d+)$/.exec(text) ?? [];
  return variable === "" ? undefined : { variable, version: Number(version), iterations: Number(iterations) };
}
