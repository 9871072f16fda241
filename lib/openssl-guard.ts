import type { Construct } from "constructs";
import type { Condition } from "./openssl-generation-files";
import { TerraformData } from "./terraform-data";

export interface OpensslGuardProps {
  /** The PEM directory, as a user knows it. */
  readonly path: string;
  readonly resourceName: string | undefined;
  /** What comes before it. */
  readonly dependsOn: TerraformData[];
  readonly preconditions: readonly Condition[];
  /** What must hold of what it was made with. */
  readonly postconditions?: readonly Condition[];
}

/**
 * Stops a plan that would harm: the checks for all brokers of a stack in one place, and that for the place itself. Where a
 * state is not at home, an authority would be made anew.
 *
 * It has the name that the claim of a `PemDirectory` has in a fleet with custody `state`, and keeps what it was made with:
 * so it knows when the state is of that one.
 */
export class OpensslGuard extends TerraformData {
  constructor(scope: Construct, id: string, props: OpensslGuardProps) {
    const { path, resourceName, dependsOn, preconditions, postconditions = [] } = props;
    super(scope, id, {
      resourceName,
      dependsOn,
      lifecycle: {
        ignoreChanges: ["input", "triggers_replace"],
        precondition: [...preconditions],
        postcondition: [
          {
            condition: '${self.input == "machine"}',
            errorMessage: `This state is of custody "state": with custody "machine", its keys and files would be destroyed. Let the engine forget them first (state rm), and create an empty file ${path}/take-over.`,
          },
          ...postconditions,
        ],
      },
      attributes: { input: "machine" },
    });
  }
}
