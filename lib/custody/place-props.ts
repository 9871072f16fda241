import type { Forms, TrustForm } from "../values/files/forms";
import type { DirectoryMode } from "../values/files/file-access";

/** The names of an authority's resources, and the directory of its files. */
export interface AuthorityPlaceProps {
  /**
   * The name of its resources in plans and in the state.
   * @default - the CDK derives names from the place in the construct tree
   */
  readonly resourceName?: string;
  /**
   * The directory of its files, and of the files of the certificates that it signs: absolute, or relative to the directory
   * where the CDK runs. For custody "machine", which has keys in files only; custody "state" has `PemDirectory`.
   * @default "pki"
   */
  readonly directory?: string;
  /**
   * The name of the directory's own resource in plans and state, with custody "machine".
   * @default - cdktf derives it from the construct tree
   * @internal
   */
  readonly directoryResourceName?: string;
}

/** The properties of {@link AuthorityPlaceProps}. */
export const PLACE_PROPERTIES: readonly string[] = [
  "resourceName",
  "directory",
  "directoryResourceName",
] satisfies (keyof AuthorityPlaceProps)[];

/** The place of all generations of an authority. */
export interface SharedPlaceProps extends AuthorityPlaceProps {
  /**
   * The name of the resource that makes the brokers' certificates, with custody "machine".
   * @default - cdktf derives one from the place in the construct tree
   */
  readonly brokersResourceName?: string;
  /**
   * The name of the resource that runs the brokers' commands, with custody "machine".
   * @default - cdktf derives one from the place in the construct tree
   */
  readonly reloadsResourceName?: string;
  /**
   * The name of the resource that assigns the directory to the state, with custody "machine".
   * @default - cdktf derives one from the place in the construct tree
   */
  readonly ownerResourceName?: string;
  /**
   * Further forms of the trust anchors, with custody "machine".
   * @default - none
   */
  readonly trustForms?: Forms<TrustForm>;
  /**
   * The mode of the directory, with custody "machine".
   * @default - a mode that lets the declared file owners and groups pass; otherwise the mode stays
   */
  readonly directoryMode?: DirectoryMode;
}
