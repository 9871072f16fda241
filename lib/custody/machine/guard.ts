import type { Construct } from "constructs";
import type { Condition } from "../../terraform/condition";
import { after, hcl, interpolate, unwatched } from "../../terraform/expression";
import { TerraformData } from "../../terraform/terraform-data";
import { isThere, type DirectoryPaths } from "./directory-files";

export interface GuardProps extends DirectoryPaths {
  readonly resourceName: string | undefined;
  /** The resource that makes the authority. */
  readonly authority: TerraformData;
  /** The preconditions of making a broker's certificate. */
  readonly conditions: readonly Condition[];
  /** A file that exists since the state was made: its path below the directory. */
  readonly landmark: string;
}

/**
 * Stops a harmful plan: it checks all brokers, and that the directory is on this machine. On another machine, the program would
 * make a new authority.
 *
 * It has the name that the claim of a `PemDirectory` has in a fleet with custody `state`, and keeps its first input: so it
 * recognizes a state of the other custody.
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
