import type { DistinguishedNameProps } from "../values/distinguished-name";

/** In place of an algorithm: the key was made elsewhere, and stays there. */
export const NO_KEY = "none";

/** What is declared of a key and a certificate that custody `machine` makes. */
interface DeclaredCertificate {
  /** For a reviewer: `CN=mqtt-1.example.com, O=Example Ltd`. */
  readonly subject: string;
  /** The key's algorithm, such as `ECDSA-P256`; {@link NO_KEY} where it is made elsewhere. */
  readonly key: string;
  /** How long the certificate is valid, for a reviewer: `825 days`. */
  readonly validity: string;
  readonly hours: number;
  /** A hash of all that the certificate is to say. */
  readonly intent: string;
  /** Which password the key's file has, which is not the password: `plant/1/2048`. Empty where it has none. */
  readonly password: string;
  readonly attributes: Readonly<Partial<Record<keyof DistinguishedNameProps, string>>>;
}

/** What is declared of a broker. */
export interface DeclaredServer extends DeclaredCertificate {
  /** The subject alternative names, for a reviewer: `DNS:mqtt-1.example.com, IP:192.0.2.1`. */
  readonly names: string;
  /** The generation of the authority that signs. */
  readonly generation: string;
  readonly renew_before_hours: number;
  /** Another one is another key. */
  readonly key_version: string;
  readonly dns_names: readonly string[];
  readonly ip_addresses: readonly string[];
  /** Whether its key can encrypt. */
  readonly can_encipher: boolean;
  /** Whether the certificate is a client's too. Absent where it is not, so that it is in the intents of those alone that say it. */
  readonly client_auth?: true;
  /** A certificate signing request in PEM, for whose key the certificate is. */
  readonly request?: string;
  /** For the command that is run once its files have changed: what clients dial, and the command. */
  readonly address?: string;
  readonly reload?: string;
  /** Further forms of key and certificate, as a record has them. */
  readonly forms?: string;
  /** Who gets at its files: `mosquitto:mosquitto 0640 0750`. Absent where that is who deploys alone. */
  readonly access?: string;
}

/** What is declared of an authority that is made in the directory. */
export interface DeclaredAuthority extends DeclaredCertificate {
  readonly digest: string;
  readonly permitted_domains?: readonly string[];
  readonly path_length?: number;
}

/** What is declared of an authority that was made elsewhere. Paths are those of the stack's folder. */
export interface ImportedAuthority {
  readonly key: typeof NO_KEY;
  /** A hash of the root's subject and key, and after a slash of its PEM. */
  readonly intent: string;
  readonly password: "";
  readonly digest: string;
  /** In PEM: who signs, what clients need beside it, and what they trust. */
  readonly certificate: string;
  readonly chain: string;
  readonly trust_anchor: string;
  /** When the certificate of who signs ends, RFC 3339; and the hash of it and its chain. */
  readonly not_after: string;
  readonly fingerprint: string;
  /** The file with its key, or the Terraform variable that has it. */
  readonly key_file?: string;
  readonly key_variable?: string;
  /** The Terraform variable with the key's password. */
  readonly password_variable?: string;
}

/** All that is declared of a PEM directory: a file beside the stack's text. */
export interface Declared {
  /** The stack's name. */
  readonly fleet: string;
  /** The PEM directory, from the stack's folder. */
  readonly directory: string;
  /** Where commands are run, from the stack's folder: there where a broker has one. */
  readonly commands?: string;
  /** Its mode, octal: absent where that is left as it is. */
  readonly directory_mode?: string;
  /** The generations of the authority, by their numbers. */
  readonly authorities: Readonly<Record<string, DeclaredAuthority | ImportedAuthority>>;
  /** Their numbers, in the order in which clients get their certificates. */
  readonly trust: readonly string[];
  /** Further forms of what clients trust, and which password they have: `pem pkcs12 plant/1`. */
  readonly trust_forms?: string;
  /** By their folders, such as `brokers/mqtt-1.example.com`. */
  readonly brokers: Readonly<Record<string, DeclaredServer>>;
}

export function isImported(authority: DeclaredAuthority | ImportedAuthority): authority is ImportedAuthority {
  return "trust_anchor" in authority;
}

/** Which password it is: not the password. */
export interface PasswordReference {
  readonly variable: string;
  readonly version: number;
  readonly iterations: number;
}

export function formatPassword({ variable, version, iterations }: PasswordReference): string {
  return `${variable}/${version}/${iterations}`;
}

/** Undefined where there is none. */
export function parsePassword(text: string): PasswordReference | undefined {
  const [, variable = "", version, iterations] = /^([A-Za-z_][A-Za-z0-9_]*)\/(\d+)\/(\d+)$/.exec(text) ?? [];
  return variable === "" ? undefined : { variable, version: Number(version), iterations: Number(iterations) };
}
