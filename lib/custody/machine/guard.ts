import type { Construct } from "constructs";
import type { Condition } from "../../terraform/condition";
import { after, hcl, interpolate, unwatched } from "../../terraform/expression";
import { TerraformData } from "../../terraform/terraform-data";
import { isThere, type DirectoryPaths } from "./directory-files";

export interface GuardProps extends DirectoryPaths {
  readonly resourceName: string | undefined;
  /** The resource that makes the authority. */
  readonly authority: TerraformData;
  /** What must hold before a broker's certificate is made. */
  readonly conditions: readonly Condition[];
  /** A file of the directory that is there since the state was made, by its path below it. */
  readonly landmark: string;
}

/**
 * Stops a plan that would harm: the checks for all brokers in one place, and that for the place itself. Where a state is not
 * at home, an authority would be made anew.
 *
 * It has the name that the claim of a `PemDirectory` has in a fleet with custody `state`, and keeps what it was made with:
 * so it knows when the state is of that one.
 */
export function createGuard(scope: Construct, props: GuardProps): TerraformData {
  const { path, directory, resourceName, authority, conditions, landmark } = props;
  return new TerraformData(scope, "guard", {
    resourceName,
    dependsOn: [authority],
    lifecycle: {
      ignoreChanges: ["input", "triggers_replace"],
      precondition: [...conditions],
      postcondition: [
        {
          condition: interpolate(hcl`self.input == "machine"`),
          errorMessage: `This state was made with custody "state". Custody "machine" would destroy its keys and files. Remove them from the state first (state rm), and create an empty file ${path}/take-over.`,
        },
        {
          condition: interpolate(isThere(after(unwatched(directory, landmark, 2), hcl`self.id`))),
          errorMessage: `${path}/${landmark} is not on this machine, and this state depends on it. Deploy where it is, or bring ${path} here.`,
        },
      ],
    },
    attributes: { input: "machine" },
  });
}
