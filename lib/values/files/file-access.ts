import type { Problems } from "../../errors";

/** The modes of a key file: only its owner may write it, and others cannot read it. */
const KEY_MODES = ["0600", "0640", "0400", "0440"] as const;
/** The modes of a broker's folder. */
const FOLDER_MODES = ["0700", "0710", "0711", "0750", "0751", "0755"] as const;
/** The modes of the folders above. */
const DIRECTORY_MODES = ["0700", "0711", "0755"] as const;

/** The mode of a key file, octal. */
export type KeyMode = (typeof KEY_MODES)[number];
/** The mode of a broker's folder, octal. */
type FolderMode = (typeof FOLDER_MODES)[number];
/** The mode of the fleet's directory, octal. */
export type DirectoryMode = (typeof DIRECTORY_MODES)[number];

/** All modes, for the schemas. */
export const ACCESS_MODES = { key: KEY_MODES, folder: FOLDER_MODES, directory: DIRECTORY_MODES } as const;

/** The owner and the group of a broker's files, and who else may read them. */
export interface FileAccessProps {
  /**
   * The owner of a broker's files, such as the user that the broker runs as: a user name on the machine that applies, or a
   * number. It needs custody "machine", and a deployment as root.
   * @default - the user who deploys
   */
  readonly fileOwner?: string;
  /**
   * The group of a broker's files and of its folder: a name or a number. It needs custody "machine". The user who deploys
   * must be in the group, or root.
   * @default - the group of the user who deploys
   */
  readonly fileGroup?: string;
  /**
   * The mode of `server.key` and its forms, octal: who may read them.
   * @default "0640" with a fileGroup, otherwise "0600"
   */
  readonly keyMode?: KeyMode;
  /**
   * The mode of a broker's folder, octal. The folder always belongs to the user who deploys. It needs custody "machine".
   * @default "0750" with a fileGroup, "0711" with a fileOwner, "0751" with both, otherwise "0700"
   */
  readonly folderMode?: FolderMode;
}

/** Checked {@link FileAccessProps}, with their defaults. */
export interface FileAccess {
  readonly owner: string | undefined;
  readonly group: string | undefined;
  readonly keyMode: KeyMode;
  readonly folderMode: FolderMode;
}

const HOW_TO_NAME = 'write a name such as "mosquitto", or a number such as "1883"';

/** Reads the options and files their problems; undefined without any option: the files then belong to the user who deploys. */
export function parseFileAccess(problems: Problems, props: FileAccessProps): FileAccess | undefined {
  const { fileOwner: owner, fileGroup: group, keyMode, folderMode } = props;
  if (owner === undefined && group === undefined && keyMode === undefined && folderMode === undefined) {
    return undefined;
  }
  for (const [path, name] of Object.entries({ fileOwner: owner, fileGroup: group })) {
    if (name !== undefined && !isAccount(name)) {
      problems.add(path, name, "is neither the name nor the number of an account", HOW_TO_NAME);
    }
  }
  refuseUnlessMode(problems, "keyMode", keyMode, KEY_MODES, "would let others read a key, or the group write it");
  refuseUnlessMode(problems, "folderMode", folderMode, FOLDER_MODES, "would let others, or the group, write there");
  const access: FileAccess = {
    owner,
    group,
    keyMode: keyMode ?? (group === undefined ? "0600" : "0640"),
    folderMode: folderMode ?? defaultFolderMode(owner, group),
  };
  if (keyMode !== undefined && owner === undefined && group !== undefined && !mayGroupRead(keyMode)) {
    const reason = "keeps the fileGroup from the key, which belongs to the user who deploys";
    problems.add("keyMode", keyMode, reason, "leave it out, or let the group read: 0640", "conflict");
  }
  if (folderMode !== undefined && isShut(access)) {
    const whom = group === undefined ? "the fileOwner" : "the fileGroup";
    const fix = `leave it out, or let ${group === undefined ? "everyone pass: 0711" : "the group pass: 0710"}`;
    problems.add(
      "folderMode",
      folderMode,
      `keeps ${whom} out of the folder, which belongs to the user who deploys`,
      fix,
      "conflict",
    );
  }
  return access;
}

/**
 * Files a problem for a mode that is not one of `modes`.
 *
 * @param harm what a wider mode would allow
 */
export function refuseUnlessMode(
  problems: Problems,
  path: string,
  given: string | undefined,
  modes: readonly string[],
  harm: string,
): void {
  if (given !== undefined && !modes.includes(given)) {
    const isMode = typeof given === "string" && /^[0-7]{3,4}$/.test(given);
    const reason = isMode ? `is not allowed: it is of no use, or it ${harm}` : "is not a file mode";
    problems.add(path, given, reason, `choose from ${modes.map((mode) => JSON.stringify(mode)).join(", ")}`);
  }
}

/** Whether a value is an account name as shadow allows them, or a number: nothing that a program or a shell misreads. */
function isAccount(name: unknown): boolean {
  return (
    typeof name === "string" &&
    (/^\d{1,10}$/.test(name) ? Number(name) < 2 ** 32 - 1 : /^[A-Za-z_][\w.@-]{0,254}\$?$/.test(name))
  );
}

/** An owner need not be in the group: it passes as any other user does, and the modes of the files protect them. */
function defaultFolderMode(owner: string | undefined, group: string | undefined): FolderMode {
  if (group === undefined) {
    return owner === undefined ? "0700" : "0711";
  }
  return owner === undefined ? "0750" : "0751";
}

function mayGroupRead(mode: string): boolean {
  return (Number.parseInt(mode, 8) & 0o040) !== 0;
}

/** Whether the owner or the group of the files cannot reach them. */
function isShut({ owner, group, folderMode }: FileAccess): boolean {
  const mode = Number.parseInt(folderMode, 8);
  return group === undefined ? owner !== undefined && (mode & 0o001) === 0 : (mode & 0o010) === 0;
}
