import type { ReadCertificate } from "../read/certificate";
import { keyId } from "./authority";
import { Collection } from "./collection";
import type { Source } from "./source";

const TRUST = "ca.pem";

/**
 * The certificates in the files of a directory.
 *
 * @param name the directory, as the user named it
 * @param files all that are in it, by their paths there; of what is no certificate the name alone counts
 */
export function directorySource(name: string, files: ReadonlyMap<string, Uint8Array | undefined>): Source {
  const collection = new Collection();
  const certificates = new Map<string, ReadCertificate[]>();
  for (const [file, content] of [...files].sort(trustFirst)) {
    if (content !== undefined && mayBeCertificate(file)) {
      certificates.set(file, collection.addBytes(file, content));
    }
  }
  return {
    name,
    collection,
    trusted: certificates.get(TRUST),
    generations: generationsOf([...files.keys()], certificates),
    records: [],
  };
}

/** Whether a file may hold a certificate: others, with keys among them, need not be opened. */
export function mayBeCertificate(file: string): boolean {
  return /\.(pem|crt|cer|p7b|p7c)$/i.test(file);
}

function trustFirst([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return Number(other === TRUST) - Number(one === TRUST);
}

/** From where custody "machine" keeps them; and a single one, whose key is there, is the first. */
function generationsOf(
  files: readonly string[],
  certificates: ReadonlyMap<string, readonly ReadCertificate[]>,
): ReadonlyMap<string, number> {
  const [first, ...others] = certificates.get(TRUST) ?? [];
  const isSingle =
    others.length === 0 && files.includes("ca.key") && !files.some((file) => file.startsWith("authorities/"));
  const numbered = [...certificates].flatMap(([file, [signer]]) => {
    const number = /^authorities\/(\d+)\/ca\.pem$/.exec(file)?.[1] ?? (file === "authority.pem" ? "1" : undefined);
    return number === undefined ? [] : [{ signer, generation: Number(number) }];
  });
  const all = isSingle ? [{ signer: first, generation: 1 }, ...numbered] : numbered;
  return new Map(
    all.flatMap(({ signer, generation }) =>
      signer === undefined ? [] : [[keyId(signer.x509.publicKey), generation] as const],
    ),
  );
}
