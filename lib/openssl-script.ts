import type { Construct } from "constructs";
import { ScriptFile } from "./stack-file";

/** `openssl.sh` in a stack. */
export class OpensslScript extends ScriptFile {
  constructor(scope: Construct, id: string) {
    super(scope, id, "openssl.sh");
  }

  /** A provisioner that runs it. What it is told is in the environment, whatever it holds. */
  public runs(command: string, environment: Readonly<Record<string, string>> | string): object {
    return { command: `sh ${this.path} ${command}`, quiet: true, environment };
  }
}
