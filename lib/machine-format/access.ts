import type { FileAccess } from "../values/files/file-access";

/** Whose a broker's files are, as records and what is declared have it: numbers as modes, not as text. */
export interface RecordedAccess {
  /** A name or a number; empty where it is who deploys, as with the group. */
  readonly owner: string;
  readonly group: string;
  readonly keyMode: number;
  readonly folderMode: number;
}

/** `mosquitto:mosquitto 0640 0750` */
export function formatAccess({ owner = "", group = "", keyMode, folderMode }: FileAccess): string {
  return `${owner}:${group} ${keyMode} ${folderMode}`;
}

/** Undefined where it is none: all is who deploys'. */
export function parseAccess(text: string | undefined): RecordedAccess | undefined {
  const [, owner = "", group = "", keyMode, folderMode] =
    /^([^: ]*):([^: ]*) (0[0-7]{3}) (0[0-7]{3})$/.exec(text ?? "") ?? [];
  return keyMode === undefined || folderMode === undefined
    ? undefined
    : { owner, group, keyMode: Number.parseInt(keyMode, 8), folderMode: Number.parseInt(folderMode, 8) };
}
