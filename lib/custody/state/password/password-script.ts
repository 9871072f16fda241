import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Construct } from "constructs";
import { StackFile } from "../../../terraform/stack-file";

const NAME = "key-password.sh";

/** The script that encrypts and decrypts keys with passwords, as a file of the stack. */
export class PasswordScript extends StackFile {
  constructor(scope: Construct) {
    super(scope, "script", NAME, () => readFileSync(join(__dirname, NAME), "utf8"));
  }
}
