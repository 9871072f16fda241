import { Construct } from "constructs";
import { type Expression, hcl, interpolate } from "../../../terraform/expression";
import { createLocal } from "../../../terraform/local-value";
import { TerraformData } from "../../../terraform/terraform-data";
import { newToken } from "../decisions";
import type { DirectoryPaths } from "../directory-files";
import { reloadRecordsIn, reloadWordsFor } from "./decisions";

export interface ReloadsProps extends Pick<DirectoryPaths, "directory"> {
  readonly resourceName: string | undefined;
  /** The declarations of all brokers, and their tokens once the plan is applied: objects by folder. */
  readonly declared: Expression;
  readonly tokens: Expression;
  /** The resource that makes their files. */
  readonly brokers: TerraformData;
  /** The provisioner that runs the commands. */
  readonly run: (decisions: Expression) => object;
}

/** Creates the resource that runs the commands of brokers with new files. A plan shows which commands run, and why. */
export function createReloads(scope: Construct, props: ReloadsProps): TerraformData {
  const { resourceName, directory, declared, tokens, brokers, run } = props;
  const parent = new Construct(scope, "reload");
  const local = (id: string, expression: Expression) => createLocal(parent, id, expression, resourceName);
  const commands = local(
    "commands",
    hcl`{for folder, server in ${declared} : folder => server.reload if can(server.reload)}`,
  );
  const records = local("records", reloadRecordsIn(directory));
  const words = reloadWordsFor(hcl`${tokens}[folder]`, hcl`try(${records}[folder].of, "")`);
  const due = local("due", hcl`{for folder, command in ${commands} : folder => ${words}}`);
  const token = hcl`words == "" ? try(${records}[folder].token, "") : ${newToken("${words}")}`;
  const next = local("tokens", hcl`{for folder, words in ${due} : folder => ${token}}`);
  const shown = hcl`{for folder, token in ${next} : folder => {command = ${commands}[folder], token = token}}`;
  const lines = hcl`[for folder, token in ${next} : "\${folder} \${token}"]`;
  return new TerraformData(scope, "reloads", {
    resourceName,
    dependsOn: [brokers],
    attributes: { triggers_replace: interpolate(hcl`jsonencode(${shown})`) },
    localExec: [run(hcl`sha256(join("\\n", ${lines}))`)],
  });
}
