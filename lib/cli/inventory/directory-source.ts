import { posix } from "node:path";
import { SERVER_FILES } from "../../machine-format/rules";
import { BROKER_FORM_FILES } from "../../values/files/forms";
import type { ReadCertificate } from "../read/certificate";
import { keyId } from "./authority";
import { Collection } from "./collection";
import type { Source } from "./source";

const TRUST = "ca.pem";
const COMBINED = BROKER_FORM_FILES["combined-pem"];

/**
 * The certificates in the files of a directory.
 *
 * @param name the directory, as the user named it
 * @param files all files in it, by their relative paths; for files without certificates, only the name counts
 */
export function directorySource(name: string, files: ReadonlyMap<string, Uint8Array | undefined>): Source {
  const collection = new Collection();
  const certificates = new Map<string, ReadCertificate[]>();
  const meant = filesOfCertificates([...files.keys()]);
  for (const [file, content] of [...files].sort(byRank)) {
    if (content !== undefined && meant.has(file)) {
      certificates.set(file, collection.addBytes(file, content));
    }
  }
  return {
    name,
    collection,
    trusted: certificates.get(TRUST),
    generations: generationsOf([...files.keys()], certificates),
    renewals: new Map(),
    records: [],
  };
}

/**
 * The files that may hold a certificate. Others, such as keys, are not opened; nor is `server.combined.pem`, which holds a key
 * too, next to `server.pem`, which holds the same certificate.
 */
export function filesOfCertificates(files: readonly string[]): ReadonlySet<string> {
  const all = new Set(files);
  const isRepeated = (file: string): boolean =>
    posix.basename(file) === COMBINED && all.has(posix.join(posix.dirname(file), SERVER_FILES.certificate));
  return new Set(files.filter((file) => /\.(pem|crt|cer|p7b|p7c)$/i.test(file) && !isRepeated(file)));
}

/** `ca.pem` comes first, and its further forms come last, so that a certificate is found in the other files first. */
function byRank([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return rankOf(one) - rankOf(other);
}

function rankOf(file: string): number {
  return file === TRUST ? 0 : file.startsWith("trust/") ? 2 : 1;
}

/** From the folders of custody "machine"; a single authority whose key is in the directory is generation 1. */
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
