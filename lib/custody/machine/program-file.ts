import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Construct } from "constructs";
import { type Expression, hcl, interpolate } from "../../terraform/expression";
import { StackFile } from "../../terraform/stack-file";

/** The variables that node itself obeys. A deployment empties them. */
const OF_NODE = [
  "NODE_OPTIONS",
  "NODE_PATH",
  "NODE_EXTRA_CA_CERTS",
  "NODE_V8_COVERAGE",
  "NODE_DEBUG",
  "NODE_DEBUG_NATIVE",
  "NODE_REDIRECT_WARNINGS",
  "NODE_ICU_DATA",
  "NODE_COMPILE_CACHE",
  "NODE_CHANNEL_FD",
  "NODE_UNIQUE_ID",
  "OPENSSL_CONF",
  "OPENSSL_MODULES",
  "OPENSSL_ENGINES",
];

/** The values that the program gets, besides the file with the declaration. */
export interface ProgramTold {
  readonly state: Expression;
  /** The hash of the plan's decisions. */
  readonly decisions?: Expression;
}

/** The program that makes keys and certificates (`program/main.ts`), as a file of a stack. */
export class ProgramFile extends StackFile {
  constructor(scope: Construct, id: string) {
    super(scope, id, "mqtt-pki.cjs", () => readFileSync(join(__dirname, "program.cjs"), "utf8"));
  }

  /** A provisioner that runs it, without a shell. */
  public runs(command: "authority" | "brokers" | "reload" | "remove", declaredFile: string, told: ProgramTold): object {
    return {
      interpreter: ["node", this.path, command],
      command: declaredFile,
      quiet: true,
      environment: {
        ...Object.fromEntries(OF_NODE.map((name) => [name, ""])),
        MQTT_PKI_STATE: interpolate(told.state),
        ...(told.decisions !== undefined && {
          MQTT_PKI_DECISIONS: interpolate(told.decisions),
          MQTT_PKI_TIME: interpolate(hcl`plantimestamp()`),
          MQTT_PKI_WORKSPACE: interpolate(hcl`terraform.workspace`),
        }),
      },
    };
  }
}
