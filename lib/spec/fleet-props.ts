import type { CertificateAuthoritySpecProps } from "./certificate-authority-spec";
import type { ImportedAuthorityProps } from "./imported-authority-spec";
import type { Custody } from "../values/custody";
import type { DirectoryMode } from "../values/file-access";
import type { TrustFormsProps } from "../values/forms";
import type { ServerCertificateOptions, ServerCertificateSpecProps } from "./server-certificate-spec";

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
