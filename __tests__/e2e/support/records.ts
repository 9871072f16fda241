import { writeFileSync } from "node:fs";
import { type AuthorityRecords, type BrokerRecords, sealed, unsealed } from "../../../lib/machine-format/record";
import type { Project } from "./project";

/** What the records of custody machine tell of, by the names of their files. */
export interface Records {
  readonly authorities: AuthorityRecords;
  readonly brokers: BrokerRecords;
}

/** @throws Error where they are not whole */
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

/** Gives records other content, as if a deployment had written it. */
export function writeRecords<Name extends keyof Records>(project: Project, name: Name, content: Records[Name]): void {
  writeFileSync(project.path("pki", `${name}.records`), sealed(`${JSON.stringify(content)}\n`));
}

/** Lets a broker's certificate end, as far as its record tells. */
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

/** Lets the certificate of the first generation end, as far as its record tells. */
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
