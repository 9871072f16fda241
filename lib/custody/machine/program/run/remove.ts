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
import { openFolder } from "../files/trusted-folder";
import { ReloadFiles } from "../reload/reload-files";

/** What a broker's folder may be called. With a `-` in front it was made when that of `::1` was `--1`. */
const FOLDER = /^brokers\/[a-z0-9_-][a-z0-9._-]*$/;

/** Removes a broker's key, certificate and their forms; what is not what its record tells of stays. */
export function removeServer(directory: string, folder: string, record: CertificateRecord | undefined): void {
  if (!FOLDER.test(folder)) {
    throw new Failure("no broker has such a folder: nothing is removed");
  }
  const path = join(directory, folder);
  if (!openFolder(path)) {
    return;
  }
  const forms = recordedForms(record).map(([, hash]) => hash);
  const known: readonly unknown[] = [record?.key_sha256, record?.certificate_sha256, ...forms];
  const owners = trustedUsers([record?.access]);
  for (const name of ALL_SERVER_FILES) {
    removeFile(join(path, `${name}.new`));
    const hash = hashTrusted(join(path, name), owners);
    if (known.includes(hash)) {
      removeFile(join(path, name));
    } else if (hash !== undefined) {
      console.log(`${folder}/${name} stays: it is not the one that was made here.`);
    }
  }
  removeEmptyFolder(path);
}

/** Removes the keys and certificates of all brokers. The authority's stay. */
export function removeAll(directory: string): void {
  if (!openFolder(directory)) {
    return;
  }
  const files = new RecordFiles(directory, "brokers");
  const stopped = files.readJournal();
  const records = new Map([...Object.entries(toBrokerRecords(files.read()).brokers), ...stopped]);
  if (openFolder(join(directory, "brokers"))) {
    sweep(directory, stopped);
    for (const [folder, record] of records) {
      removeServer(directory, folder, record);
    }
    removeEmptyFolder(join(directory, "brokers"));
  }
  files.remove();
  new ReloadFiles(directory).remove();
  removeFile(join(directory, "owner.json"));
}

/** Removes what a stopped run had begun and not written down. */
export function sweep(directory: string, stopped: ReadonlyMap<string, CertificateRecord>): void {
  const brokers = join(directory, "brokers");
  if (!new RecordFiles(directory, "brokers").wasStopped || !openFolder(brokers)) {
    return;
  }
  for (const name of readdirSync(brokers)) {
    const folder = `brokers/${name}`;
    if (FOLDER.test(folder) && !stopped.has(folder) && openFolder(join(directory, folder))) {
      for (const file of ALL_SERVER_FILES) {
        removeFile(join(directory, folder, `${file}.new`));
      }
      removeEmptyFolder(join(directory, folder));
    }
  }
}
