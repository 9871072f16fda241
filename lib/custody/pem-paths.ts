import { lstatSync, statSync, type Stats } from "node:fs";
import { basename, dirname, isAbsolute, join, normalize, resolve } from "node:path";
import type { IConstruct } from "constructs";
import { invalid, Problems } from "../errors";
import { trustFormFiles } from "../machine-format/rules";
import type { ServerCertificateSpec } from "../spec/server-certificate-spec";
import type { Address } from "../values/address";
import { BROKER_FORM_FILES, type TrustForm } from "../values/files/forms";
import type { FileAccess, KeyMode } from "../values/files/file-access";
import { excessMode } from "../values/files/file-mode";
import { shellWord } from "../values/shell-word";

/** A file of the PEM directory. `path` is relative to the directory. */
export interface PemFile {
  readonly path: string;
  /** Octal, as the local provider takes it. */
  readonly mode: KeyMode | "0644";
}

/** The mode of folders: each holds a key, or leads to one. */
export const FOLDER_MODE = "0700";

/** The trust anchors: the certificates of all generations of the authority. */
export const TRUST: PemFile = { path: "ca.pem", mode: "0644" };

/** The trust anchors in further forms. */
export function trustFiles(forms: readonly TrustForm[], generations: readonly number[]): PemFile[] {
  return forms.flatMap((form) => trustFormFiles(form, generations)).map((path) => ({ path, mode: "0644" }));
}

/** The folder of a generation of the authority, relative to the PEM directory: empty for the first one. */
export function authorityFolder(generation: number): string {
  return generation === 1 ? "" : `authorities/${generation}/`;
}

export function authorityKeyFile(generation: number): PemFile {
  return { path: `${authorityFolder(generation)}ca.key`, mode: "0600" };
}

export function serverFolder(address: Address): string {
  return `brokers/${address.fileName}`;
}

export function serverCertificateFile(address: Address): PemFile {
  return { path: `${serverFolder(address)}/server.pem`, mode: "0644" };
}

/** @param access who can read the key; undefined if only the deploying user can */
export function serverKeyFile(address: Address, access: FileAccess | undefined): PemFile {
  return { path: `${serverFolder(address)}/server.key`, mode: access?.keyMode ?? "0600" };
}

/** All files of a broker that contain its key: none if the broker sent a CSR. */
export function serverKeyFiles({ address, request, forms, access }: ServerCertificateSpec): PemFile[] {
  const key = serverKeyFile(address, access);
  const formFiles = forms.names.map((form): PemFile => ({
    path: `${serverFolder(address)}/${BROKER_FORM_FILES[form]}`,
    mode: key.mode,
  }));
  return request === undefined ? [key, ...formFiles] : [];
}

/** Also allows a file with one of `modes`: the deployment changes the mode if another is declared. */
export function orWithMode(file: PemFile, modes: readonly KeyMode[]): PemFile {
  const isWider = (one: string, other: string) =>
    Number.parseInt(one.slice(-2), 8) > Number.parseInt(other.slice(-2), 8);
  return {
    ...file,
    mode: modes.reduce((most: PemFile["mode"], mode) => (isWider(mode, most) ? mode : most), file.mode),
  };
}

/**
 * Registers the construct as the owner of the directory.
 *
 * @throws InvalidInputError if another construct owns it: the two would overwrite each other's files
 */
export function claimPemDirectory(construct: IConstruct, path: string): void {
  const { root } = construct.node;
  const taken = owners.get(root) ?? new Map<string, string>();
  owners.set(root, taken);
  const owner = taken.get(resolve(path));
  if (owner !== undefined) {
    const subject = `${construct.constructor.name} "${construct.node.path}"`;
    throw invalid(subject, path, `already belongs to "${owner}"`, "choose another", "duplicate");
  }
  taken.set(resolve(path), construct.node.path);
}

const owners = new WeakMap<IConstruct, Map<string, string>>();

/** In bytes, with most file systems. */
const FILE_NAME_AT_MOST = 255;

const TOO_LONG = ["contains a name that is too long for file systems", "choose a shorter one"] as const;

/**
 * Checks the path of a PEM directory: if it exists, it must be a folder.
 *
 * @returns the normalized path
 * @throws InvalidInputError if it is empty, is outside the directory where cdktf runs, or is a file
 */
export function checkPemDirectory(given: string): string {
  const refuse = (reason: string, fix: string) => invalid("a directory", given, reason, fix);

  if (typeof given !== "string" || given.trim() === "") {
    throw refuse("is empty", 'name a directory, such as "pki"');
  }
  // Terraform would read these as an expression or, in `fileset`, as a pattern.
  if (/[\p{Cc}"\\*?[\]{}]|[$%]\{/u.test(given)) {
    throw refuse("contains a character that has a special meaning in Terraform", "choose a name without it");
  }
  const path = normalize(given).replace(/(?<=.)\/$/, "");
  if (!isAbsolute(path) && /^\.\.([/\\]|$)/.test(path)) {
    throw refuse("is outside the directory where cdktf runs", "name a directory below it, or give an absolute path");
  }
  // The system reports a long name only if the parent folders exist.
  if (path.split(/[/\\]/).some((name) => Buffer.byteLength(name) > FILE_NAME_AT_MOST)) {
    throw refuse(...TOO_LONG);
  }
  let flaw: string | undefined;
  try {
    flaw = flawOfFolder(path);
  } catch (error) {
    const untold = UNTOLD[(error as NodeJS.ErrnoException).code ?? ""];
    throw untold === undefined ? error : refuse(...untold);
  }
  if (flaw !== undefined) {
    throw invalid("a directory", given, flaw, "move that file away, or choose another directory", "occupied");
  }
  return path;
}

/** Adds a problem if `file` cannot be written below `directory`. The local provider itself would overwrite it. */
export function checkPemFile(directory: string, file: PemFile, path: string, problems: Problems): void {
  const target = join(directory, file.path);
  const folder = dirname(target);
  const name = basename(folder);
  if (name.length > FILE_NAME_AT_MOST) {
    problems.add(
      path,
      name,
      `is a folder name of ${name.length} characters: file systems allow ${FILE_NAME_AT_MOST}`,
      'shorten the address, or use outputs instead of files with custody "state"',
    );
    return;
  }
  const stats = statsOf(target);
  if (stats === "below a file") {
    problems.add(path, folder, flawOfFolder(folder) ?? IS_FILE, "move that file away", "occupied");
  } else if (stats === undefined) {
    return;
  } else if (!stats.isFile()) {
    problems.add(path, target, "exists and is not a file", "move it away", "occupied");
  } else {
    const mode = excessMode(stats, file.mode);
    if (mode !== undefined) {
      const reason = `exists with mode ${mode}, which a deployment would keep`;
      problems.add(path, target, reason, `run: chmod ${file.mode} ${shellWord(target)}`, "occupied");
    }
  }
}

/** Adds a problem for each link on the way to `file`. Custody "machine" follows none: others may write to the target. */
export function refuseLinks(directory: string, file: PemFile, path: string, problems: Problems): void {
  const folders = dirname(file.path).split("/");
  for (const index of folders.keys()) {
    const folder = join(directory, ...folders.slice(0, index + 1));
    const stats = statsOf(folder);
    if (stats !== "below a file" && stats?.isSymbolicLink() === true && folders[0] !== ".") {
      const fix = `put the folder itself there, or mount it; ${directory} itself may be a link`;
      problems.add(path, folder, 'is a symbolic link, which custody "machine" does not follow', fix, "occupied");
    }
  }
}

/** @throws InvalidInputError with every obstacle to writing `files` for `owner` with custody "machine" */
export function refuseWhatIsInTheWay(owner: IConstruct, directory: string, files: readonly PemFile[]): void {
  const problems = new Problems();
  for (const file of files) {
    checkPemFile(directory, file, "", problems);
    refuseLinks(directory, file, "", problems);
  }
  problems.throwIfAny(`"${owner.node.path}"`);
}

/** Whether a folder is absent, and so all its files: one system call instead of one per file. */
export function isAbsent(directory: string, folder: string): boolean {
  return basename(folder).length <= FILE_NAME_AT_MOST && statsOf(join(directory, folder)) === undefined;
}

/** The status of a file: one system call, because there are tens of thousands of files. */
function statsOf(target: string): Stats | "below a file" | undefined {
  try {
    return lstatSync(target, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") {
      return "below a file";
    }
    throw error;
  }
}

/** The reason why `path` cannot be a folder: a part of it is a file. */
function flawOfFolder(path: string): string | undefined {
  const parent = dirname(path);
  const above = parent === path ? undefined : flawOfFolder(parent);
  if (above !== undefined) {
    return above === IS_FILE ? `lies below ${parent}, which is a file` : above;
  }
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined || stats.isDirectory() ? undefined : IS_FILE;
}

const IS_FILE = "is a file";

/** The reasons why the system cannot look at a path, by error code. */
const UNTOLD: Readonly<Record<string, readonly [reason: string, fix: string]>> = {
  ENAMETOOLONG: TOO_LONG,
  EACCES: ["is in a folder that this user cannot read", "run this as a user who can, or choose another directory"],
  ELOOP: ["is a loop of symbolic links", "name the folder itself"],
};
