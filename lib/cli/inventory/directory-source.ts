import { posix } from "node:path";
import type { ReadCertificate } from "../read/certificate";
import type { Io } from "../io";
import { keyId } from "./authority";
import { Collection } from "./collection";
import type { Source } from "./source";

const TRUST = "ca.pem";

/**
 * The certificates in the files of a directory. Files of keys are not opened.
 *
 * @param name the directory, as the user named it
 * @param files all that are in it
 * @throws InputError where one cannot be read
 */
export async function directorySource(io: Io, name: string, files: readonly string[]): Promise<Source> {
  const collection = new Collection();
  const certificates = new Map<string, ReadCertificate[]>();
  for (const file of files.filter(mayBeCertificate).sort(trustFirst)) {
    certificates.set(file, collection.addBytes(file, await io.read(posix.join(name, file))));
  }
  return {
    name,
    collection,
    trusted: certificates.get(TRUST),
    generations: generationsOf(files, certificates),
    records: [],
  };
}

function mayBeCertificate(file: string): boolean {
  return /\.(pem|crt|cer)$/i.test(file);
}

function trustFirst(one: string, other: string): number {
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
