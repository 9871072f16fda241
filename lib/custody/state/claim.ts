import type { Construct } from "constructs";
import { Lazy } from "../../cdk";
import { relativeToStackFolder } from "../../terraform/stack-path";
import { TerraformData } from "../../terraform/terraform-data";

export interface ClaimProps {
  /** The PEM directory, as the user declares it. */
  readonly path: string;
  /** The files of this stack, as paths below the directory. The set is complete at synth. */
  readonly files: ReadonlySet<string>;
  /** Whether other stacks write files there too. */
  readonly isShared: boolean;
  readonly resourceName: string | undefined;
}

/**
 * Creates the resource that makes sure, in the first plan, that the directory contains no file that Terraform did not write.
 *
 * It keeps its first input, which must be empty: later plans see the directory's own files.
 */
export function createClaim(scope: Construct, { path, files, isShared, resourceName }: ClaimProps): TerraformData {
  const folder = relativeToStackFolder(scope, path);
  return new TerraformData(scope, "claim", {
    resourceName,
    lifecycle: {
      ignoreChanges: ["input"],
      postcondition: [
        {
          condition: "${length(self.input) == 0}",
          errorMessage: `${path} contains files that this state does not manage, and that would be overwritten: \${join(", ", self.input)}. Move them away, or restore the state that manages them.`,
        },
      ],
    },
    attributes: {
      input: Lazy.stringValue({ produce: () => filesThatAreThere(folder, files, isShared) }),
      triggers_replace: path,
    },
    localExec: [
      {
        // The local provider deletes files but not their folders. This runs after the last file is deleted.
        when: "destroy",
        on_failure: "continue",
        environment: { PEM_DIRECTORY: folder },
        command: Lazy.stringValue({
          produce: () =>
            `find ${foldersOf(files).join(" ")} -type d -empty -delete 2>/dev/null; rmdir "$PEM_DIRECTORY" 2>/dev/null || true`,
        }),
      },
    ],
  });
}

/** The folders that may be left after all files are deleted, for a shell. */
function foldersOf(files: ReadonlySet<string>): string[] {
  const hasForms = [...files].some((path) => path.startsWith("trust/"));
  return ["brokers", "authorities", ...(hasForms ? ["trust"] : [])].map((name) => `"$PEM_DIRECTORY/${name}"`);
}

/** An expression for the existing files among ours. Its text does not depend on the brokers, unless other stacks share the directory. */
function filesThatAreThere(folder: string, files: ReadonlySet<string>, isShared: boolean): string {
  if (files.size === 0) {
    return "${[]}";
  }
  const patterns = new Set([...files].map((path) => path.replace(/^brokers\/.*\//, "brokers/*/")));
  const found = [...patterns].sort().map((pattern) => `fileset("${folder}", "${pattern}")`);
  const there = `setunion(${found.join(", ")})`;
  const ours = isShared ? `setintersection(${there}, ${JSON.stringify([...files].sort())})` : there;
  return `\${sort(${ours})}`;
}
