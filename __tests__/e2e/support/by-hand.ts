import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import type { Project } from "./project";
import { succeed } from "./run";

/** A certificate that no declaration would make. */
export interface HandMade {
  /** The folder in the project for server.key and server.pem. */
  readonly folder: string;
  /** The folder name of the broker whose key is certified. */
  readonly broker: string;
  readonly commonName: string;
  /** The validity from now on, in days. */
  readonly days: number;
  /** Lines of openssl.cnf, in addition to the key identifiers. */
  readonly extensions: readonly string[];
  /** The path of the signing key and certificate, without the suffix. */
  readonly signer?: string;
}

/** Certifies a broker's key again with the authority's key. */
export async function signByHand(project: Project, made: HandMade): Promise<void> {
  const { folder, broker, commonName, days, extensions, signer = "pki/ca" } = made;
  const file = (name: string): string => project.path(folder, name);
  mkdirSync(project.path(folder));
  copyFileSync(project.path("pki/brokers", broker, "server.key"), file("server.key"));
  const identifiers = ["subjectKeyIdentifier=hash", "authorityKeyIdentifier=keyid"];
  writeFileSync(file("extensions"), [...identifiers, ...extensions, ""].join("\n"));
  const request = ["req", "-new", "-key", file("server.key"), "-subj", `/CN=${commonName}`, "-out", file("server.csr")];
  const authority = ["-CA", project.path(`${signer}.pem`), "-CAkey", project.path(`${signer}.key`)];
  const issue = ["x509", "-req", "-in", file("server.csr"), ...authority, "-days", String(days)];
  await succeed("openssl", request);
  await succeed("openssl", [...issue, "-extfile", file("extensions"), "-out", file("server.pem")]);
}
