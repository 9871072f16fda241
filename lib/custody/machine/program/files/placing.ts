import { constants, copyFileSync, existsSync, lstatSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { recordedForms } from "../../../../machine-format/forms";
import type { CertificateRecord } from "../../../../machine-format/record";
import type { FileNames } from "../../../../machine-format/rules";
import { type Access, giveFolder } from "./access";
import { codeOf } from "./error-code";
import { putInPlace, writeBeside } from "./replacing";
import { hashTrusted } from "./trusted-file";
import { ensureFolder } from "./trusted-folder";

/** A new file, before it is put in place. */
export interface MadeFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly mode: number;
}

/** A new key or certificate. Files that stay are not among the files. */
export interface Made {
  /** The key in the records. */
  readonly key: string;
  /** The folder of the files. */
  readonly folder: string;
  readonly files: readonly MadeFile[];
  readonly record: CertificateRecord;
  /** Files that must survive when they are overwritten: copies stay next to them, under names with this suffix. */
  readonly keep?: { readonly names: readonly string[]; readonly suffix: string };
  /** Who can read the folder and the files. @default the deploying user only */
  readonly access?: Access;
  /** Files to delete, once the others are in place. */
  readonly gone?: readonly string[];
}

/**
 * Writes the files next to their places.
 *
 * @param options `sync`: whether they must survive a power cut, because they cannot be made again
 */
export function stage({ folder, files, access }: Made, options: { readonly sync?: boolean } = {}): void {
  ensureFolder(folder);
  for (const { name, content, mode } of files) {
    writeBeside(join(folder, name), content, mode, { ...options, ...(access && { owners: access.owners }) });
  }
}

/** Puts staged files in place, the key first. The folder gets its access first, so that it matches the files. */
export function place({ folder, files, keep, access, gone = [] }: Made): void {
  if (access !== undefined) {
    giveFolder(folder, access);
  }
  for (const name of keep?.names ?? []) {
    keepCopy(join(folder, name), keep?.suffix ?? "");
  }
  for (const { name } of files) {
    putInPlace(join(folder, name));
  }
  for (const name of gone) {
    removeFile(join(folder, name));
  }
}

/**
 * Puts the staged files of a stopped run in place if they match the record; otherwise it deletes them.
 *
 * @param owners the ids of further users who may own them
 * @returns whether all files of the record are in place
 */
export function finish(
  folder: string,
  { key, certificate }: FileNames,
  record: CertificateRecord,
  owners: readonly number[] = [],
): boolean {
  const files = [[key, record.key_sha256], [certificate, record.certificate_sha256], ...recordedForms(record)] as const;
  for (const [name, hash] of files) {
    if (hash !== "" && hashTrusted(join(folder, `${name}.new`), owners) === hash) {
      putInPlace(join(folder, name));
    }
    removeFile(join(folder, `${name}.new`));
  }
  return files.every(([name, hash]) => hash === "" || hashTrusted(join(folder, name), owners) === hash);
}

/** Keeps a copy next to a file, under its name with `suffix`. */
export function keepCopy(path: string, suffix: string): void {
  const copy = `${path}.${suffix}`;
  if (!existsSync(copy)) {
    copyFileSync(path, copy, constants.COPYFILE_EXCL);
  }
}

/** Deletes a file, if it exists. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") {
      throw error;
    }
  }
}

/** Deletes a folder, if it exists and is empty. */
export function removeEmptyFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return;
  }
  try {
    rmdirSync(path);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes(String(codeOf(error)))) {
      throw error;
    }
  }
}
