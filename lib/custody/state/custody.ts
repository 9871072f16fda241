import type { IConstruct } from "constructs";
import type { TerraformStack } from "../../cdk";
import type { CustodyKind, CustodyParts } from "../custody-kind";
import { checkFiles, refuseWhatNeedsFiles } from "../fleet-files";
import type { ICertificateAuthority, IServerCertificate } from "../issuer";
import { type Expression, hcl } from "../../terraform/expression";
import { ProviderIssuers } from "./issuers";
import { PemDirectory } from "./pem-directory";
import { PemOutputs } from "./pem-outputs";
import { RolloverGuard } from "./rollover-guard";
import { type Fleet, signingGenerations } from "../../spec/fleet";

/** Custody `state`: the tls provider makes keys and certificates, and the state holds them. */
export const stateCustody: CustodyKind = {
  checkPlace({ directory, directoryResourceName }, problems) {
    for (const [name, value] of Object.entries({ directory, directoryResourceName })) {
      if (value !== undefined) {
        problems.add(name, value, 'is for custody "machine" alone', "add a PemDirectory", "unsupported");
      }
    }
  },

  checkFleet(declared, problems) {
    refuseWhatNeedsFiles(declared, problems);
    if (declared.files) {
      checkFiles(declared, problems);
    } else if (!declared.outputs) {
      problems.add(
        "files",
        false,
        "leaves the fleet without files and without outputs",
        "switch one of the two on",
        "conflict",
      );
    }
  },

  createIssuers: (owner, generations) => new ProviderIssuers(owner, generations),

  createParts(stack, fleet, authorities) {
    const { brokers, files, directory } = fleet;
    const guard = new RolloverGuard(stack, "rollover", { authorities, signing: signingGenerations(brokers) });
    const place = { path: directory, resourceName: "files", isChecked: true };
    const pems = files ? new PemDirectory(stack, "files", place) : undefined;
    return new StateParts(stack, fleet, (generation) => guard.isNew(generation), pems);
  },
};

/** Files and outputs in a stack of a fleet. */
class StateParts implements CustodyParts {
  constructor(
    private readonly stack: TerraformStack,
    private readonly fleet: Fleet,
    public readonly isNew: (generation: number) => Expression,
    private readonly files: PemDirectory | undefined,
  ) {}

  public get constructs(): readonly IConstruct[] {
    return this.files === undefined ? [] : [this.files];
  }

  public addAuthorities(authorities: ReadonlyMap<number, ICertificateAuthority>): void {
    const { exportAuthorityKey: authorityKey = true, outputs } = this.fleet;
    for (const [generation, authority] of authorities) {
      this.files?.addAuthority(authority, { key: authorityKey, generation, resourceName: "authority" });
    }
    const [authority, ...otherAuthorities] = authorities.values();
    if (outputs && authority !== undefined) {
      new PemOutputs(this.stack, "outputs", { authority, otherAuthorities, authorityKey });
    }
  }

  public addServers(servers: readonly IServerCertificate[]): void {
    for (const server of servers) {
      this.files?.addServer(server);
    }
    if (this.fleet.outputs) {
      new PemOutputs(this.stack, "outputs of brokers", { servers });
    }
  }

  /** The authority is made by then. */
  public forShard(stack: TerraformStack): CustodyParts {
    const place = { resourceName: "files", isChecked: true };
    const files = this.files && new PemDirectory(stack, "files", { sharedWith: this.files, ...place });
    return new StateParts(stack, this.fleet, () => hcl`false`, files);
  }
}
