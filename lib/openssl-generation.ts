import { TerraformLocal } from "cdktf";
import type { Construct } from "constructs";
import type { OpensslAuthority } from "./openssl-authority";
import {
  inHcl,
  isHereIfTrusted,
  isOurs,
  isReplaceable,
  keepsCertificate,
  NO_KEY,
  type OpensslFiles,
  planFor,
  recordOf,
  staysTheSame,
} from "./openssl-plan";
import { authorityFolder, authorityKeyFile, type PemFile, TRUST } from "./pem-paths";
import { TerraformData } from "./terraform-data";
import { fromStackFolder } from "./working-directory";

/** What a generation of an authority is made of. */
export interface OpensslGenerationProps {
  readonly generation: number;
  readonly signer: OpensslAuthority;
  /** The PEM directory, as a user knows it. */
  readonly path: string;
  /** The record of what clients trust: the address of an object. Undefined where that is this one alone, in `ca.pem`. */
  readonly trustRecord: string | undefined;
  readonly resourceName: string | undefined;
  /** What comes before it. */
  readonly dependsOn: readonly TerraformData[];
  /** Makes a provisioner that runs the script. */
  readonly runs: (command: string, environment: Readonly<Record<string, string>>) => object;
}

/** A generation of an authority in custody `machine`: its resource, and what others need to know of it. */
export class OpensslGeneration {
  public readonly resource: TerraformData;
  public readonly certificateFile: PemFile;
  /** Undefined where the key was made elsewhere, and stays there. */
  public readonly keyFile: PemFile | undefined;
  /** Whether a plan fails in which it signs for brokers that exist, and is new itself. */
  public readonly isGuarded: boolean;
  /** Its record: the address of an object. */
  public readonly record: string;
  /** The hash and the end of its certificate: the address of an object. */
  public readonly issuer: string;
  /** When its certificate ends, once this plan is applied: an expression. */
  public readonly notAfter: string;
  /** The hash of what clients trust: an expression. */
  public readonly trusted: string;
  /** What the script is told to sign with it: text. */
  public readonly signing: Readonly<Record<string, string>>;

  constructor(
    private readonly scope: Construct,
    private readonly props: OpensslGenerationProps,
  ) {
    const { generation, signer, path } = props;
    const isAlone = props.trustRecord === undefined;
    const hasKey = signer.key !== NO_KEY;
    const folder = authorityFolder(generation);
    this.certificateFile =
      generation === 1 && !isAlone ? { ...TRUST, path: "authority.pem" } : { ...TRUST, path: `${folder}ca.pem` };
    this.isGuarded = signer.preventDestroy || !hasKey;
    this.keyFile = hasKey ? authorityKeyFile(generation) : undefined;
    const directory = fromStackFolder(scope, path);
    this.signing = {
      ...(hasKey && !isAlone && this.filesToSignWith(directory)),
      ...signer.signing,
    };

    const files = this.filesIn(directory);
    this.record = files.record;
    const plan = this.local("authority", planFor(files));
    this.notAfter = `${plan}.not_after`;
    this.resource = this.create(directory, files, plan);
    this.issuer = this.createIssuer(directory, plan);
    this.trusted = hasKey ? `${this.issuer}.certificate` : JSON.stringify(signer.intent);
  }

  private filesToSignWith(directory: string): Readonly<Record<string, string>> {
    const { certificateFile, keyFile } = this;
    return {
      CA_CERTIFICATE: `${directory}/${certificateFile.path}`,
      ...(keyFile !== undefined && { CA_KEY: `${directory}/${keyFile.path}` }),
    };
  }

  private filesIn(directory: string): OpensslFiles {
    const { generation, signer, trustRecord } = this.props;
    const isAlone = trustRecord === undefined;
    const folder = generation === 1 ? directory : `${directory}/authorities/${generation}`;
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

  private create(directory: string, files: OpensslFiles, plan: string): TerraformData {
    const { generation, signer, resourceName, dependsOn, runs } = this.props;
    const { certificate, otherCertificate } = files;
    return new TerraformData(this.scope, "authority", {
      resourceName,
      // And so before every broker: what is there is looked at before anything is made.
      dependsOn: [...dependsOn],
      lifecycle: { precondition: this.preconditions(directory, files, plan) },
      attributes: {
        triggers_replace: { ...signer.shown, token: `\${${plan}.token}` },
      },
      localExec: [
        runs("authority", {
          DIRECTORY: directory,
          ...(generation > 1 && { FOLDER: `authorities/${generation}` }),
          TOKEN: `\${${plan}.token}`,
          NOT_AFTER: `\${${plan}.not_after}`,
          INTENT: signer.intent,
          KEY: signer.key,
          CERTIFICATE: certificate,
          ...(otherCertificate !== undefined && { OTHER_CERTIFICATE: otherCertificate }),
          ...signer.orders,
        }),
      ],
    });
  }

  private preconditions(
    directory: string,
    files: OpensslFiles,
    plan: string,
  ): { readonly condition: string; readonly errorMessage: string }[] {
    const { signer, path, trustRecord } = this.props;
    const certificate = `${path}/${this.certificateFile.path}`;
    if (this.keyFile === undefined) {
      return [
        {
          condition: `\${${isReplaceable(files, files.intent, directory)}}`,
          errorMessage: `${certificate} is there, and is not the root of the authority that is declared. Move it away; or, to replace it, create an empty file ${path}/take-over.`,
        },
        ...(signer.keyFile === undefined ? [] : [this.isHere(signer.keyFile, plan)]),
      ];
    }
    return [
      {
        condition: `\${${isOurs(files, directory)}}`,
        errorMessage: `${path}/${this.keyFile.path} is not the key that its record, ca.json, tells of, or that record is broken. Put back what was, from a backup. If it is another fleet's or another custody's, move it away; or, to take it over, create an empty file ${path}/take-over.`,
      },
      ...(trustRecord === undefined
        ? []
        : [
            {
              condition: `\${${isHereIfTrusted(files, trustRecord, this.certificateFile.path)}}`,
              errorMessage: `${path}/${this.keyFile.path} is not here, and clients trust its certificate already, as ${path}/trust.json tells. Put back what was, from a backup.`,
            },
          ]),
      ...(signer.preventDestroy
        ? [
            {
              condition: `\${${staysTheSame(files)}}`,
              errorMessage: `${certificate} would be replaced, and clients know no other: it is over, or says another thing than what is declared. Declare the authority as it was, and beside it another generation that takes its place in time; or, to replace it at once, declare it with preventDestroy: false.`,
            },
          ]
        : []),
    ];
  }

  /** A condition for the key of an authority that was made elsewhere. Engines want an object in it: any, as `plan` is. */
  private isHere(keyFile: string, plan: string): { readonly condition: string; readonly errorMessage: string } {
    return {
      condition: `\${fileexists("${fromStackFolder(this.scope, keyFile)}\${substr(${plan}.token, 0, 0)}")}`,
      errorMessage: `${keyFile} is not on this machine. Deploy where it is, or bring it here.`,
    };
  }

  /**
   * What certificates depend on: known in the plan, unless the authority gets another certificate.
   *
   * @param plan what becomes of it: an expression
   */
  private createIssuer(directory: string, plan: string): string {
    const { record } = this;
    const { issuer } = this.props.signer;
    if (issuer !== undefined) {
      return this.local(
        "issuer",
        inHcl({ certificate: JSON.stringify(issuer.certificate), not_after: JSON.stringify(issuer.notAfter) }),
      );
    }
    const known = inHcl({ certificate: `${record}.certificate_sha256`, not_after: `${record}.not_after` });
    // The path is spelled in another way than where the plan reads the record, for engines do not let a file that was read
    // in the plan change before it is read again.
    const path = `${directory}/./${authorityFolder(this.props.generation)}ca.json${afterwards(this.resource)}`;
    const made = `[for r in [jsondecode(file("${path}"))] : ${inHcl({ certificate: "r.sha256.certificate", not_after: "r.not_after" })}][0]`;
    return this.local("issuer", `${keepsCertificate(`${plan}.token`, `${record}.token`)} ? ${known} : ${made}`);
  }

  private local(id: string, expression: string): string {
    return createLocal(this.scope, id, expression, this.props.resourceName);
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

/** Nothing, in the middle of a text, that is not known before the resource is made. */
export function afterwards({ address }: TerraformData): string {
  return `\${substr(${address}.id, 0, 0)}`;
}
