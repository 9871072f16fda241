import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { Construct } from "constructs";
import type { IServerCertificate } from "../../issuer";
import { hcl, interpolate, quoted, type Template, verbatim } from "../../../terraform/expression";
import { StackFile } from "../../../terraform/stack-file";
import { relativeToStackFolder } from "../../../terraform/stack-path";
import { TerraformData } from "../../../terraform/terraform-data";
import {
  RELOAD_ATTEMPTS,
  RELOAD_PAUSE_SECONDS,
  RELOAD_SECONDS_AT_MOST,
  type ReloadEnvironment,
} from "../../../values/files/reload-command";

const NAME = "reload.sh";

/** The script that runs a command, and repeats it if it fails, as a file of the stack. */
export class ReloadScript extends StackFile {
  constructor(scope: Construct) {
    super(scope, "reload script", NAME, () => readFileSync(join(__dirname, NAME), "utf8"));
  }
}

/** A broker's files, from the stack's folder, and the resources that write them. */
export interface ReloadProps {
  readonly server: IServerCertificate;
  readonly command: string;
  readonly script: ReloadScript;
  /** `server.pem`, `server.key`, which is absent if the broker keeps it, and `ca.pem`. */
  readonly certificate: string;
  readonly key: string | undefined;
  readonly trust: string;
  /** The addresses of the resources that write all of them. */
  readonly after: readonly string[];
}

/**
 * Creates the resource that runs a broker's command once its files have changed: a replacement is a run. If the command fails,
 * the engine marks only this resource to be made again.
 *
 * Plans show `input`. `triggers_replace` changes with the content of the files. It reveals neither key nor password, and it does
 * not change if the same files are written again, as on a fresh CI runner.
 */
export function createReload(scope: Construct, id: string, props: ReloadProps): TerraformData {
  const { server, command, script, certificate, key, trust, after } = props;
  const { address, password } = server.spec;
  const absolute = (path: string): Template => interpolate(hcl`abspath(${quoted(path)})`);
  const environment: ReloadEnvironment<Template> = {
    MQTT_PKI_ADDRESS: address.text,
    MQTT_PKI_FOLDER: absolute(posix.dirname(certificate)),
    MQTT_PKI_KEY: key === undefined ? "" : absolute(key),
    MQTT_PKI_CERTIFICATE: absolute(certificate),
    MQTT_PKI_CA: absolute(trust),
  };
  // It may contain a chain, as a text of many lines.
  const pem = server.issued.certificatePem.referenceIn(scope).replaceAll("\n", "\\n");
  const settings = [RELOAD_ATTEMPTS, RELOAD_SECONDS_AT_MOST, RELOAD_PAUSE_SECONDS].map(String);
  const resource = new TerraformData(scope, id, {
    resourceName: server.resourceName,
    attributes: {
      input: { address: address.text, reload_command: verbatim(command) },
      triggers_replace: {
        certificate: interpolate(hcl`sha256(${quoted(pem)})`),
        key: server.issued.privateKeyPem?.fingerprintIn(scope) ?? "",
        ...(password !== undefined && { password: `${password.variable} ${password.version} ${password.iterations}` }),
      },
    },
    localExec: [
      {
        interpreter: ["sh", script.path, ...settings, relativeToStackFolder(scope, ".")],
        command: `brokers/${address.fileName}`,
        quiet: true,
        environment: { ...environment, MQTT_PKI_RELOAD_COMMAND: verbatim(command) },
      },
    ],
  });
  resource.dependsOn = [...after];
  return resource;
}
