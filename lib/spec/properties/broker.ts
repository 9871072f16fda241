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

/** As `KeyAlgorithm` has it: `RSA_2048` of RSA-2048. */
const constantOf = (name: string): string => `\`${name.replace("-", "_").toUpperCase()}\``;

/** `pkcs12` (`server.p12`), and so on. */
function describe(files: Readonly<Record<string, string>>): string {
  return listed(Object.entries(files).map(([form, file]) => `\`${form}\` (\`${file}\`)`));
}

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
  ipAddressesAsDnsNames: {
    what: "Whether each of its IP addresses stands as a DNS name too, for clients that look at DNS names alone: Mbed TLS before 3.5, BearSSL.",
    default: "false",
    page: "reference/clients.md",
    schema: { type: "boolean", examples: [true] },
  },
  clientAuth: {
    what: "Whether the certificate is a client's too, for bridges and clusters, which present theirs to other brokers.",
    default: "false",
    page: "how-to/bridges.md",
    schema: { type: "boolean", examples: [true] },
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
    what: "To be raised for a new key, and a certificate for it.",
    default: "1",
    page: "how-to/re-key.md",
    schema: COUNT,
  },
  duration: {
    what: "How long the certificate is valid, in hours or days of 24 hours.",
    inCode: "`Duration.days(90)`",
    default: "825 days, the longest that Apple's clients take",
    page: "how-to/renew.md",
    schema: SOME_DURATION,
  },
  renewBefore: {
    what: "How long before its end a deployment renews the certificate, with the same key, in hours or days of 24 hours.",
    inCode: "`Duration.days(30)`",
    default: "90 days, or a third of a shorter duration",
    page: "how-to/renew.md",
    schema: SOME_DURATION,
  },
  passwordVariable: {
    what: "The name of the Terraform variable that has the password of `server.key`; `false` where the fleet's brokers have one, and this one has none. Never the password itself.",
    default: "no password",
    page: "how-to/passwords.md",
    schema: { type: ["string", "boolean"], not: { const: true }, examples: ["broker_password", false] },
  },
  passwordVersion: {
    what: "To be raised when the password is another one.",
    default: "1",
    page: "how-to/passwords.md",
    schema: COUNT,
  },
  passwordIterations: {
    what: "How often PBKDF2 hashes the password.",
    default: "2048",
    page: "how-to/passwords.md",
    schema: { type: "integer", minimum: 1000, maximum: 10_000_000, examples: [600_000] },
  },
  reloadCommand: {
    what: "A shell's command that has the broker take up its files, run on the machine that deploys when they have changed; `false` where the fleet's brokers have one, and this one has none. No secret belongs into it.",
    default: "nothing is run",
    page: "how-to/hand-out.md",
    schema: {
      type: ["string", "boolean"],
      not: { const: true },
      examples: ["systemctl reload mosquitto", "./hand-out.sh mqtt-1", false],
    },
  },
  forms: {
    what: `Further forms of key and certificate, with custody \`machine\`: ${describe(BROKER_FORM_FILES)}. A list of the broker takes the place of the fleet's; an empty one is none.`,
    inCsv: "separated by blanks, in one cell",
    default: "none",
    page: "how-to/forms.md",
    schema: {
      type: "array",
      items: { type: "string", enum: BROKER_FORMS, examples: ["pkcs12"] },
      examples: [["pkcs12", "combined-pem"]],
    },
  },
  keystorePasswordVariable: {
    what: "The name of the Terraform variable that has the password of `server.p12`. Never the password itself.",
    default: "none; required with the form `pkcs12`",
    page: "how-to/passwords.md",
    schema: { type: "string", examples: ["keystore_password"] },
  },
  keystorePasswordVersion: {
    what: "To be raised when that password is another one.",
    default: "1",
    page: "how-to/passwords.md",
    schema: COUNT,
  },
  fileOwner: {
    what: "The user whose a broker's files become, with custody `machine`: a name, or a number as text.",
    default: "who deploys",
    page: "reference/files.md",
    schema: { type: "string", minLength: 1, examples: ["mosquitto", "1883"] },
  },
  fileGroup: {
    what: "The group of a broker's files and of its folder, with custody `machine`: a name, or a number as text.",
    default: "that of who deploys",
    page: "reference/files.md",
    schema: { type: "string", minLength: 1, examples: ["mosquitto", "1883"] },
  },
  keyMode: {
    what: "The mode of `server.key`.",
    default: '`"0640"` where there is a `fileGroup`, else `"0600"`',
    page: "reference/files.md",
    schema: { type: "string", enum: ACCESS_MODES.key, examples: ["0640"] },
  },
  folderMode: {
    what: "The mode of a broker's folder, with custody `machine`.",
    default: '`"0750"` where there is a `fileGroup`, `"0711"` where there is a `fileOwner` alone, else `"0700"`',
    page: "reference/files.md",
    schema: { type: "string", enum: ACCESS_MODES.folder, examples: ["0750"] },
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
    page: "how-to/requests.md",
    schema: { type: "string", minLength: 1, examples: ["csr/edge-7.csr"] },
  },
  csrPem: {
    what: "The same as text.",
    default: "a key is made, unless there is csrFile",
    page: "how-to/requests.md",
    schema: { type: "string", minLength: 1, examples: ["-----BEGIN CERTIFICATE REQUEST-----\n…"] },
  },
} as const satisfies TableOf<ServerCertificateSpecProps, FileProperty>;

/** A broker of a fleet. */
export const BROKER = {
  ...SERVER_CERTIFICATE,
  signingGeneration: {
    what: "The number of the generation of the authority that signs.",
    default: "the fleet's",
    page: "how-to/roll-over.md",
    schema: COUNT,
  },
  shard: {
    what: "The name of the shard that has the broker, where the fleet goes into several stacks.",
    default: "by the address, of the fleet's number of shards",
    page: "how-to/scale.md",
    schema: { type: "string", pattern: "^[a-z]([a-z\\d-]{0,61}[a-z\\d])?$", examples: ["site-a"] },
  },
} as const satisfies TableOf<BrokerProps, FileProperty>;
