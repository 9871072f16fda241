import { Lazy, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { invalid, type InvalidInputError } from "../../errors";
import type { PrivateKeyPem } from "../../issuer";
import type { PemFile } from "../../pem-paths";
import { fromStackFolder } from "../../working-directory";

/** A file of custody `machine`: a certificate can be read in its own stack, a key nowhere. */
export class MachinePem implements PrivateKeyPem {
  /** Never for others to apply: the file is written here. */
  public readonly password = undefined;

  /**
   * @param madeBy the address of the resource whose provisioner writes it
   * @param stays whether a plan leaves it as it is: an expression
   */
  constructor(
    private readonly authority: IConstruct,
    private readonly directory: string,
    private readonly file: PemFile,
    private readonly madeBy: string,
    private readonly stays: string,
  ) {}

  /** @throws InvalidInputError where it is a key */
  public get token(): string {
    this.refuseKey();
    return Lazy.stringValue({ produce: ({ scope }) => this.in(scope) });
  }

  /** @throws InvalidInputError where it is a key, or `scope` is in another stack */
  public in(scope: IConstruct): string {
    this.refuseKey();
    if (TerraformStack.of(scope) !== TerraformStack.of(this.authority)) {
      throw this.refusal("is made by another stack", "use it in the stack of its authority");
    }
    // Spelled in another way than where the plan looks for a change; and where it changes, not known before it is made.
    const path = `${fromStackFolder(scope, this.directory)}/./${this.file.path}`;
    return `\${file(${this.stays} ? "${path}" : "${path}\${substr(${this.madeBy}.id, 0, 0)}")}`;
  }

  /** @throws InvalidInputError where it is a key, or `scope` is in another stack */
  public fingerprintIn(scope: IConstruct): string {
    return this.in(scope);
  }

  private refuseKey(): void {
    if (this.file.mode === "0600") {
      throw this.refusal(
        'is in its file alone with custody "machine", and would be in the state as a resource or an output',
        'use the file, or choose custody "state"',
      );
    }
  }

  private refusal(reason: string, fix: string): InvalidInputError {
    return invalid(`"${this.authority.node.path}"`, `${this.directory}/${this.file.path}`, reason, fix);
  }
}
