import { Construct, type IConstruct } from "constructs";
import { Attribute } from "../attribute";
import { local } from "../../../cdk";
import type { PrivateKeyPem } from "../../issuer";
import { hcl, interpolate } from "../../../terraform/expression";
import { nameResource } from "../../../terraform/resource-name";
import { ensurePasswordVariable } from "../../../terraform/secret-variable";
import { environmentVariable, type KeyPassword } from "../../../values/key-password";

export interface ProtectedKeyProps {
  readonly privateKeyPem: PrivateKeyPem;
  readonly password: KeyPassword;
  /** The path of its file, from the stack's folder. */
  readonly filename: string;
  /** `key-password.sh`, from the stack's folder. */
  readonly script: string;
  readonly resourceName: string | undefined;
}

/**
 * A private key, encrypted with a password from the environment (PKCS#8, AES-256-CBC, PBKDF2 with HMAC-SHA-256).
 *
 * A data source encrypts it with openssl. Each run would give another text, and takes a tenth of a second. So a record next to
 * the key's file says what the file holds, and the script keeps a file that matches.
 */
export class ProtectedKey extends Construct {
  private readonly encrypted: Attribute;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ProtectedKeyProps,
  ) {
    super(scope, id);
    const { privateKeyPem, password, filename, script, resourceName } = props;
    ensurePasswordVariable(this, password.variable);
    const command = nameResource(
      new (local().dataLocalCommand.DataLocalCommand)(this, "encrypted", {
        command: "sh",
        arguments: [script, "protect", password.variable, filename, `${password.iterations}`, this.identity],
        stdin: privateKeyPem.referenceIn(this),
      }),
      resourceName,
    );
    this.encrypted = new Attribute(command, "stdout");
  }

  /** A reference to the encrypted key, for use in the stack of `scope`. */
  public referenceIn(scope: IConstruct): string {
    return this.encrypted.referenceIn(scope);
  }

  /**
   * Writes the record, once the resource at the address `writtenBy` has written the file.
   *
   * @returns the address of the resource that writes the record
   */
  public addRecord(writtenBy: string): string {
    const hash = interpolate(hcl`sha256(${this.encrypted.expressionIn(this)})`);
    const { filename, resourceName } = this.props;
    const record = nameResource(
      new (local().file.File)(this, "record", {
        content: `${JSON.stringify({ id: this.identity, sha256: "HASH" }).replace("HASH", hash)}\n`,
        filename: `${filename}.json`,
        filePermission: "0644",
        directoryPermission: "0700",
      }),
      resourceName && `protected_${resourceName}`,
    );
    record.dependsOn = [writtenBy];
    return `${record.terraformResourceType}.${record.friendlyUniqueId}`;
  }

  /** Identifies the key, the password and the iterations. It reveals neither key nor password. */
  private get identity(): string {
    const { privateKeyPem, password } = this.props;
    const { variable, version, iterations } = password;
    return `${privateKeyPem.fingerprintIn(this)} ${environmentVariable(variable)} ${version} ${iterations}`;
  }
}
