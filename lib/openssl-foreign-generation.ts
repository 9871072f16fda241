import type { Construct } from "constructs";
import {
  type Condition,
  OpensslGenerationFiles,
  type OpensslGenerationFilesProps,
  type OpensslSigner,
} from "./openssl-generation-files";
import { inHcl, keepsCertificate } from "./openssl-plan";

/** A generation in another stack than its own, which must have been deployed by then. */
export class OpensslForeignGeneration extends OpensslGenerationFiles implements OpensslSigner {
  public readonly issuer: string;
  /** What must hold before it signs. */
  public readonly preconditions: readonly Condition[];

  /** @param home the name of its own stack */
  constructor(scope: Construct, home: string, props: OpensslGenerationFilesProps) {
    super(scope, props);
    const { keyFile } = props.signer;
    // Where there is none, the guard says so: what else would be said of it then is kept quiet.
    const none = inHcl({ certificate: '""', not_after: '"9999-12-31T23:59:59Z"' });
    const recorded = `${this.record}.state == "none" ? ${none} : ${this.recordedIssuer}`;
    this.issuer = this.createKnownIssuer() ?? this.local("issuer", recorded);
    this.preconditions = [
      {
        condition: `\${${keepsCertificate(`${this.plan}.token`, `${this.record}.token`)}}`,
        errorMessage: `The authority that signs is not in ${props.path} as it is declared. Deploy the stack ${home} first, on this machine.`,
      },
      ...(keyFile === undefined ? [] : [this.isHere(keyFile)]),
    ];
  }
}
