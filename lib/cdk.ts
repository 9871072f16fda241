/**
 * The CDK: nothing else here knows which one it is. The build makes a second entry of this library, for CDK Terrain, in which
 * this file has the other's names.
 */
import type * as Local from "@cdktf/provider-local";
import type * as Tls from "@cdktf/provider-tls";
import { invalid } from "./errors";

export * from "cdktf";
export { addCustomSynthesis } from "cdktf/lib/synthesize/synthesizer";

const BINDINGS = ["@cdktf/provider-tls", "@cdktf/provider-local"];

/**
 * The bindings of the tls provider, which custody `state` alone needs: they are loaded when it is first declared.
 *
 * @internal for the types of who has none
 */
export function tls(): typeof Tls {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be loaded with this file
  return bindings(() => require("@cdktf/provider-tls") as typeof Tls);
}

/**
 * Those of the local provider.
 *
 * @internal likewise
 */
export function local(): typeof Local {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- likewise
  return bindings(() => require("@cdktf/provider-local") as typeof Local);
}

/** @throws InvalidInputError where they are not installed */
function bindings<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    // Not by its class: test runners have errors of their own.
    const message = typeof error === "object" && error !== null && "message" in error ? String(error.message) : "";
    const [, name] = /^Cannot find module '([^']+)'/.exec(message) ?? [];
    if (name !== undefined && BINDINGS.includes(name)) {
      const fix = `run npm install ${BINDINGS.join(" ")}; or choose custody "machine", which needs none`;
      throw invalid('custody "state"', name, "is not installed", fix);
    }
    throw error;
  }
}
