/**
 * The properties of a fleet, once: their names, and what they say. The lists that props are held to, the JSON schema of fleet
 * files and the reference page of options come from these tables; an interface and its table cannot differ.
 */
import type { AuthorityGenerationProps } from "./authority-generation";
import type { CertificateAuthoritySpecProps } from "./certificate-authority-spec";
import type { BrokerProps, FleetSpecProps } from "./fleet-props";
import type { ImportedAuthorityProps } from "./imported-authority-spec";
import type { ServerCertificateOptions, ServerCertificateSpecProps } from "./server-certificate-spec";
import type { OrganizationProps } from "../values/distinguished-name";

/** What of JSON schema, draft 7, describes a fleet file. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly items?: Schema;
  readonly not?: { readonly const: unknown };
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: readonly unknown[];
}

/** What is known of a property beside its type. */
export interface Property {
  /** What it says, in sentences. */
  readonly what: string;
  /** What holds without it; absent where it is required. */
  readonly default?: string;
  /** How TypeScript says it, where a file says it otherwise. */
  readonly inCode?: string;
  /** The page of `docs/` that tells more. */
  readonly page?: string;
}

/** A property of a broker, which a file may say too. */
export interface FileProperty extends Property {
  readonly schema: Schema;
  /** How CSV says it. */
  readonly inCsv?: string;
}

type TableOf<Props, Row = Property> = { readonly [Name in keyof Required<Props>]: Row };

const COUNT: Schema = { type: "integer", minimum: 1, examples: [2] };
const SOME_DURATION: Schema = {
  type: "string",
  pattern: "^\\d+(\\.\\d+)? (hours?|days?)$",
  examples: ["90 days", "36 hours"],
};

const text = (description: string, example: string): Schema => ({ description, type: "string", examples: [example] });

const ORGANIZATION = {
  country: text("ISO 3166 code of two letters.", "US"),
  province: text("State or province, at most 128 characters.", "Ohio"),
  locality: text("Town, at most 128 characters.", "Springfield"),
  organization: text("At most 64 characters.", "Example Ltd"),
  organizationalUnit: text("At most 64 characters.", "Plant 7"),
} satisfies TableOf<OrganizationProps, Schema>;

/** What may be said of one server certificate, or of all of a fleet's. */
export const SERVER_OPTIONS = {
  alternativeAddresses: {
    what: "Further addresses that clients dial, beside the broker's own. Those of the fleet add to it.",
    inCsv: "separated by blanks, in one cell",
    default: "none",
    schema: {
      type: "array",
      items: { type: "string", minLength: 1, examples: ["mqtt.example.com"] },
      examples: [["mqtt.example.com", "192.0.2.10"]],
    },
  },
  subject: {
    what: "Whose the broker is: `country`, `province`, `locality`, `organization`, `organizationalUnit`. The common name is not here: it follows from the address. Attributes of the fleet add to it.",
    inCsv: "a column for each, such as subject.organization",
    default: "the common name alone",
    schema: {
      type: "object",
      properties: ORGANIZATION,
      additionalProperties: false,
      examples: [{ organization: "Example Ltd" }],
    },
  },
  keyAlgorithm: {
    what: "The algorithm of the broker's key.",
    inCode: "`KeyAlgorithm.RSA_2048`, `RSA_3072`, `RSA_4096`, `ECDSA_P256`, `ECDSA_P384` or `ED25519`",
    default: "RSA-2048, which every client takes",
    schema: {
      type: "string",
      enum: ["RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256", "ECDSA-P384", "Ed25519"],
      examples: ["ECDSA-P256"],
    },
  },
  keyVersion: {
    what: "To be raised for a new key, and a certificate for it.",
    default: "1",
    page: "re-key.md",
    schema: COUNT,
  },
  duration: {
    what: "How long the certificate is valid, in hours or days of 24 hours.",
    inCode: "`Duration.days(90)`",
    default: "825 days, the longest that Apple's clients take",
    page: "renew.md",
    schema: SOME_DURATION,
  },
  renewBefore: {
    what: "How long before its end a deployment renews the certificate, with the same key, in hours or days of 24 hours.",
    inCode: "`Duration.days(30)`",
    default: "90 days, or a third of a shorter duration",
    page: "renew.md",
    schema: SOME_DURATION,
  },
  passwordVariable: {
    what: "The name of the Terraform variable that has the password of `server.key`; `false` where the fleet's brokers have one, and this one has none. Never the password itself.",
    default: "no password",
    page: "passwords.md",
    schema: { type: ["string", "boolean"], not: { const: true }, examples: ["broker_password", false] },
  },
  passwordVersion: {
    what: "To be raised when the password is another one.",
    default: "1",
    page: "passwords.md",
    schema: COUNT,
  },
  passwordIterations: {
    what: "How often PBKDF2 hashes the password.",
    default: "2048",
    page: "passwords.md",
    schema: { type: "integer", minimum: 1000, maximum: 10_000_000, examples: [600_000] },
  },
} as const satisfies TableOf<ServerCertificateOptions, FileProperty>;

/** What a server certificate is to say. */
export const SERVER_CERTIFICATE = {
  address: {
    what: "The DNS name or IP address that clients dial, without a port; `*.` and a DNS name for a wildcard, in quotes in YAML.",
    schema: {
      type: "string",
      minLength: 1,
      examples: ["mqtt-1.plant.example.com", "*.plant.example.com", "192.0.2.10", "2001:db8::10"],
    },
  },
  ...SERVER_OPTIONS,
  csrFile: {
    what: "The file of a certificate signing request that was made on the broker, whose key stays there: relative to the directory where the CDK is run, or absolute.",
    default: "a key is made, unless there is csrPem",
    page: "requests.md",
    schema: { type: "string", minLength: 1, examples: ["csr/edge-7.csr"] },
  },
  csrPem: {
    what: "The same as text.",
    default: "a key is made, unless there is csrFile",
    page: "requests.md",
    schema: { type: "string", minLength: 1, examples: ["-----BEGIN CERTIFICATE REQUEST-----\n…"] },
  },
} as const satisfies TableOf<ServerCertificateSpecProps, FileProperty>;

/** A broker of a fleet. */
export const BROKER = {
  ...SERVER_CERTIFICATE,
  signingGeneration: {
    what: "The number of the generation of the authority that signs.",
    default: "the fleet's",
    page: "roll-over.md",
    schema: COUNT,
  },
  shard: {
    what: "The name of the shard that has the broker, where the fleet goes into several stacks.",
    default: "by the address, of the fleet's number of shards",
    page: "scale.md",
    schema: { type: "string", pattern: "^[a-z]([a-z\\d-]{0,61}[a-z\\d])?$", examples: ["site-a"] },
  },
} as const satisfies TableOf<BrokerProps, FileProperty>;

const CUSTODY = {
  what: 'Where private keys live: `"state"`, with the tls provider; or `"machine"`, in their files alone.',
  default: 'what the app\'s context has as `cdktf-mqtt-pki:custody`, or `"state"`',
  page: "custody.md",
} as const satisfies Property;

/** An authority that is made here. */
export const CERTIFICATE_AUTHORITY = {
  subject: { what: "Its name: as a broker's, and `commonName` and `emailAddress`. At least one attribute." },
  keyAlgorithm: { what: "The algorithm of its key, and so of its signatures: as a broker's.", default: "RSA-2048" },
  duration: {
    what: "How long its certificate is valid: longer than any broker's.",
    default: "3650 days",
    page: "renew.md",
  },
  custody: CUSTODY,
  permittedDomains: {
    what: "The DNS domains, each with all names below it, that it may certify: with custody `machine`.",
    default: "any name",
    page: "authorities.md",
  },
  pathLength: {
    what: "How many authorities may stand between it and a server certificate: with custody `machine`.",
    default: "any number",
    page: "authorities.md",
  },
  passwordVariable: {
    what: "The name of the Terraform variable that has the password of `ca.key`.",
    default: "no password",
    page: "passwords.md",
  },
  passwordVersion: {
    what: "To be raised when the password is another one.",
    default: "1",
    page: "passwords.md",
  },
  passwordIterations: {
    what: "How often PBKDF2 hashes the password.",
    default: "600000",
    page: "passwords.md",
  },
  preventDestroy: {
    what: "Whether a plan fails that would destroy or replace its key or its certificate.",
    default: "`true`",
    page: "roll-over.md",
  },
} as const satisfies TableOf<CertificateAuthoritySpecProps>;

/** An authority that was made elsewhere. */
export const IMPORTED_AUTHORITY = {
  certificateFile: {
    what: "The file of its certificate, and those of the authorities above it: PEM, or DER where it is alone.",
    default: "`certificatePem`",
    page: "authorities.md",
  },
  certificatePem: { what: "The same as text.", default: "`certificateFile`", page: "authorities.md" },
  keyFile: { what: "The file of its key, in PEM.", default: "`keyVariable`", page: "authorities.md" },
  keyVariable: {
    what: "The name of the Terraform variable that has its key, in PEM.",
    default: "`keyFile`",
    page: "authorities.md",
  },
  passwordVariable: {
    what: "The name of the Terraform variable that has the password of `keyFile`.",
    default: "no password",
    page: "authorities.md",
  },
  custody: CUSTODY,
} as const satisfies TableOf<ImportedAuthorityProps>;

/** What an authority of a fleet says beside that. */
export const GENERATION = {
  generation: {
    what: "Its number, which it keeps, where there are several in turn.",
    default: "1",
    page: "roll-over.md",
  },
} as const satisfies TableOf<Pick<AuthorityGenerationProps, "generation">>;

/** What a fleet says beside the options that hold for all brokers. */
export const FLEET = {
  authority: {
    what: "The authority that signs, made here or elsewhere; or a list of several, for a rollover.",
    page: "authorities.md",
  },
  signingGeneration: { what: "Which of several authorities signs.", default: "the only one", page: "roll-over.md" },
  brokers: { what: "The brokers: at least one, in any order.", page: "fleet-files.md" },
  shards: {
    what: "Over how many stacks the brokers are spread, with custody `state`.",
    default: "one stack",
    page: "scale.md",
  },
  custody: CUSTODY,
} as const satisfies Partial<TableOf<FleetSpecProps>>;

/** Where a fleet's PEMs and its state go. */
export const FLEET_OUTPUT = {
  files: { what: "Whether the PEMs are written as files, on the machine that applies.", default: "`true`" },
  directory: {
    what: "Where the files go: relative to the directory where the CDK is run, or absolute.",
    default: '`"pki"`',
  },
  outputs: {
    what: "Whether the PEMs are outputs of the stack: `ca_pem`, `ca_key`, `server_certificates`, `server_keys`.",
    default: "`false`",
  },
  exportAuthorityKey: { what: "Whether `ca.key` is written, and is an output.", default: "`true`" },
  statePassphraseVariable: {
    what: "The name of the Terraform variable that has the passphrase with which OpenTofu encrypts state and plans.",
    default: "not encrypted by the engine",
    page: "secrets.md",
  },
  backend: {
    what: "A function that gives each stack its backend.",
    default: "local state",
    page: "backends.md",
  },
  // `backend` is of `BrokerPkiProps`: its type is the CDK's.
} as const satisfies TableOf<
  Omit<FleetSpecProps, keyof ServerCertificateOptions | keyof typeof FLEET> & { readonly backend: unknown }
>;

/** The names in tables, in their order. */
export function namesIn(...tables: readonly object[]): readonly string[] {
  return tables.flatMap((table) => Object.keys(table));
}
