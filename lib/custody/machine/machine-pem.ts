import type { Construct, IConstruct } from "constructs";
import { Lazy, TerraformLocal, TerraformStack } from "../../cdk";
import { invalid } from "../../errors";
import type { PrivateKeyPem } from "../issuer";
import type { PemFile } from "../pem-paths";
import { after, type Expression, hcl, interpolate, quoted, type Template, unwatched } from "../../terraform/expression";
import { relativeToStackFolder } from "../../terraform/stack-path";

/** A file of custody `machine`. Any stack of the app can read a certificate; no stack can read a key. */
export class MachinePem implements PrivateKeyPem {
  /** Always undefined: the program writes the file itself. */
  public readonly password = undefined;

  /** The value that other stacks refer to. The first reference creates it: the CDK identifies it by this token. */
  private shared: string | undefined;

  /**
   * @param owner a construct of the stack that makes the file
   * @param madeBy the resource whose provisioner writes the file
   * @param stays whether a plan keeps the file
   */
  constructor(
    private readonly owner: Construct,
    private readonly directory: string,
    private readonly file: PemFile,
    private readonly madeBy: Expression,
    private readonly stays: () => Expression,
  ) {}

  /** @throws InvalidInputError if it is a key */
  public get token(): string {
    this.refuseKey();
    return Lazy.stringValue({ produce: ({ scope }) => this.referenceIn(scope) });
  }

  /** @throws InvalidInputError if it is a key */
  public referenceIn(scope: IConstruct): string {
    this.refuseKey();
    if (TerraformStack.of(scope) === TerraformStack.of(this.owner)) {
      return this.content;
    }
    this.shared ??= new TerraformLocal(this.owner, `pem ${this.file.path}`, this.content).asString;
    return this.shared;
  }

  /** @throws InvalidInputError if it is a key */
  public fingerprintIn(scope: IConstruct): string {
    return this.referenceIn(scope);
  }

  private get content(): Template {
    const path = unwatched(relativeToStackFolder(this.owner, this.directory), this.file.path, 1);
    const onceMade = after(path, hcl`${this.madeBy}.id`);
    return interpolate(hcl`file(${this.stays()} ? ${quoted(path)} : ${quoted(onceMade)})`);
  }

  private refuseKey(): void {
    if (this.file.mode === "0600") {
      throw invalid(
        `"${this.owner.node.path}"`,
        `${this.directory}/${this.file.path}`,
        'exists only in its file with custody "machine": a resource or an output would copy it into the state',
        'use the file, or choose custody "state"',
      );
    }
  }
}
