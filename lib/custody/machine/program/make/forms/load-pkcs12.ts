import type * as Pkcs12 from "./pkcs12";

/** What makes PKCS #12 files: a large library, which is loaded where a fleet asks for one. */
export function pkcs12(): typeof Pkcs12 {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be loaded with this file
  return require("./pkcs12") as typeof Pkcs12;
}
