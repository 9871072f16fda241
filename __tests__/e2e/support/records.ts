import { writeFileSync } from "node:fs";
import { type AuthorityRecords, type BrokerRecords, sealed, unsealed } from "../../../lib/machine-format/record";
import type { Project } from "./project";

/** The content of the records of custody machine, by file name. */
export interface Records {
  readonly authorities: AuthorityRecords;
  readonly brokers: BrokerRecords;
}

/** @throws Error if they are incomplete */
export function readRecords<Name extends keyof Records>(
  project: Project,
  name: Name,
  directory = "pki",
): Records[Name] {
  const json = unsealed(project.read(directory, `${name}.records`));
  if (json === undefined) {
    throw new Error(`${name}.records is not whole`);
  }
  return JSON.parse(json) as Records[Name];
}

/** Writes records with another content, as a deployment would. */
export function writeRecords<Name extends keyof Records>(project: Project, name: Name, content: Records[Name]): void {
  writeFileSync(project.path("pki", `${name}.records`), sealed(`${JSON.stringify(content)}\n`));
}

/** Changes the expiry date of a broker's certificate in its record. */
export function letServerEnd(project: Project, folder: string, notAfter: string): void {
  const records = readRecords(project, "brokers");
  const record = records.brokers[folder];
  if (record === undefined) {
    throw new Error(`${folder} has no record`);
  }
  writeRecords(project, "brokers", {
    ...records,
    brokers: { ...records.brokers, [folder]: { ...record, not_after: notAfter } },
  });
}

/** Changes the expiry date of the first generation's certificate in its record. */
export function letOwnAuthorityEnd(project: Project, notAfter: string): void {
  const records = readRecords(project, "authorities");
  const record = records.generations["1"];
  if (record === undefined) {
    throw new Error("the authority has no record");
  }
  writeRecords(project, "authorities", {
    ...records,
    generations: { ...records.generations, 1: { ...record, not_after: notAfter } },
  });
}
