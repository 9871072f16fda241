import type { OrganizationProps } from "../values/distinguished-name";
import type { Duration } from "../values/duration";
import type { KeyAlgorithm } from "../values/key-algorithm";
import type { DirectoryMode, FileAccessProps } from "../values/files/file-access";
import type { BrokerFormsProps, TrustFormsProps } from "../values/files/forms";
import type { CertificateAuthoritySpecProps } from "./certificate-authority-spec";
import type { ImportedAuthorityProps } from "./imported-authority-spec";
import type { Custody } from "../values/custody";

/** What may be said of one server certificate, or of all of a fleet's. */
export interface ServerCertificateOptions extends FileAccessProps, BrokerFormsProps {
  /**
   * Further addresses that clients dial, beside the broker's own.
   * @default - none
   */
  readonly alternativeAddresses?: readonly string[];
  /**
   * Whether each of its IP addresses stands as a DNS name too, with its very text, for clients that look at DNS names alone:
   * Mbed TLS before 3.5, BearSSL. It is not what RFC 5280, section 4.2.1.6, has DNS names for.
   * @default false
   */
  readonly ipAddressesAsDnsNames?: boolean;
  /**
   * Whether the certificate is a client's too (extendedKeyUsage clientAuth beside serverAuth): bridges and clusters present theirs
   * to other brokers.
   * @default false
   */
  readonly clientAuth?: boolean;
  /**
   * Whose the broker is. The common name is not here: it follows from the address.
   * @default - a subject with the common name alone
   */
  readonly subject?: OrganizationProps;
  /**
   * The algorithm of the broker's key. A request has its own; for that it is what the command asks for which makes one.
   * @default KeyAlgorithm.RSA_2048
   */
  readonly keyAlgorithm?: KeyAlgorithm;
  /**
   * To be raised for a new key, and a certificate for it, at the next deployment: any other version than before is a new
   * key. A renewal keeps the key.
   * @default 1
   */
  readonly keyVersion?: number;
  /**
   * How long the certificate is valid from the hour when it is issued: shorter than its authority's.
   * @default Duration.days(825), the longest that Apple's clients take
   */
  readonly duration?: Duration;
  /**
   * How long before its end a deployment renews the certificate, with the same key. Nothing renews it by itself.
   * @default Duration.days(90), or a third of the duration where that is less
   */
  readonly renewBefore?: Duration;
  /**
   * The name of the Terraform variable that has the password of `server.key`: give it in the environment, as TF_VAR_<name>.
   * `false` where the fleet's brokers have one, and this one has none.
   * @default - `server.key` has no password
   */
  readonly passwordVariable?: string | false;
  /**
   * To be raised when the password is another one: `server.key` is encrypted anew, and the key stays. With custody "machine",
   * the old one is needed once more then, as TF_VAR_<name>_before.
   * @default 1
   */
  readonly passwordVersion?: number;
  /**
   * How often PBKDF2 hashes the password: the more, the longer a guess takes, and the start of the broker. Brokers in Erlang
   * (RabbitMQ, EMQX, VerneMQ) hash at each handshake: 2,048 take them 0.2 s, 600,000 take 10 s.
   * @default 2048
   */
  readonly passwordIterations?: number;
  /**
   * A shell's command, of one line, that has the broker take up its files: run on the machine that deploys, in the directory
   * where cdktf is run, once all files of a deployment that changes the broker's are in place. Plans and states show it, so
   * no secret belongs into it. It gets paths as MQTT_PKI_FOLDER, _KEY, _CERTIFICATE and _CA, and MQTT_PKI_ADDRESS; where it
   * fails, the next deployment runs it again. `false` where the fleet's brokers have one, and this one has none.
   * @default - nothing is run
   */
  readonly reloadCommand?: string | false;
}

/** What a broker's certificate is to say. */
export interface ServerCertificateSpecProps extends ServerCertificateOptions {
  /** The DNS name or IP address that clients dial, without a port; `*.` and a DNS name for a wildcard. */
  readonly address: string;
  /**
   * A certificate signing request that was made on the broker, whose key never leaves it: PEM or DER, relative to the
   * directory where cdktf is run, or absolute. It is for the subject and the names that are declared. The certificate is
   * issued for its key, and no other key is made.
   * @default - a key is made, unless there is csrPem
   */
  readonly csrFile?: string;
  /**
   * The same as text.
   * @default - a key is made, unless there is csrFile
   */
  readonly csrPem?: string;
}

/** An authority, made here or elsewhere. Where clients trust several in turn, each is a generation. */
export type AuthorityGenerationProps = (
  Omit<CertificateAuthoritySpecProps, "custody"> | Omit<ImportedAuthorityProps, "custody">
) & {
  /**
   * Its number, which it keeps: its resources and its files are named after it, unless it is the first.
   * @default 1
   */
  readonly generation?: number;
};

/** One authority and the brokers whose certificates it signs. An option given here holds for every broker. */
export interface FleetSpecProps extends ServerCertificateOptions, TrustFormsProps {
  /**
   * The authority that signs, and that clients trust: made here, or elsewhere. Its custody is the fleet's. Or several, in any
   * order, all of which clients trust: the generations of a rollover.
   */
  readonly authority: AuthorityGenerationProps | readonly AuthorityGenerationProps[];
  /**
   * The number of the generation that signs the certificates of brokers which name no other.
   * @default - the only one
   */
  readonly signingGeneration?: number;
  /**
   * Where private keys live: `state`, with Terraform's tls provider; or `machine`, in their files alone, on the machine that
   * applies.
   * @default - what the app's context has as `cdktf-mqtt-pki:custody`, or "state"
   */
  readonly custody?: Custody;
  /**
   * At least one, in any order. What a broker says of itself goes before what the fleet says of all; alternative
   * addresses and the attributes of the subject add up.
   */
  readonly brokers: readonly BrokerProps[];
  /**
   * The number of stacks over which brokers are spread that name no `shard`: each by its address alone, so that neither order nor
   * growth of the fleet moves one. The authority has a stack of its own then.
   * @default - one stack for authority and brokers, unless brokers name shards
   */
  readonly shards?: number;
  /**
   * Whether the PEMs are written as files, on the machine that applies.
   * @default true
   */
  readonly files?: boolean;
  /**
   * Where the files go: relative to the directory where cdktf is run, or absolute.
   * @default "pki"
   */
  readonly directory?: string;
  /**
   * The mode of the directory, and of `brokers/` in it, octal: `0711` lets others read `ca.pem`, and get at what a broker's folder
   * lets them; `0755` lets them see what there is as well.
   * @default "0711" where a broker has a fileOwner or a fileGroup, else "0700"
   */
  readonly directoryMode?: DirectoryMode;
  /**
   * Whether the PEMs are outputs of the stack: `ca_pem`, `server_certificates`, and as sensitive ones `server_keys`
   * and `ca_key`.
   * @default false
   */
  readonly outputs?: boolean;
  /**
   * Whether the authority's key comes out, as `ca.key` and as the output `ca_key`. With custody "state", the state holds it
   * in any case; with custody "machine" it is nowhere else. The key of an authority that was made elsewhere stays there.
   * @default true
   */
  readonly exportAuthorityKey?: boolean;
  /**
   * The name of the Terraform variable that has the passphrase, of at least 16 characters, with which OpenTofu encrypts state
   * and saved plans (AES-GCM, PBKDF2): give it in the environment, as TF_VAR_<name>. Terraform cannot do that, and is refused.
   * @default - state and plans are not encrypted by the engine
   */
  readonly statePassphraseVariable?: string;
}

/** A broker of a fleet. */
export interface BrokerProps extends ServerCertificateSpecProps {
  /**
   * The number of the generation of the authority that signs its certificate.
   * @default - the fleet's
   */
  readonly signingGeneration?: number;
  /**
   * The name of the stack that it is in, such as "site-a", behind the fleet's.
   * @default - by its address, one of the fleet's `shards`
   */
  readonly shard?: string;
}
