import type { Construct } from "constructs";
import { type Expression, hcl, interpolate } from "../../terraform/expression";
import { TerraformData } from "../../terraform/terraform-data";
import { consentIn, type DirectoryPaths, regularFile } from "./directory-files";

export interface OwnerProps extends DirectoryPaths {
  readonly resourceName: string | undefined;
  /** Makes a local value. */
  readonly local: (id: string, expression: Expression) => Expression;
  /** The provisioner that deletes the brokers' files. */
  readonly remove: (state: Expression) => object;
}

/** Assigns the directory to the state: the id of this resource identifies the state, and the directory records one id. */
export function createOwner(scope: Construct, props: OwnerProps): TerraformData {
  const { path, directory, resourceName, local, remove } = props;
  const { names, text } = regularFile(`${directory}/owner.json`);
  const found = hcl`[for name in ${names} : jsondecode(${text})]`;
  const owner = hcl`[for o in ${found} : {state = "\${o.state}", name = "\${o.name}"}][0]`;
  const known = local("owner", hcl`try(${owner}, {state = "", name = ""})`);
  const consent = consentIn(directory);
  const isOwn = hcl`${known}.state == "" || ${known}.state == self.id || ${consent}`;
  const fix = `Two states would overwrite each other's files. Choose another directory. If that state is lost, create an empty file ${path}/take-over.`;
  return new TerraformData(scope, "owner", {
    resourceName,
    lifecycle: {
      ignoreChanges: ["input"],
      postcondition: [
        {
          condition: interpolate(hcl`self.input == ""`),
          errorMessage: `${path} belongs to ${interpolate(hcl`self.input`)}. ${fix}`,
        },
        {
          condition: interpolate(isOwn),
          errorMessage: `${path} now belongs to ${interpolate(hcl`${known}.name`)}. ${fix}`,
        },
      ],
    },
    // The owner when this was made: must be empty, unless the user consents to adopt the directory.
    attributes: { input: interpolate(hcl`${consent} ? "" : ${known}.name`) },
    localExec: [{ ...remove(hcl`self.id`), when: "destroy" }],
  });
}
