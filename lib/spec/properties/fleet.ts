import type { FleetSpecProps, ServerCertificateOptions } from "../fleet-props";
import { CUSTODY, type TableOf } from "./property";

/** The properties of a fleet, besides the options for all brokers. */
export const FLEET = {
  authority: {
    what: "The authority that signs: made here, or imported. For a rollover, a list of several generations.",
    page: "how-to/imported-authority.md",
  },
  signingGeneration: {
    what: "The number of the generation that signs, if there are several.",
    default: "the only one",
    page: "how-to/roll-over.md",
  },
  brokers: { what: "The brokers: at least one, in any order.", page: "how-to/fleet-files.md" },
  shards: {
    what: "The number of stacks that the brokers are divided into, with custody `state`.",
    default: "one stack",
    page: "how-to/scale.md",
  },
  custody: CUSTODY,
} as const satisfies Partial<TableOf<FleetSpecProps>>;

/** The properties for the place of a fleet's PEMs and of its state. */
export const FLEET_OUTPUT = {
  files: { what: "Whether the PEMs are written as files on the machine that applies.", default: "`true`" },
  directory: {
    what: "The directory for the files: relative to the directory where the CDK is run, or absolute.",
    default: '`"pki"`',
  },
  directoryMode: {
    what: "The mode of the directory, and of `brokers/` and `trust/` in it. It decides whether others can read `ca.pem`, and reach brokers' folders.",
    default: '`"0711"` if a broker has a `fileOwner` or a `fileGroup`, otherwise `"0700"`',
    page: "reference/files.md",
  },
  outputs: {
    what: "Whether the PEMs are outputs of the stack: `ca_pem`, `ca_key`, `server_certificates`, `server_keys`.",
    default: "`false`",
  },
  exportAuthorityKey: {
    what: "Whether the authority's key is written as `ca.key`, and is an output.",
    default: "`true`",
  },
  statePassphraseVariable: {
    what: "The name of the Terraform variable with the passphrase. OpenTofu encrypts state and plans with it.",
    default: "the engine does not encrypt them",
    page: "how-to/encrypt-state.md",
  },
  trustForms: {
    what: "Further forms of the trust anchors: `pem` and `der` (`trust/ca-<generation>.pem`, `.der`), `c-header` (`trust/ca.h`) and, with custody `machine`, `pkcs12` (`trust/truststore.p12`).",
    default: "none",
    page: "how-to/forms.md",
  },
  truststorePasswordVariable: {
    what: "The name of the Terraform variable with the password of `trust/truststore.p12`. Never the password itself.",
    default: "none; required with the form `pkcs12`",
    page: "how-to/passwords.md",
  },
  truststorePasswordVersion: {
    what: "The version of that password. Raise it when the password changes.",
    default: "`1`",
    page: "how-to/passwords.md",
  },
  backend: {
    what: "A function that gives each stack its backend.",
    default: "local state",
    page: "how-to/backends.md",
  },
  // `backend` belongs to `BrokerPkiProps`: its type is from the CDK.
} as const satisfies TableOf<
  Omit<FleetSpecProps, keyof ServerCertificateOptions | keyof typeof FLEET> & { readonly backend: unknown }
>;
