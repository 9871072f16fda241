import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { CertificateRecord } from "../../../../machine-format/record";
import { recordedForms } from "../../../../machine-format/forms";
import { ALL_SERVER_FILES } from "../../../../machine-format/rules";
import { Failure } from "../failure";
import { trustedUsers } from "../files/access";
import { removeEmptyFolder, removeFile } from "../files/placing";
import { RecordFiles, toBrokerRecords } from "../files/record-files";
import { hashTrusted } from "../files/trusted-file";
import { openFolder, seeFolder } from "../files/trusted-folder";
import { ReloadFiles } from "../reload/reload-files";

/** The possible names of a broker's folder. In old versions, the folder of an address such as `::1` began with two hyphens. */
const FOLDER = /^brokers\/(--)?[a-z0-9_][a-z0-9._-]*$/;

/**
 * Deletes a broker's key, certificate and their forms. A file that matches no record stays.
 *
 * @param records one, or two if a deployment was stopped: then some files match the one, and some the other
 */
export function removeServer(directory: string, folder: string, records: readonly CertificateRecord[]): void {
  if (!FOLDER.test(folder)) {
    throw new Failure("no broker has such a folder: nothing is removed");
  }
  const path = join(directory, folder);
  if (!openFolder(path)) {
    return;
  }
  const known: readonly unknown[] = records.flatMap((record) => [
    record.key_sha256,
    record.certificate_sha256,
    ...recordedForms(record).map(([, hash]) => hash),
  ]);
  const owners = trustedUsers(records.map(({ access }) => access));
  for (const name of ALL_SERVER_FILES) {
    removeFile(join(path, `${name}.new`));
    const hash = hashTrusted(join(path, name), owners);
    if (known.includes(hash)) {
      removeFile(join(path, name));
    } else if (hash !== undefined) {
      console.log(`${folder}/${name} stays: it was not made here, or has changed.`);
    }
  }
  removeEmptyFolder(path);
}

/** All records of a broker's files. */
export function recordsOf(
  folder: string,
  { records, stopped }: Readonly<Record<"records" | "stopped", ReadonlyMap<string, CertificateRecord>>>,
): readonly CertificateRecord[] {
  return [records.get(folder), stopped.get(folder)].filter((record) => record !== undefined);
}

/** Deletes the keys and certificates of all brokers. The authority's files stay. */
export function removeAll(directory: string): void {
  if (!openFolder(directory)) {
    return;
  }
  const files = new RecordFiles(directory, "brokers");
  const stopped = files.readJournal();
  const records = new Map(Object.entries(toBrokerRecords(files.read()).brokers));
  if (openFolder(join(directory, "brokers"))) {
    sweep(directory, stopped);
    for (const folder of new Set([...records.keys(), ...stopped.keys()])) {
      removeServer(directory, folder, recordsOf(folder, { records, stopped }));
    }
    removeEmptyFolder(join(directory, "brokers"));
  }
  files.remove();
  new ReloadFiles(directory).remove();
  removeFile(join(directory, "owner.json"));
}

/** Deletes the files that a stopped run staged and did not note in the journal. */
export function sweep(directory: string, stopped: ReadonlyMap<string, CertificateRecord>): void {
  const brokers = join(directory, "brokers");
  if (!new RecordFiles(directory, "brokers").wasStopped || !openFolder(brokers)) {
    return;
  }
  for (const name of readdirSync(brokers)) {
    const folder = `brokers/${name}`;
    if (FOLDER.test(folder) && !stopped.has(folder) && isTrusted(join(directory, folder))) {
      for (const file of ALL_SERVER_FILES) {
        removeFile(join(directory, folder, `${file}.new`));
      }
      removeEmptyFolder(join(directory, folder));
    }
  }
}

/** Whether there is a folder that no one else owns or can write to. */
function isTrusted(path: string): boolean {
  const { isThere, flaw } = seeFolder(path);
  return isThere && flaw === undefined;
}
