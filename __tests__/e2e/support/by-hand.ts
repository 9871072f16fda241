import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import type { Project } from "./project";
import { succeed } from "./run";

/** A certificate as no declaration has it. */
export interface HandMade {
  /** The folder in the project where it goes, as server.key and server.pem. */
  readonly folder: string;
  /** The broker whose key it is for: its folder's name. */
  readonly broker: string;
  readonly commonName: string;
  /** How many days it is valid from now on. */
  readonly days: number;
  /** Lines of openssl.cnf, beside the key identifiers. */
  readonly extensions: readonly string[];
  /** The key and the certificate that sign: a path without the suffix. */
  readonly signer?: string;
}

/** Certifies a broker's key once more, as anyone can who has the authority's. */
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
