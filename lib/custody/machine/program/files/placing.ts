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

/** A file that was made, and waits beside its place. */
export interface MadeFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly mode: number;
}

/** What was made of a key and a certificate: what stays as it is, is not among the files. */
export interface Made {
  /** The key in the records. */
  readonly key: string;
  /** Where the files go. */
  readonly folder: string;
  readonly files: readonly MadeFile[];
  readonly record: CertificateRecord;
  /** Files that are not to be lost when they are written over: copies stay beside them, under names with this behind. */
  readonly keep?: { readonly names: readonly string[]; readonly suffix: string };
  /** Who gets at the folder and the files, where that is to be seen to. @default who deploys alone */
  readonly access?: Access;
  /** Files that go, once the others are in their place. */
  readonly gone?: readonly string[];
}

/**
 * Writes the files beside their places.
 *
 * @param options `sync`: whether they must outlast a power cut, as what cannot be made again
 */
export function stage({ folder, files, access }: Made, options: { readonly sync?: boolean } = {}): void {
  ensureFolder(folder);
  for (const { name, content, mode } of files) {
    writeBeside(join(folder, name), content, mode, { ...options, ...(access && { owners: access.owners }) });
  }
}

/** Puts what was staged into its place: the key first. The folder is given with it, and so is as the files in it are. */
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
 * Puts what a stopped run staged into its place, where it is what the run wrote down; else it goes.
 *
 * @param owners the numbers of further users who may own them
 * @returns whether all is there that the record tells of
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

/** Keeps a copy beside a file, under its name with `suffix` behind. */
export function keepCopy(path: string, suffix: string): void {
  const copy = `${path}.${suffix}`;
  if (!existsSync(copy)) {
    copyFileSync(path, copy, constants.COPYFILE_EXCL);
  }
}

/** Removes a file, if it is there. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") {
      throw error;
    }
  }
}

/** Removes a folder, if it is there and nothing is in it. */
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
