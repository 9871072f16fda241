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

export interface PemDirectoryProps {
  /**
   * Where the PEMs go: relative to the directory where cdktf is run, or absolute.
   * @default "pki"
   */
  readonly path?: string;
  /**
   * The name that its own resource has in Terraform's plans and state.
   * @default - cdktf derives one from the place in the construct tree
   */
  readonly resourceName?: string;
  /**
   * One in another stack, to whose path this one's files go too. It takes the place of `path`.
   * @default - the path is this one's alone
   * @internal
   */
  readonly sharedWith?: PemDirectory;
  /**
   * The mode of the folders that are made.
   * @default "0700"
   * @internal
   */
  readonly directoryMode?: DirectoryMode;
  /**
   * Whether what stands in the way of the files has been looked for.
   * @default false
   * @internal
   */
  readonly isChecked?: boolean;
}

export interface AuthorityFilesProps {
  /**
   * Whether `ca.key` is written beside `ca.pem`.
   * @default true
   */
  readonly key?: boolean;
  /**
   * Where clients trust several authorities in turn, the number of this one: the key of another than the first is written as
   * `authorities/<number>/ca.key`.
   * @default 1
   */
  readonly generation?: number;
  /**
   * The name that the files have in Terraform's plans and state: with its number, for the key of another than the first.
   * @default - cdktf derives names from the place in the construct tree
   */
  readonly resourceName?: string;
}

/** What the local provider takes: text, or base64 of what is none. */
type FileContent = { readonly content: string } | { readonly contentBase64: string };

/**
 * PEM files on the machine that applies: `ca.pem` and `ca.key`; and for each broker `brokers/<name>/server.pem` and
 * `server.key`, where `<name>` is its address. Certificates have mode 0644, keys 0600, folders 0700. Beside a key with a
 * password is a record of it, `ca.key.json` or `server.key.json`.
 *
 * Terraform's local provider writes over whatever is there. So a plan fails where such files are there before the
 * directory's first deployment, or when the state that knows them is lost.
 */
export class PemDirectory extends Construct {
  private readonly path: string;
  private readonly isShared: boolean;
  private readonly isChecked: boolean;
  private readonly directoryMode: DirectoryMode;
  private readonly claim: TerraformData;
  private readonly files = new Set<string>();
  /** What clients trust. */
  private readonly trusted: string[] = [];
  /** The address of the resource that writes it. */
  private trust: string | undefined;
  private script: PasswordScript | undefined;
  private reloadScript: ReloadScript | undefined;
  /** What runs once all files are in place. */
  private readonly reloads: TerraformData[] = [];

  /**
   * @throws InvalidInputError where the path is empty, climbs out, is a file, or belongs to another PemDirectory
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
   * Writes `ca.pem` and, unless the authority was made elsewhere, `ca.key`. Called once more, with another authority, it adds
   * that one's certificate to `ca.pem`: clients trust both.
   *
   * @throws InvalidInputError where something stands in the way
   */
  public addAuthority(authority: ICertificateAuthority, props: AuthorityFilesProps = {}): void {
    const { certificatePem, privateKeyPem } = authority.issuer.issued;
    const { resourceName, generation = 1 } = props;
    if (this.trusted.length === 0) {
      const trust = { referenceIn: () => Lazy.stringValue({ produce: () => this.trusted.join("") }) };
      this.trust = this.write(TRUST, trust, resourceName);
      for (const reload of this.reloads) {
        reload.dependsOn?.push(this.trust);
      }
    }
    this.trusted.push(certificatePem.referenceIn(this));
    if (privateKeyPem !== undefined && (props.key ?? true)) {
      const ownName = generation === 1 ? resourceName : resourceName && `${resourceName}_${generation}`;
      this.writeKey(authorityKeyFile(generation), privateKeyPem, ownName);
    }
  }

  /**
   * Writes `server.pem` and, unless the key is the broker's own, `server.key`, in the folder of the broker's address. Where it
   * has a `reloadCommand`, that is run once they are there.
   *
   * @throws InvalidInputError where something stands in the way
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
      after: [writtenBy, ...keyWrittenBy, ...(this.trust === undefined ? [] : [this.trust])],
    });
    this.reloads.push(reload);
  }

  /**
   * Writes further forms of what clients trust.
   *
   * @param authorities by the numbers of their generations
   * @throws InvalidInputError where something stands in the way
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
        this.writeContent({ path, mode: "0644" }, content, `${resourceName}_${name}`);
      }
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
