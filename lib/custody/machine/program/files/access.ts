import { closeSync, constants, fchmodSync, fchownSync, fstatSync, openSync, type Stats } from "node:fs";
import { parseAccess } from "../../../../machine-format/access";
import { Failure } from "../failure";
import { groupId, userId } from "./accounts";
import { codeOf } from "./error-code";
import { Refused } from "./trust";

/** The owner and group of files, as numeric ids: -1 to leave them as they are. */
export interface Owners {
  readonly uid: number;
  readonly gid: number;
}

/** The group of the deploying user. A folder may give its own group to new files: with setgid, and always on macOS. */
const OWN_GROUP = process.getegid?.() ?? -1;

/** Who can read a broker's files. */
export interface Access {
  readonly owners: Owners;
  readonly keyMode: number;
  readonly folderMode: number;
}

/** Access for the deploying user only. */
const PRIVATE: Access = { owners: { uid: -1, gid: OWN_GROUP }, keyMode: 0o600, folderMode: 0o700 };

/**
 * The declared access, with the machine's numeric ids.
 *
 * @throws Failure if the machine does not know a name
 */
export function accessOf(text: string | undefined): Access {
  const declared = parseAccess(text);
  return declared === undefined
    ? PRIVATE
    : {
        owners: {
          uid: declared.owner === "" ? -1 : userId(declared.owner),
          gid: declared.group === "" ? OWN_GROUP : groupId(declared.group),
        },
        keyMode: declared.keyMode,
        folderMode: declared.folderMode,
      };
}

/** The further users who may own a broker's files: the recorded and the declared owner. Unknown names are left out. */
export function trustedUsers(texts: readonly (string | undefined)[]): readonly number[] {
  return texts.flatMap((text) => {
    const owner = parseAccess(text)?.owner ?? "";
    try {
      return owner === "" ? [] : [userId(owner)];
    } catch {
      return [];
    }
  });
}

/**
 * Gives a broker's folder its group and mode. The deploying user stays its owner, so that no one else can put files there.
 *
 * @throws Failure if this process may not
 */
export function giveFolder(path: string, { owners: { gid }, folderMode }: Access): void {
  onFolder(path, (folder, stats) => {
    if (gid !== -1 && stats.gid !== gid) {
      permitted(path, () => {
        fchownSync(folder, stats.uid, gid);
      });
    }
    setModeOf(folder, stats, path, folderMode);
  });
}

/** Sets the mode of a folder. */
export function setMode(path: string, mode: number): void {
  onFolder(path, (folder, stats) => {
    setModeOf(folder, stats, path, mode);
  });
}

function setModeOf(folder: number, stats: Stats, path: string, mode: number): void {
  if ((stats.mode & 0o777) !== mode) {
    permitted(path, () => {
      fchmodSync(folder, mode);
    });
  }
}

/** Changes an opened folder, so that nothing that takes its place is changed. Windows has no owners and modes. */
function onFolder(path: string, change: (folder: number, stats: Stats) => void): void {
  if (process.geteuid === undefined) {
    return;
  }
  const folder = openFolderItself(path);
  try {
    change(folder, fstatSync(folder));
  } finally {
    closeSync(folder);
  }
}

function openFolderItself(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    throw ["ENOTDIR", "ELOOP"].includes(String(codeOf(error)))
      ? new Refused(path, "is not a folder", "move it away")
      : error;
  }
}

/** @throws Failure that names who may, if this process may not */
export function permitted(path: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (codeOf(error) !== "EPERM") {
      throw error;
    }
    throw new Failure(
      `${path} cannot get the declared owner, group or mode: only root can change an owner, and only members of a group can give files to it. Deploy as root, or as a user who is the fileOwner and a member of the fileGroup.`,
    );
  }
}
