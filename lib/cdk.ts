/**
 * The CDK. Only this file knows which CDK is in use. The build makes a second entry of this library, for CDK Terrain, in which
 * this file has the names of that CDK.
 */
import type * as Local from "@cdktf/provider-local";
import type * as Tls from "@cdktf/provider-tls";
import { invalid } from "./errors";

export * from "cdktf";
export { addCustomSynthesis } from "cdktf/lib/synthesize/synthesizer";

const BINDINGS = ["@cdktf/provider-tls", "@cdktf/provider-local"];

/**
 * The bindings of the tls provider. Only custody `state` needs them, so they are loaded when it is first declared.
 *
 * @internal so that the public types do not need the bindings
 */
export function tls(): typeof Tls {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be loaded with this file
  return bindings(() => require("@cdktf/provider-tls") as typeof Tls);
}

/**
 * The bindings of the local provider, loaded in the same way.
 *
 * @internal so that the public types do not need the bindings
 */
export function local(): typeof Local {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be loaded with this file
  return bindings(() => require("@cdktf/provider-local") as typeof Local);
}

/** @throws InvalidInputError if the bindings are not installed */
function bindings<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    // Not by its class: test runners have their own error classes.
    const message = typeof error === "object" && error !== null && "message" in error ? String(error.message) : "";
    const [, name] = /^Cannot find module '([^']+)'/.exec(message) ?? [];
    if (name !== undefined && BINDINGS.includes(name)) {
      const fix = `run npm install ${BINDINGS.join(" ")}; or choose custody "machine", which needs no provider`;
      throw invalid('custody "state"', name, "is not installed", fix);
    }
    throw error;
  }
}
