import type { Problems } from "../../errors";

/** Of a key's file: nobody else ever writes it, and others never read it. */
const KEY_MODES = ["0600", "0640", "0400", "0440"] as const;
/** Of a broker's folder. */
const FOLDER_MODES = ["0700", "0710", "0711", "0750", "0751", "0755"] as const;
/** Of the folders above. */
const DIRECTORY_MODES = ["0700", "0711", "0755"] as const;

export type KeyMode = (typeof KEY_MODES)[number];
type FolderMode = (typeof FOLDER_MODES)[number];
export type DirectoryMode = (typeof DIRECTORY_MODES)[number];

/** All of them, as schemas have them. */
export const ACCESS_MODES = { key: KEY_MODES, folder: FOLDER_MODES, directory: DIRECTORY_MODES } as const;

/** Whose a broker's files are, and who else may read them. */
export interface FileAccessProps {
  /**
   * The user whose a broker's files become, such as the one that the broker runs as: a name that the machine knows which
   * applies, or a number. With custody "machine" alone; whoever deploys has to be root.
   * @default - who deploys
   */
  readonly fileOwner?: string;
  /**
   * The group of a broker's files and of its folder: a name, or a number. With custody "machine" alone; whoever deploys has to
   * be in it, or root.
   * @default - that of who deploys
   */
  readonly fileGroup?: string;
  /**
   * The mode of `server.key`, octal: who may read it.
   * @default "0640" where there is a fileGroup, else "0600"
   */
  readonly keyMode?: KeyMode;
  /**
   * The mode of a broker's folder, which stays who deploys: octal. With custody "machine" alone.
   * @default "0750" where there is a fileGroup, "0711" where there is a fileOwner alone, else "0700"
   */
  readonly folderMode?: FolderMode;
}

/** Checked {@link FileAccessProps}, with what holds where nothing is said. */
export interface FileAccess {
  readonly owner: string | undefined;
  readonly group: string | undefined;
  readonly keyMode: KeyMode;
  readonly folderMode: FolderMode;
}

const HOW_TO_NAME = 'write a name such as "mosquitto", or a number such as "1883"';

/** Files what is wrong; undefined where nothing is said, and so all is who deploys'. */
export function parseFileAccess(problems: Problems, props: FileAccessProps): FileAccess | undefined {
  const { fileOwner: owner, fileGroup: group, keyMode, folderMode } = props;
  if (owner === undefined && group === undefined && keyMode === undefined && folderMode === undefined) {
    return undefined;
  }
  for (const [path, name] of Object.entries({ fileOwner: owner, fileGroup: group })) {
    if (name !== undefined && !isAccount(name)) {
      problems.add(path, name, "is neither a name of an account nor its number", HOW_TO_NAME);
    }
  }
  refuseUnlessMode(problems, "keyMode", keyMode, KEY_MODES, "would let others read a key, or the group write it");
  refuseUnlessMode(problems, "folderMode", folderMode, FOLDER_MODES, "would let others, or the group, write there");
  const access: FileAccess = {
    owner,
    group,
    keyMode: keyMode ?? (group === undefined ? "0600" : "0640"),
    folderMode: folderMode ?? (group === undefined ? (owner === undefined ? "0700" : "0711") : "0750"),
  };
  if (folderMode !== undefined && isShut(access)) {
    const whom = group === undefined ? "the fileOwner" : "the fileGroup";
    const fix = `leave it out, or let ${group === undefined ? "everybody pass: 0711" : "the group pass: 0710"}`;
    problems.add("folderMode", folderMode, `keeps ${whom} out of the folder, which is whose deploys`, fix, "conflict");
  }
  return access;
}

/**
 * Files a mode that is none of `modes`.
 *
 * @param harm what a wider one would do
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
    const reason = isMode ? `is not taken: others than these are of no use, or ${harm}` : "is no mode";
    problems.add(path, given, reason, `choose from ${modes.map((mode) => JSON.stringify(mode)).join(", ")}`);
  }
}

/** As shadow has them, or a number up to the largest: nothing that a program takes for an option, or a shell for its own. */
function isAccount(name: unknown): boolean {
  return (
    typeof name === "string" &&
    (/^\d{1,10}$/.test(name) ? Number(name) < 2 ** 32 - 1 : /^[A-Za-z_][\w.@-]{0,254}\$?$/.test(name))
  );
}

/** Whether those for whom the files are cannot get at them. */
function isShut({ owner, group, folderMode }: FileAccess): boolean {
  const mode = Number.parseInt(folderMode, 8);
  return group === undefined ? owner !== undefined && (mode & 0o001) === 0 : (mode & 0o010) === 0;
}
