import { LocalBackend, TerraformBackend, TerraformStack } from "cdktf";
import { fromStackFolder } from "./working-directory";

/** The stack of a fleet. Without a backend of the user's, its state is `terraform.<id>.tfstate` where cdktf is run. */
export class FleetStack extends TerraformStack {
  /** As cdktf's own, with a path that is the same on every machine. */
  public override ensureBackendExists(): TerraformBackend {
    const own = this.node.findAll().find((construct) => TerraformBackend.isBackend(construct));
    return own ?? new LocalBackend(this, { path: fromStackFolder(this, `terraform.${this.node.id}.tfstate`) });
  }
}
