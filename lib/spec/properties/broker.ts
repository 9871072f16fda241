import { listed } from "../../errors";
import type { BrokerProps, ServerCertificateOptions, ServerCertificateSpecProps } from "../fleet-props";
import type { OrganizationProps } from "../../values/distinguished-name";
import { ACCESS_MODES } from "../../values/files/file-access";
import { BROKER_FORM_FILES, BROKER_FORMS } from "../../values/files/forms";
import { KEY_ALGORITHM_NAMES } from "../../values/key-algorithm";
import type { FileProperty, Schema, TableOf } from "./property";

const COUNT: Schema = { type: "integer", minimum: 1, examples: [2] };
const SOME_DURATION: Schema = {
  type: "string",
  pattern: "^\\d+(\\.\\d+)? (hours?|days?)$",
  examples: ["90 days", "36 hours"],
};

const text = (description: string, example: string): Schema => ({ description, type: "string", examples: [example] });

/** The constant of `KeyAlgorithm` for a name: `RSA_2048` for RSA-2048. */
const constantOf = (name: string): string => `\`${name.replace("-", "_").toUpperCase()}\``;

/** `pkcs12` (`server.p12`), and so on. */
function describe(files: Readonly<Record<string, string>>): string {
  return listed(Object.entries(files).map(([form, file]) => `\`${form}\` (\`${file}\`)`));
}

const ORGANIZATION = {
  country: text("The country: an ISO 3166 code of two letters.", "US"),
  province: text("The state or province: at most 128 characters.", "Ohio"),
  locality: text("The town: at most 128 characters.", "Springfield"),
  organization: text("The organization: at most 64 characters.", "Example Ltd"),
  organizationalUnit: text("The unit of the organization: at most 64 characters.", "Plant 7"),
} satisfies TableOf<OrganizationProps, Schema>;

/** The options of one server certificate, or of all certificates of a fleet. */
export const SERVER_OPTIONS = {
  alternativeAddresses: {
    what: "Further addresses that clients dial, besides the broker's own. Those of the fleet are added.",
    inCsv: "separated by spaces, in one cell",
    default: "none",
    schema: {
      type: "array",
      items: { type: "string", minLength: 1, examples: ["mqtt.example.com"] },
      examples: [["mqtt.example.com", "192.0.2.10"]],
    },
  },
  ipAddressesAsDnsNames: {
    what: "Whether the certificate has each IP address as a DNS name too, for clients that check only DNS names: Mbed TLS before 3.5, BearSSL.",
    default: "false",
    page: "reference/clients.md",
    schema: { type: "boolean", examples: [true] },
  },
  clientAuth: {
    what: "Whether the certificate is a client certificate too, for bridges and clusters, which present it to other brokers.",
    default: "false",
    page: "how-to/bridges.md",
    schema: { type: "boolean", examples: [true] },
  },
  subject: {
    what: "The owner of the broker: `country`, `province`, `locality`, `organization`, `organizationalUnit`. The common name follows from the address. Attributes of the fleet are added.",
    inCsv: "one column for each attribute, such as subject.organization",
    default: "only the common name",
    schema: {
      type: "object",
      properties: ORGANIZATION,
      additionalProperties: false,
      examples: [{ organization: "Example Ltd" }],
    },
  },
  keyAlgorithm: {
    what: "The algorithm of the broker's key.",
    inCode: `\`KeyAlgorithm\` and one of ${KEY_ALGORITHM_NAMES.map(constantOf).join(", ")}`,
    default: "RSA-2048",
    page: "reference/clients.md",
    schema: {
      type: "string",
      enum: KEY_ALGORITHM_NAMES,
      examples: ["ECDSA-P256"],
    },
  },
  keyVersion: {
    what: "The version of the key. Raise it for a new key and a new certificate.",
    default: "1",
    page: "how-to/re-key.md",
    schema: COUNT,
  },
  duration: {
    what: "The time for which the certificate is valid, in hours or days of 24 hours.",
    inCode: "`Duration.days(90)`",
    default: "825 days, the longest that Apple's clients accept",
    page: "how-to/renew.md",
    schema: SOME_DURATION,
  },
  renewBefore: {
    what: "The time before its expiry at which a deployment renews the certificate, with the same key, in hours or days of 24 hours.",
    inCode: "`Duration.days(30)`",
    default: "90 days, or a third of a shorter duration",
    page: "how-to/renew.md",
    schema: SOME_DURATION,
  },
  passwordVariable: {
    what: "The name of the Terraform variable with the password of `server.key`. `false` means that this broker has no password although the fleet declares one. Never the password itself.",
    default: "no password",
    page: "how-to/passwords.md",
    schema: { type: ["string", "boolean"], not: { const: true }, examples: ["broker_password", false] },
  },
  passwordVersion: {
    what: "The version of the password. Raise it when the password changes.",
    default: "1",
    page: "how-to/passwords.md",
    schema: COUNT,
  },
  passwordIterations: {
    what: "The number of PBKDF2 iterations for the password.",
    default: "2048",
    page: "how-to/passwords.md",
    schema: { type: "integer", minimum: 1000, maximum: 10_000_000, examples: [600_000] },
  },
  reloadCommand: {
    what: "A shell command that makes the broker load its files. It runs on the machine that deploys, when the files have changed. `false` means no command for this broker although the fleet declares one. Put no secret into it.",
    default: "no command",
    page: "how-to/hand-out.md",
    schema: {
      type: ["string", "boolean"],
      not: { const: true },
      examples: ["systemctl reload mosquitto", "./hand-out.sh mqtt-1", false],
    },
  },
  forms: {
    what: `Further forms of key and certificate, with custody \`machine\`: ${describe(BROKER_FORM_FILES)}. The list of a broker replaces the list of the fleet; an empty list means no forms.`,
    inCsv: "separated by spaces, in one cell",
    default: "none",
    page: "how-to/forms.md",
    schema: {
      type: "array",
      items: { type: "string", enum: BROKER_FORMS, examples: ["pkcs12"] },
      examples: [["pkcs12", "combined-pem"]],
    },
  },
  keystorePasswordVariable: {
    what: "The name of the Terraform variable with the password of `server.p12`. Never the password itself.",
    default: "none; required with the form `pkcs12`",
    page: "how-to/passwords.md",
    schema: { type: "string", examples: ["keystore_password"] },
  },
  keystorePasswordVersion: {
    what: "The version of that password. Raise it when the password changes.",
    default: "1",
    page: "how-to/passwords.md",
    schema: COUNT,
  },
  fileOwner: {
    what: "The owner of a broker's files, with custody `machine`: a user name, or a number as text.",
    default: "the user who deploys",
    page: "reference/files.md",
    schema: { type: "string", minLength: 1, examples: ["mosquitto", "1883"] },
  },
  fileGroup: {
    what: "The group of a broker's files and of its folder, with custody `machine`: a group name, or a number as text.",
    default: "the group of the user who deploys",
    page: "reference/files.md",
    schema: { type: "string", minLength: 1, examples: ["mosquitto", "1883"] },
  },
  keyMode: {
    what: "The mode of `server.key` and its `forms`.",
    default: '`"0640"` with a `fileGroup`, otherwise `"0600"`',
    page: "reference/files.md",
    schema: { type: "string", enum: ACCESS_MODES.key, examples: ["0640"] },
  },
  folderMode: {
    what: "The mode of a broker's folder, with custody `machine`.",
    default: '`"0750"` with a `fileGroup`, `"0711"` with a `fileOwner`, `"0751"` with both, otherwise `"0700"`',
    page: "reference/files.md",
    schema: { type: "string", enum: ACCESS_MODES.folder, examples: ["0750"] },
  },
} as const satisfies TableOf<ServerCertificateOptions, FileProperty>;

/** The properties of a server certificate. */
export const SERVER_CERTIFICATE = {
  address: {
    what: "The DNS name or IP address that clients dial, without a port. A wildcard is `*.` and a DNS name, in quotes in YAML.",
    schema: {
      type: "string",
      minLength: 1,
      examples: ["mqtt-1.plant.example.com", "*.plant.example.com", "192.0.2.10", "2001:db8::10"],
    },
  },
  ...SERVER_OPTIONS,
  csrFile: {
    what: "The file of a certificate signing request that was made on the broker, where the key stays. The path is relative to the directory where the CDK is run, or absolute.",
    default: "none: a key is made, unless csrPem is given",
    page: "how-to/requests.md",
    schema: { type: "string", minLength: 1, examples: ["csr/edge-7.csr"] },
  },
  csrPem: {
    what: "The same certificate signing request as text.",
    default: "none: a key is made, unless csrFile is given",
    page: "how-to/requests.md",
    schema: { type: "string", minLength: 1, examples: ["-----BEGIN CERTIFICATE REQUEST-----\n…"] },
  },
} as const satisfies TableOf<ServerCertificateSpecProps, FileProperty>;

/** The properties of a broker in a fleet. */
export const BROKER = {
  ...SERVER_CERTIFICATE,
  signingGeneration: {
    what: "The number of the authority's generation that signs.",
    default: "that of the fleet",
    page: "how-to/roll-over.md",
    schema: COUNT,
  },
  shard: {
    what: "The name of the broker's shard, if the fleet is divided into several stacks.",
    default: "one of the fleet's numbered shards, by the address",
    page: "how-to/scale.md",
    schema: { type: "string", pattern: "^[a-z]([a-z\\d-]{0,61}[a-z\\d])?$", examples: ["site-a"] },
  },
} as const satisfies TableOf<BrokerProps, FileProperty>;
