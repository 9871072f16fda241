import { trustFormFiles } from "../../../../../machine-format/rules";
import type { TrustForm } from "../../../../../values/files/forms";
import { toCHeader } from "../../../../../x509/c-header";
import { pemBlocks, toPem } from "../../../../../x509/pem";
import type { MadeFile } from "../../files/placing";
import { pkcs12 } from "./load-pkcs12";

/** A trust anchor. */
export interface Trusted {
  readonly generation: string;
  readonly pem: string;
}

/**
 * The files of a further form of the trust anchors, below the PEM directory.
 *
 * @param trusted in the order in which clients get them
 * @param password the password of a PKCS #12 file
 */
export async function makeTrustForm(
  form: TrustForm,
  trusted: readonly Trusted[],
  password: string,
): Promise<MadeFile[]> {
  const names = trustFormFiles(
    form,
    trusted.map(({ generation }) => generation),
  );
  const contents = await contentsOf(form, trusted, password);
  return names.map((name, index) => ({ name, content: contents[index] ?? "", mode: 0o644 }));
}

async function contentsOf(
  form: TrustForm,
  trusted: readonly Trusted[],
  password: string,
): Promise<readonly (string | Uint8Array)[]> {
  switch (form) {
    case "pem":
      return trusted.map(({ pem }) => toPem("CERTIFICATE", derOf(pem)));
    case "der":
      return trusted.map(({ pem }) => derOf(pem));
    case "c-header":
      return [toCHeader(trusted.map(({ pem }) => pem).join(""))];
    case "pkcs12": {
      const entries = trusted.map(({ generation, pem }) => [`ca-${generation}`, derOf(pem)] as const);
      return [await pkcs12().toTruststore(new Map(entries), password)];
    }
  }
}

function derOf(pem: string): Uint8Array {
  return pemBlocks(pem)[0]?.data ?? new Uint8Array();
}
