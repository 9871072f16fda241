import type { Declared } from "../../lib/machine-format/declared";
import type { Synthesized } from "./synth";

/** The way in which a deployment runs the program. */
export interface Run {
  readonly interpreter: readonly string[];
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly when?: string;
}

/** The declaration of a PEM directory of custody `machine`: the file next to the stack's text. */
export function declaredOf({ assets }: Synthesized): Declared {
  const [text = "{}"] = Object.entries(assets).flatMap(([path, text]) =>
    path.endsWith("/declared.json") ? [text] : [],
  );
  return JSON.parse(text) as Declared;
}

/** The command that runs the program for a resource. */
export function runsOf({ resources }: Synthesized, address: string): Run[] {
  const provisioners = (resources[address]?.["provisioner"] ?? []) as { readonly "local-exec": Run }[];
  return provisioners.map((each) => each["local-exec"]);
}

/** The expression for the authority that a plan shows. */
export function shownOfAuthority({ resources }: Synthesized): string {
  return String(resources["terraform_data.authority"]?.["triggers_replace"]);
}

/** The preconditions or postconditions of a resource. */
export function conditionsOf(
  { resources }: Synthesized,
  address: string,
  when: "precondition" | "postcondition" = "precondition",
): readonly { readonly condition: string; readonly error_message: string }[] {
  const lifecycle = (resources[address]?.["lifecycle"] ?? {}) as Readonly<Record<string, unknown>>;
  return (lifecycle[when] ?? []) as ReturnType<typeof conditionsOf>;
}
