import type { FleetSpecProps, ServerCertificateOptions } from "../fleet-props";
import { CUSTODY, type TableOf } from "./property";

/** What a fleet says beside the options that hold for all brokers. */
export const FLEET = {
  authority: {
    what: "The authority that signs, made here or elsewhere; or a list of several, for a rollover.",
    page: "how-to/imported-authority.md",
  },
  signingGeneration: {
    what: "Which of several authorities signs.",
    default: "the only one",
    page: "how-to/roll-over.md",
  },
  brokers: { what: "The brokers: at least one, in any order.", page: "how-to/fleet-files.md" },
  shards: {
    what: "Over how many stacks the brokers are spread, with custody `state`.",
    default: "one stack",
    page: "how-to/scale.md",
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
  directoryMode: {
    what: "The mode of the directory and of `brokers/` in it: whether others get at `ca.pem`, and at what a broker's folder lets them.",
    default: '`"0711"` where a broker has a `fileOwner` or a `fileGroup`, else `"0700"`',
    page: "reference/files.md",
  },
  outputs: {
    what: "Whether the PEMs are outputs of the stack: `ca_pem`, `ca_key`, `server_certificates`, `server_keys`.",
    default: "`false`",
  },
  exportAuthorityKey: { what: "Whether `ca.key` is written, and is an output.", default: "`true`" },
  statePassphraseVariable: {
    what: "The name of the Terraform variable that has the passphrase with which OpenTofu encrypts state and plans.",
    default: "not encrypted by the engine",
    page: "how-to/encrypt-state.md",
  },
  trustForms: {
    what: "Further forms of what clients trust: `pem` and `der` (`trust/ca-<generation>.pem`, `.der`), `c-header` (`trust/ca.h`) and, with custody `machine`, `pkcs12` (`trust/truststore.p12`).",
    default: "none",
    page: "how-to/forms.md",
  },
  truststorePasswordVariable: {
    what: "The name of the Terraform variable that has the password of `trust/truststore.p12`. Never the password itself.",
    default: "none; required with the form `pkcs12`",
    page: "how-to/passwords.md",
  },
  truststorePasswordVersion: {
    what: "To be raised when that password is another one.",
    default: "`1`",
    page: "how-to/passwords.md",
  },
  backend: {
    what: "A function that gives each stack its backend.",
    default: "local state",
    page: "how-to/backends.md",
  },
  // `backend` is of `BrokerPkiProps`: its type is the CDK's.
} as const satisfies TableOf<
  Omit<FleetSpecProps, keyof ServerCertificateOptions | keyof typeof FLEET> & { readonly backend: unknown }
>;
