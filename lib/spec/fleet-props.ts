import type { OrganizationProps } from "../values/distinguished-name";
import type { Duration } from "../values/duration";
import type { KeyAlgorithm } from "../values/key-algorithm";
import type { DirectoryMode, FileAccessProps } from "../values/files/file-access";
import type { BrokerFormsProps, TrustFormsProps } from "../values/files/forms";
import type { CertificateAuthoritySpecProps } from "./certificate-authority-spec";
import type { ImportedAuthorityProps } from "./imported-authority-spec";
import type { Custody } from "../values/custody";

/** The options of one server certificate, or of all certificates of a fleet. */
export interface ServerCertificateOptions extends FileAccessProps, BrokerFormsProps {
  /**
   * Further addresses that clients dial, besides the broker's own.
   * @default - none
   */
  readonly alternativeAddresses?: readonly string[];
  /**
   * Whether the certificate has each IP address as a DNS name too, with the same text, for clients that check only DNS names:
   * Mbed TLS before 3.5, BearSSL. RFC 5280, section 4.2.1.6, does not intend DNS names for this.
   * @default false
   */
  readonly ipAddressesAsDnsNames?: boolean;
  /**
   * Whether the certificate is a client certificate too (extendedKeyUsage clientAuth besides serverAuth). Bridges and clusters
   * present their certificates to other brokers.
   * @default false
   */
  readonly clientAuth?: boolean;
  /**
   * The owner of the broker. The common name is not part of it: it follows from the address.
   * @default - a subject with only the common name
   */
  readonly subject?: OrganizationProps;
  /**
   * The algorithm of the broker's key. A certificate signing request brings its own key; then the algorithm is only used in
   * the command that makes a request.
   * @default KeyAlgorithm.RSA_2048
   */
  readonly keyAlgorithm?: KeyAlgorithm;
  /**
   * The version of the key. Any other version than before means a new key and a new certificate at the next deployment. A
   * renewal keeps the key.
   * @default 1
   */
  readonly keyVersion?: number;
  /**
   * The time for which the certificate is valid, from the hour when it is issued. It must end before its authority expires.
   * @default Duration.days(825), the longest that Apple's clients accept
   */
  readonly duration?: Duration;
  /**
   * The time before its expiry at which a deployment renews the certificate, with the same key. Without a deployment, nothing
   * renews it.
   * @default Duration.days(90), or a third of the duration if that is less
   */
  readonly renewBefore?: Duration;
  /**
   * The name of the Terraform variable with the password of `server.key`. Give the password in the environment, as
   * TF_VAR_<name>. `false` means that this broker has no password although the fleet declares one.
   * @default - `server.key` has no password
   */
  readonly passwordVariable?: string | false;
  /**
   * The version of the password. Raise it when the password changes: `server.key` is encrypted again, and the key stays. With
   * custody "machine", that deployment needs the old password too, as TF_VAR_<name>_before.
   * @default 1
   */
  readonly passwordVersion?: number;
  /**
   * The number of PBKDF2 iterations for the password. More iterations slow down guesses, and the start of the broker. Brokers
   * in Erlang (RabbitMQ, EMQX, VerneMQ) hash at each handshake: 2,048 iterations take 0.2 s, 600,000 take 10 s.
   * @default 2048
   */
  readonly passwordIterations?: number;
  /**
   * A shell command, of one line, that makes the broker load its files. A deployment that changes the broker's files runs it
   * once all files are in place: on the machine that deploys, in the directory where cdktf is run. Its environment has
   * MQTT_PKI_ADDRESS, and paths in MQTT_PKI_FOLDER, _KEY, _CERTIFICATE and _CA. If it fails, the next deployment runs it again.
   * Plans and states show the command, so put no secret into it. `false` means no command for this broker although the fleet
   * declares one.
   * @default - no command
   */
  readonly reloadCommand?: string | false;
}

/** The declaration of a server certificate. */
export interface ServerCertificateSpecProps extends ServerCertificateOptions {
  /** The DNS name or IP address that clients dial, without a port. A wildcard is `*.` and a DNS name. */
  readonly address: string;
  /**
   * The file of a certificate signing request, PEM or DER, that was made on the broker. The path is relative to the directory
   * where cdktf is run, or absolute. The request must have the declared subject and names. The certificate is issued for its
   * key, which never leaves the broker; no other key is made.
   * @default - none: a key is made, unless csrPem is given
   */
  readonly csrFile?: string;
  /**
   * The same certificate signing request as PEM text.
   * @default - none: a key is made, unless csrFile is given
   */
  readonly csrPem?: string;
}

/** A generation of a fleet's authority: made here, or imported. */
export type AuthorityGenerationProps = (
  Omit<CertificateAuthoritySpecProps, "custody"> | Omit<ImportedAuthorityProps, "custody">
) & {
  /**
   * The number of the generation. It never changes: resources and files have it in their names, from 2 on.
   * @default 1
   */
  readonly generation?: number;
};

/** A fleet: one authority, and the brokers whose certificates it signs. An option given here applies to every broker. */
export interface FleetSpecProps extends ServerCertificateOptions, TrustFormsProps {
  /**
   * The authority that signs, and that clients trust: made here, or imported. Its custody is that of the fleet. For a rollover,
   * a list of several generations in any order: clients trust all of them.
   */
  readonly authority: AuthorityGenerationProps | readonly AuthorityGenerationProps[];
  /**
   * The number of the generation that signs for all brokers without a `signingGeneration`.
   * @default - the only one
   */
  readonly signingGeneration?: number;
  /**
   * Where private keys live: "state" is the state, through Terraform's tls provider; "machine" is only their files, on the
   * machine that applies.
   * @default - the value of `cdktf-mqtt-pki:custody` in the app's context, or "state"
   */
  readonly custody?: Custody;
  /**
   * The brokers: at least one, in any order. An option of a broker overrides the same option of the fleet. Alternative
   * addresses and attributes of the subject add up.
   */
  readonly brokers: readonly BrokerProps[];
  /**
   * The number of stacks for the brokers that name no `shard`. Only the address decides the stack, so neither the order nor the
   * growth of the fleet moves a broker. The authority then has its own stack.
   * @default - one stack for authority and brokers, unless brokers name shards
   */
  readonly shards?: number;
  /**
   * Whether the PEMs are written as files on the machine that applies.
   * @default true
   */
  readonly files?: boolean;
  /**
   * The directory for the files: relative to the directory where cdktf is run, or absolute.
   * @default "pki"
   */
  readonly directory?: string;
  /**
   * The mode of the directory, and of `brokers/` and `trust/` in it, octal. `0711` lets others read `ca.pem` and reach the
   * brokers' folders; `0755` lets them list the folders too.
   * @default "0711" if a broker has a fileOwner or a fileGroup, otherwise "0700"
   */
  readonly directoryMode?: DirectoryMode;
  /**
   * Whether the PEMs are outputs of the stack: `ca_pem` and `server_certificates`, and the sensitive outputs `server_keys` and
   * `ca_key`.
   * @default false
   */
  readonly outputs?: boolean;
  /**
   * Whether the authority's key is written as `ca.key`, and is the output `ca_key`. With custody "state", the state contains
   * the key in any case; with custody "machine", it is nowhere else. The key of an imported authority is never written.
   * @default true
   */
  readonly exportAuthorityKey?: boolean;
  /**
   * The name of the Terraform variable with a passphrase of at least 16 characters. OpenTofu encrypts state and saved plans with
   * it (AES-GCM, PBKDF2). Give the passphrase in the environment, as TF_VAR_<name>. Terraform does not support this, and is
   * refused.
   * @default - the engine does not encrypt state and plans
   */
  readonly statePassphraseVariable?: string;
}

/** A broker of a fleet. */
export interface BrokerProps extends ServerCertificateSpecProps {
  /**
   * The number of the authority's generation that signs the certificate.
   * @default - that of the fleet
   */
  readonly signingGeneration?: number;
  /**
   * The name of the broker's shard, such as "site-a". Its stack has the id of the fleet, a hyphen and this name.
   * @default - one of the fleet's numbered `shards`, by the address
   */
  readonly shard?: string;
}
