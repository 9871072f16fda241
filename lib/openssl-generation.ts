import type { Construct } from "constructs";
import {
  type Condition,
  OpensslGenerationFiles,
  type OpensslGenerationFilesProps,
  type OpensslSigner,
} from "./openssl-generation-files";
import { inHcl, isHereIfTrusted, isOurs, isReplaceable, keepsCertificate, staysTheSame } from "./openssl-plan";
import { authorityFolder, authorityKeyFile } from "./pem-paths";
import { TerraformData } from "./terraform-data";

/** What a generation of an authority is made of, in its own stack. */
export interface OpensslGenerationProps extends Omit<OpensslGenerationFilesProps, "isAlone"> {
  /** The record of what clients trust: the address of an object. Undefined where that is this one alone, in `ca.pem`. */
  readonly trustRecord: string | undefined;
  /** What comes before it. */
  readonly dependsOn: readonly TerraformData[];
  /** Makes a provisioner that runs the script. */
  readonly runs: (command: string, environment: Readonly<Record<string, string>>) => object;
}

/** A generation in its own stack: its resource, and what others need to know of it. */
export class OpensslGeneration extends OpensslGenerationFiles implements OpensslSigner {
  public readonly resource: TerraformData;
  public readonly issuer: string;
  /** When its certificate ends, once this plan is applied: an expression. */
  public readonly notAfter: string;
  /** The hash of what clients trust: an expression. */
  public readonly trusted: string;

  constructor(
    scope: Construct,
    private readonly props: OpensslGenerationProps,
  ) {
    super(scope, { ...props, isAlone: props.trustRecord === undefined });
    const { signer } = props;
    this.notAfter = `${this.plan}.not_after`;
    this.resource = this.create();
    this.issuer = this.createKnownIssuer() ?? this.createIssuer();
    const { trustAnchor } = signer;
    this.trusted = trustAnchor === undefined ? `${this.issuer}.certificate` : JSON.stringify(trustAnchor.sha256);
  }

  private create(): TerraformData {
    const { directory, plan } = this;
    const { generation, signer, resourceName, dependsOn, runs } = this.props;
    const { certificate, otherCertificate } = this.files;
    return new TerraformData(this.scope, "authority", {
      resourceName,
      // And so before every broker: what is there is looked at before anything is made.
      dependsOn: [...dependsOn],
      lifecycle: { precondition: this.preconditions() },
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

  private preconditions(): Condition[] {
    const { directory, files } = this;
    const { generation, signer, path, trustRecord } = this.props;
    const certificate = `${path}/${this.certificateFile.path}`;
    if (signer.trustAnchor !== undefined) {
      return [
        {
          condition: `\${${isReplaceable(files, JSON.stringify(signer.trustAnchor.sha256), directory)}}`,
          errorMessage: `${certificate} is there, and is not the root of the authority that is declared. Move it away; or, to replace it, create an empty file ${path}/take-over.`,
        },
        ...(signer.keyFile === undefined ? [] : [this.isHere(signer.keyFile)]),
      ];
    }
    const key = `${path}/${authorityKeyFile(generation).path}`;
    return [
      {
        condition: `\${${isOurs(files, directory)}}`,
        errorMessage: `${key} is not the key that its record, ca.json, tells of, or that record is broken. Put back what was, from a backup. If it is another fleet's or another custody's, move it away; or, to take it over, create an empty file ${path}/take-over.`,
      },
      ...(trustRecord === undefined
        ? []
        : [
            {
              condition: `\${${isHereIfTrusted(files, trustRecord, this.certificateFile.path)}}`,
              errorMessage: `${key} is not here, and clients trust its certificate already, as ${path}/trust.json tells. Put back what was, from a backup.`,
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

  /** What certificates depend on: known in the plan, unless the authority gets another certificate. */
  private createIssuer(): string {
    const { record, plan, recordedIssuer: known } = this;
    // The path is spelled in another way than where the plan reads the record, for engines do not let a file that was read
    // in the plan change before it is read again.
    const path = `${this.directory}/./${authorityFolder(this.props.generation)}ca.json${afterwards(this.resource)}`;
    const made = `[for r in [jsondecode(file("${path}"))] : ${inHcl({ certificate: "r.sha256.certificate", not_after: "r.not_after" })}][0]`;
    return this.local("issuer", `${keepsCertificate(`${plan}.token`, `${record}.token`)} ? ${known} : ${made}`);
  }
}

/** Nothing, in the middle of a text, that is not known before the resource is made. */
export function afterwards({ address }: TerraformData): string {
  return `\${substr(${address}.id, 0, 0)}`;
}
