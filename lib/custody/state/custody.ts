import type { IConstruct } from "constructs";
import type { TerraformStack } from "../../cdk";
import type { Problems } from "../../errors";
import type { CustodyKind, CustodyParts } from "../custody-kind";
import { checkFiles, refuseWhatNeedsFiles } from "../fleet-files";
import type { ICertificateAuthority, IServerCertificate } from "../issuer";
import type { BrokerForm } from "../../values/files/forms";
import { type Expression, hcl } from "../../terraform/expression";
import { ProviderIssuers } from "./issuers";
import { PemDirectory } from "./pem-directory";
import { PemOutputs } from "./pem-outputs";
import { RolloverGuard } from "./rollover-guard";
import { type DeclaredFleet, type Fleet, signingGenerations } from "../../spec/fleet";

/** Custody `state`: the tls provider makes keys and certificates, and the state holds them. */
export const stateCustody: CustodyKind = {
  checkPlace({ directory, directoryResourceName }, problems) {
    for (const [name, value] of Object.entries({ directory, directoryResourceName })) {
      if (value !== undefined) {
        problems.add(name, value, 'is only for custody "machine"', "add a PemDirectory instead", "unsupported");
      }
    }
  },

  checkFleet(declared, problems) {
    refuseForms(declared, problems);
    refuseWhatNeedsFiles(declared, problems);
    if (declared.files) {
      checkFiles(declared, problems);
    } else if (!declared.outputs) {
      problems.add("files", false, "leaves the fleet without files and outputs", "turn one of them on", "conflict");
    }
  },

  createIssuers: (owner, generations) => new ProviderIssuers(owner, generations),

  createParts(stack, fleet, authorities) {
    const { brokers, files, directory, directoryMode } = fleet;
    const guard = new RolloverGuard(stack, "rollover", { authorities, signing: signingGenerations(brokers) });
    const place = {
      ...{ path: directory, resourceName: "files", isChecked: true },
      ...(directoryMode !== undefined && { directoryMode }),
    };
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
    this.files?.addTrustForms(this.fleet.trustForms.names, authorities, "trust");
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

  /** The parts of a shard. The authority exists before. */
  public forShard(stack: TerraformStack): CustodyParts {
    const place = { resourceName: "files", isChecked: true };
    const files = this.files && new PemDirectory(stack, "files", { sharedWith: this.files, ...place });
    return new StateParts(stack, this.fleet, () => hcl`false`, files);
  }
}

/** Adds a problem for each form with a key, which would be in the state once more, and for PKCS #12, which no provider makes. */
function refuseForms({ brokers, trustForms }: DeclaredFleet, problems: Problems): void {
  for (const { forms, index, hasOwnForms } of brokers) {
    for (const form of forms) {
      refuseForm(problems, hasOwnForms ? `brokers[${index}].forms` : "forms", form);
    }
  }
  if (trustForms.names.includes("pkcs12")) {
    const fix = 'use "pem", "der" or "c-header", or choose custody "machine"';
    problems.add("trustForms", "pkcs12", NO_PKCS12, fix, "unsupported");
  }
}

function refuseForm(problems: Problems, path: string, form: BrokerForm): void {
  const reason = form === "pkcs12" ? NO_PKCS12 : "would put another copy of the key into the state";
  problems.add(path, form, reason, 'leave it out, or choose custody "machine"', "unsupported");
}

const NO_PKCS12 = 'is PKCS #12, which the providers of custody "state" do not make';
