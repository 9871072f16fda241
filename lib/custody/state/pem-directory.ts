import { Construct } from "constructs";
import { Lazy, local } from "../../cdk";
import { checkProps } from "../../terraform/check-props";
import { underPath, Problems } from "../../errors";
import {
  authorityKeyFile,
  checkPemDirectory,
  checkPemFile,
  claimPemDirectory,
  FOLDER_MODE,
  serverCertificateFile,
  serverFolder,
  serverKeyFile,
  TRUST,
  type PemFile,
} from "../pem-paths";
import type { ICertificateAuthority, IServerCertificate, Pem, PrivateKeyPem } from "../issuer";
import { quoted } from "../../terraform/expression";
import type { TrustForm } from "../../values/files/forms";
import { createClaim } from "./claim";
import { ProtectedKey } from "./password/protected-key";
import { ensureLocalProvider } from "./providers";
import type { DirectoryMode } from "../../values/files/file-access";
import { nameResource } from "../../terraform/resource-name";
import { PasswordScript } from "./password/password-script";
import { createReload, ReloadScript } from "./reload/reload";
import { trustFormContents } from "./trust/trust-forms";
import type { TerraformData } from "../../terraform/terraform-data";
import { relativeToStackFolder } from "../../terraform/stack-path";

/** The options of a {@link PemDirectory}. */
export interface PemDirectoryProps {
  /**
   * The directory for the PEM files: absolute, or relative to the directory where the CDK runs.
   * @default "pki"
   */
  readonly path?: string;
  /**
   * The name of the directory's resource in plans and in the state.
   * @default - the CDK derives it from the place in the construct tree
   */
  readonly resourceName?: string;
  /**
   * A directory in another stack that shares its path with this one, instead of `path`.
   * @default - the path is not shared
   * @internal
   */
  readonly sharedWith?: PemDirectory;
  /**
   * The mode of new folders.
   * @default "0700"
   * @internal
   */
  readonly directoryMode?: DirectoryMode;
  /**
   * Whether the files' places have been checked.
   * @default false
   * @internal
   */
  readonly isChecked?: boolean;
}

/** The options for the files of an authority. */
export interface AuthorityFilesProps {
  /**
   * Whether `ca.key` is written next to `ca.pem`.
   * @default true
   */
  readonly key?: boolean;
  /**
   * The number of the authority's generation. From 2 on, its key is written as `authorities/<number>/ca.key`.
   * @default 1
   */
  readonly generation?: number;
  /**
   * The name of the files in plans and in the state. From generation 2 on, the key's name has the number too.
   * @default - the CDK derives names from the place in the construct tree
   */
  readonly resourceName?: string;
}

/** The content for the local provider: text, or base64 of binary content. */
type FileContent = { readonly content: string } | { readonly contentBase64: string };

/**
 * PEM files on the machine that applies: `ca.pem` and `ca.key`, and for each broker `brokers/<name>/server.pem` and
 * `server.key`. `<name>` is the broker's address as a file name. Certificates have mode 0644, keys 0600, folders 0700. A key
 * with a password has a record next to it: `ca.key.json` or `server.key.json`.
 *
 * The local provider overwrites existing files. So a plan fails if such files exist before the first deployment of the
 * directory, or after its state was lost.
 *
 * @example
 * ```ts
 * const authority = new CertificateAuthority(stack, "authority", { subject: { commonName: "Plant MQTT CA" } });
 * const directory = new PemDirectory(stack, "files", { path: "pki" });
 * directory.addAuthority(authority);
 * ```
 */
export class PemDirectory extends Construct {
  private readonly path: string;
  private readonly isShared: boolean;
  private readonly isChecked: boolean;
  private readonly directoryMode: DirectoryMode;
  private readonly claim: TerraformData;
  private readonly files = new Set<string>();
  /** The trust anchors. */
  private readonly trusted: string[] = [];
  /** The addresses of the resources that write the trust anchors, in each form. */
  private readonly trustWrittenBy: string[] = [];
  private script: PasswordScript | undefined;
  private reloadScript: ReloadScript | undefined;
  /** The resources that run reload commands, once all files are in place. */
  private readonly reloads: TerraformData[] = [];

  /**
   * Claims the directory.
   *
   * @throws InvalidInputError if the path is empty, leads out of the project, is a file, or belongs to another PemDirectory
   */
  constructor(scope: Construct, id: string, props: PemDirectoryProps = {}) {
    super(scope, id);
    const { sharedWith, isChecked = false, directoryMode, ...own } = props;
    this.isChecked = isChecked;
    this.directoryMode = sharedWith?.directoryMode ?? directoryMode ?? FOLDER_MODE;
    this.isShared = sharedWith !== undefined;
    this.path = checkProps(this, own, this.isShared ? ["resourceName"] : ["path", "resourceName"], () =>
      underPath("path", () => checkPemDirectory(sharedWith?.path ?? own.path ?? "pki")),
    );
    if (!this.isShared) {
      claimPemDirectory(this, this.path);
    }
    ensureLocalProvider(this);
    this.claim = createClaim(this, {
      path: this.path,
      files: this.files,
      isShared: this.isShared,
      resourceName: props.resourceName,
    });
  }

  /**
   * Writes `ca.pem`, and `ca.key` unless the authority is imported. A second call, with another authority, adds its
   * certificate to `ca.pem`: clients trust both.
   *
   * @throws InvalidInputError if another file is in the place of one of these
   */
  public addAuthority(authority: ICertificateAuthority, props: AuthorityFilesProps = {}): void {
    const { certificatePem, privateKeyPem } = authority.issuer.issued;
    const { resourceName, generation = 1 } = props;
    if (this.trusted.length === 0) {
      const trust = { referenceIn: () => Lazy.stringValue({ produce: () => this.trusted.join("") }) };
      this.reloadAfter(this.write(TRUST, trust, resourceName));
    }
    this.trusted.push(certificatePem.referenceIn(this));
    if (privateKeyPem !== undefined && (props.key ?? true)) {
      const ownName = generation === 1 ? resourceName : resourceName && `${resourceName}_${generation}`;
      this.writeKey(authorityKeyFile(generation), privateKeyPem, ownName);
    }
  }

  /**
   * Writes `server.pem` into the folder of the broker, and `server.key` unless the broker has its own key. Then its
   * `reloadCommand` runs, if it has one.
   *
   * @throws InvalidInputError if another file is in the place of one of these
   */
  public addServer(server: IServerCertificate): void {
    const { certificatePem, privateKeyPem } = server.issued;
    const { spec, resourceName } = server;
    const [certificate, key] = [serverCertificateFile(spec.address), serverKeyFile(spec.address, spec.access)];
    const writtenBy = this.write(certificate, certificatePem, resourceName);
    const keyWrittenBy = privateKeyPem === undefined ? [] : this.writeKey(key, privateKeyPem, resourceName);
    if (spec.reloadCommand === undefined) {
      return;
    }
    this.reloadScript ??= new ReloadScript(this);
    const reload = createReload(this, `${serverFolder(spec.address).replaceAll("/", " ")} reload`, {
      server,
      command: spec.reloadCommand,
      script: this.reloadScript,
      certificate: this.filename(certificate),
      key: privateKeyPem && this.filename(key),
      trust: this.filename(TRUST),
      after: [writtenBy, ...keyWrittenBy, ...this.trustWrittenBy],
    });
    this.reloads.push(reload);
  }

  /**
   * Writes further forms of the trust anchors.
   *
   * @param authorities the authorities by generation number
   * @throws InvalidInputError if something is in the way of the files
   * @internal
   */
  public addTrustForms(
    forms: readonly TrustForm[],
    authorities: ReadonlyMap<number, ICertificateAuthority>,
    resourceName: string,
  ): void {
    const trusted = new Map(
      [...authorities].map(([generation, { issuer }]) => [
        generation,
        quoted(issuer.issued.certificatePem.referenceIn(this)),
      ]),
    );
    for (const form of forms) {
      for (const { path, content } of trustFormContents(form, trusted)) {
        const name = path.replace(/^trust\//, "").replace(/\W/g, "_");
        this.reloadAfter(this.writeContent({ path, mode: "0644" }, content, `${resourceName}_${name}`));
      }
    }
  }

  /** @param writtenBy the address of a resource that writes trust anchors */
  private reloadAfter(writtenBy: string): void {
    this.trustWrittenBy.push(writtenBy);
    for (const reload of this.reloads) {
      reload.dependsOn?.push(writtenBy);
    }
  }

  /** @returns the addresses of the resources that write it */
  private writeKey(file: PemFile, pem: PrivateKeyPem, resourceName: string | undefined): readonly string[] {
    if (pem.password === undefined) {
      return [this.write(file, pem, resourceName)];
    }
    this.script ??= new PasswordScript(this);
    const key = new ProtectedKey(this, `${file.path.replaceAll("/", " ")} protected`, {
      privateKeyPem: pem,
      password: pem.password,
      filename: this.filename(file),
      script: this.script.path,
      resourceName,
    });
    const writtenBy = this.write(file, key, resourceName);
    this.files.add(`${file.path}.json`);
    return [writtenBy, key.addRecord(writtenBy)];
  }

  /** @returns the address of the resource that writes it */
  private write(file: PemFile, pem: Pick<Pem, "referenceIn">, resourceName: string | undefined): string {
    return this.writeContent(file, { content: pem.referenceIn(this) }, resourceName);
  }

  private writeContent(file: PemFile, content: FileContent, resourceName: string | undefined): string {
    const problems = new Problems();
    if (!this.isChecked) {
      checkPemFile(this.path, file, "", problems);
    }
    if (this.files.has(file.path)) {
      const fix = "give each broker its own address";
      problems.add("", file.path, "is written twice", fix, "duplicate");
    }
    problems.throwIfAny(`PemDirectory "${this.node.path}"`);
    this.files.add(file.path);

    const Resource = file.mode === "0644" ? local().file.File : local().sensitiveFile.SensitiveFile;
    const resource = nameResource(
      new Resource(this, file.path.replaceAll("/", " "), {
        ...content,
        filename: this.filename(file),
        filePermission: file.mode,
        directoryPermission: this.directoryMode,
      }),
      resourceName,
    );
    // As a prop it would become a token, with a stack trace, for each of tens of thousands of files.
    resource.dependsOn = [this.claim.address];
    return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
  }

  private filename(file: PemFile): string {
    return relativeToStackFolder(this, `${this.path}/${file.path}`);
  }
}
