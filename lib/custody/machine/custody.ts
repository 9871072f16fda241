import type { Problems } from "../../errors";
import type { CustodyKind, CustodyParts } from "../custody-kind";
import { checkFiles, refuseWhatNeedsFiles } from "../fleet-files";
import { checkPemDirectory } from "../pem-paths";
import { hcl } from "../../terraform/expression";
import { MachineDirectory } from "./directory";
import { keyModesOnRecord } from "./directory-files";
import type { DeclaredFleet } from "../../spec/fleet";
import { NO_FORMS } from "../../values/files/forms";

/** Custody `machine`: a bundled program makes keys and certificates, and a key exists only in its file. */
export const machineCustody: CustodyKind = {
  checkPlace({ directory }, problems) {
    if (directory !== undefined) {
      problems.attempt("directory", () => checkPemDirectory(directory));
    }
  },

  checkFleet(declared, problems) {
    refuseWhatNeedsTheState(declared, problems);
    refuseWhatNeedsFiles(declared, problems);
    if (declared.files) {
      checkFiles(declared, problems, { refusesLinks: true, modesOnRecord: keyModesOnRecord(declared.directory) });
    }
  },

  createIssuers(owner, generations, { resourceName, directory = "pki", directoryResourceName, ...names }) {
    return new MachineDirectory(owner, {
      directory,
      generations,
      resourceName: directoryResourceName,
      authorityResourceName: resourceName,
      brokersResourceName: names.brokersResourceName,
      reloadsResourceName: names.reloadsResourceName,
      ownerResourceName: names.ownerResourceName,
      trustForms: names.trustForms ?? NO_FORMS,
      directoryMode: names.directoryMode,
    });
  },

  createParts: () => MACHINE_PARTS,
};

/** No parts: the directory makes everything, guards included. */
const MACHINE_PARTS: CustodyParts = {
  constructs: [],
  // The plan that makes it knows the expiry date.
  isNew: () => hcl`false`,
  addAuthorities: () => undefined,
  addServers: () => undefined,
  forShard: () => MACHINE_PARTS,
};

/** Adds a problem for each declared thing that needs keys in the state, or several stacks. */
function refuseWhatNeedsTheState(declared: DeclaredFleet, problems: Problems): void {
  const { shardCount, brokers, generations } = declared;
  const fix = 'leave it out, or choose custody "state"';
  const reason =
    'would spread the fleet over several stacks, which custody "machine" does not support: one stack holds ten thousand brokers';
  if (shardCount !== undefined) {
    problems.add("shards", shardCount, reason, fix, "unsupported");
  } else {
    for (const { shard, index } of brokers) {
      if (shard !== undefined) {
        problems.add(`brokers[${index}].shard`, shard, reason, fix, "unsupported");
      }
    }
  }
  if (!declared.files) {
    const nowhere = 'leaves no place for the keys: custody "machine" keeps them only in files';
    problems.add("files", false, nowhere, fix, "unsupported");
  }
  if (declared.outputs) {
    const exposed = 'would put private keys into the state: custody "machine" keeps them out of it';
    problems.add("outputs", true, exposed, fix, "unsupported");
  }
  if (declared.exportAuthorityKey === false && generations.some(({ isOwn }) => isOwn)) {
    const left = `leaves no place for the authority's key: custody "machine" keeps it only in ca.key`;
    problems.add("exportAuthorityKey", false, left, fix, "unsupported");
  }
}
