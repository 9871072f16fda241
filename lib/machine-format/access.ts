import type { FileAccess } from "../values/files/file-access";

/** The owner and the modes of a broker's files, parsed from a record or a declaration. */
export interface RecordedAccess {
  /** A name or a number; empty for the deploying user. The same holds for the group. */
  readonly owner: string;
  readonly group: string;
  readonly keyMode: number;
  readonly folderMode: number;
}

/** `mosquitto:mosquitto 0640 0750` */
export function formatAccess({ owner = "", group = "", keyMode, folderMode }: FileAccess): string {
  return `${owner}:${group} ${keyMode} ${folderMode}`;
}

/** Undefined if the text is not an access: then the deploying user owns everything. */
export function parseAccess(text: string | undefined): RecordedAccess | undefined {
  const [, owner = "", group = "", keyMode, folderMode] =
    /^([^: ]*):([^: ]*) (0[0-7]{3}) (0[0-7]{3})$/.exec(text ?? "") ?? [];
  return keyMode === undefined || folderMode === undefined
    ? undefined
    : { owner, group, keyMode: Number.parseInt(keyMode, 8), folderMode: Number.parseInt(folderMode, 8) };
}
