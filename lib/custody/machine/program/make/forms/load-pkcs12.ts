import type * as Pkcs12 from "./pkcs12";

/** Loads the module that makes PKCS #12 files: it needs a large library, so it is loaded only if a fleet declares such a file. */
export function pkcs12(): typeof Pkcs12 {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be loaded with this file
  return require("./pkcs12") as typeof Pkcs12;
}
