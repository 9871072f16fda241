import { PASSWORD_BYTES_AT_MOST } from "../../../values/key-password";
import { Failure } from "./failure";

/** The values of Terraform variables in the environment: passwords, and keys of imported authorities. */
export class Secrets {
  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  /** @throws Failure if it is missing, or too long for OpenSSL */
  public passwordIn(variable: string): string {
    const password = this.valueOf(variable, "password of a key");
    if (Buffer.byteLength(password) > PASSWORD_BYTES_AT_MOST) {
      throw new Failure(
        `the password in TF_VAR_${variable} has more than ${PASSWORD_BYTES_AT_MOST} bytes, and OpenSSL cannot open a key with it: choose a shorter one`,
      );
    }
    return password;
  }

  /**
   * @param variable a Terraform variable's name
   * @param content its content, for the message: "key of the authority"
   * @throws Failure if it is missing
   */
  public valueOf(variable: string, content: string): string {
    const value = this.environment[`TF_VAR_${variable}`];
    if (value === undefined || value === "") {
      throw new Failure(`the ${content} is missing: set the environment variable TF_VAR_${variable}`);
    }
    return value;
  }
}
