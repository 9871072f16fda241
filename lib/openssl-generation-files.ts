import { TerraformLocal } from "cdktf";
import type { Construct } from "constructs";
import type { OpensslAuthority } from "./openssl-authority";
import { inHcl, NO_KEY, type OpensslFiles, planFor, recordOf } from "./openssl-plan";
import { authorityFolder, authorityKeyFile, type PemFile, TRUST } from "./pem-paths";
import { fromStackFolder } from "./working-directory";

/** What a generation of an authority is, wherever it signs. */
export interface OpensslGenerationFilesProps {
  readonly generation: number;
  readonly signer: OpensslAuthority;
  /** The PEM directory, as a user knows it. */
  readonly path: string;
  /** Whether clients trust it alone: its certificate is in `ca.pem` then. */
  readonly isAlone: boolean;
  readonly resourceName: string | undefined;
}

/** What signs in a stack. */
export interface OpensslSigner {
  /** The hash and the end of its certificate: the address of an object. */
  readonly issuer: string;
  /** What the script is told to sign with it: text. */
  readonly signing: Readonly<Record<string, string>>;
}

/** What must hold, and what a plan says where it does not. */
export interface Condition {
  readonly condition: string;
  readonly errorMessage: string;
}

/** A generation of an authority in custody `machine`: what the plan of a stack knows of it. */
export abstract class OpensslGenerationFiles {
  public readonly certificateFile: PemFile;
  /** Undefined where the key was made elsewhere, and stays there. */
  public readonly keyFile: PemFile | undefined;
  /** Its record: the address of an object. */
  public readonly record: string;
  /** What the script is told to sign with it: text. */
  public readonly signing: Readonly<Record<string, string>>;
  /** What becomes of it: the address of an object. */
  protected readonly plan: string;
  /** The PEM directory, from the stack's folder. */
  protected readonly directory: string;
  protected readonly files: OpensslFiles;

  protected constructor(
    protected readonly scope: Construct,
    private readonly own: OpensslGenerationFilesProps,
  ) {
    const { generation, signer, path, isAlone } = own;
    const hasKey = signer.key !== NO_KEY;
    const folder = authorityFolder(generation);
    this.certificateFile =
      generation === 1 && !isAlone ? { ...TRUST, path: "authority.pem" } : { ...TRUST, path: `${folder}ca.pem` };
    this.keyFile = hasKey ? authorityKeyFile(generation) : undefined;
    this.directory = fromStackFolder(scope, path);
    this.signing = {
      ...(hasKey && !isAlone && this.filesToSignWith()),
      ...signer.signing,
    };

    this.files = this.describeFiles();
    this.record = this.files.record;
    this.plan = this.local("authority", planFor(this.files));
  }

  /** Whether it is new in this plan, and must not sign yet: an expression. */
  public get isTooNew(): string {
    const { signer } = this.own;
    const isUnknown = `${this.record}.state == "none"`;
    if (signer.trustAnchor === undefined) {
      return signer.preventDestroy ? isUnknown : "false";
    }
    return `${isUnknown} || split("/", ${this.record}.intent)[0] != "${signer.trustAnchor.identity}"`;
  }

  private filesToSignWith(): Readonly<Record<string, string>> {
    const { certificateFile, keyFile, directory } = this;
    return {
      CA_CERTIFICATE: `${directory}/${certificateFile.path}`,
      ...(keyFile !== undefined && { CA_KEY: `${directory}/${keyFile.path}` }),
    };
  }

  private describeFiles(): OpensslFiles {
    const { generation, signer, isAlone } = this.own;
    const folder = generation === 1 ? this.directory : `${this.directory}/authorities/${generation}`;
    const [certificate, otherCertificate] =
      generation === 1 && !isAlone ? (["authority.pem", "ca.pem"] as const) : (["ca.pem", "authority.pem"] as const);
    return {
      folder,
      name: "ca",
      certificate,
      ...(generation === 1 && { otherCertificate }),
      record: this.local("record", recordOf(folder, "ca")),
      key: JSON.stringify(signer.key),
      keyVersion: '""',
      intent: JSON.stringify(signer.intent),
      password: JSON.stringify(signer.password),
      issuer: '""',
      end: signer.end,
      // Nothing replaces an authority because it comes to its end: every client would have to know.
      renewBefore: "0",
    };
  }

  /** A condition for the key of an authority that was made elsewhere. Engines want an object in it: any, as `plan` is. */
  protected isHere(keyFile: string): Condition {
    return {
      condition: `\${fileexists("${fromStackFolder(this.scope, keyFile)}\${substr(${this.plan}.token, 0, 0)}")}`,
      errorMessage: `${keyFile} is not on this machine. Deploy where it is, or bring it here.`,
    };
  }

  /** What certificates depend on, where that is known at synth; else undefined: its record tells. */
  protected createKnownIssuer(): string | undefined {
    const { issuer } = this.own.signer;
    return (
      issuer &&
      this.local(
        "issuer",
        inHcl({ certificate: JSON.stringify(issuer.certificate), not_after: JSON.stringify(issuer.notAfter) }),
      )
    );
  }

  /** What certificates depend on, as the record has it: an expression. */
  protected get recordedIssuer(): string {
    return inHcl({ certificate: `${this.record}.certificate_sha256`, not_after: `${this.record}.not_after` });
  }

  protected local(id: string, expression: string): string {
    return createLocal(this.scope, id, expression, this.own.resourceName);
  }
}

/**
 * A local value, with a name below `prefix` where there is one.
 *
 * @returns its address
 */
export function createLocal(scope: Construct, id: string, expression: string, prefix: string | undefined): string {
  const local = new TerraformLocal(scope, `local ${id}`, `\${${expression}}`);
  if (prefix !== undefined) {
    local.overrideLogicalId(`${prefix}_${id}`);
  }
  return `local.${local.friendlyUniqueId}`;
}
