import { isRecord, toLines } from "../../../../machine-format/record";
import { RELOAD_RECORD_FIELDS, type ReloadRecord } from "../../../../machine-format/reload";
import { entriesOf, SealedFiles, toObject } from "../files/record-files";

/** `reloads.records`, and `reloads.journal`: of each broker, for which of its files the command has succeeded. */
export class ReloadFiles extends SealedFiles<ReloadRecord> {
  constructor(directory: string) {
    super(directory, "reloads", isReloadRecord);
  }

  /** Those of a run that was stopped are as good as the others. */
  public readAll(): Map<string, ReloadRecord> {
    const { reloads } = toObject(this.read());
    return new Map([...Object.entries(entriesOf(reloads, isReloadRecord)), ...this.readJournal()]);
  }

  public writeAll(records: Iterable<readonly [folder: string, record: ReloadRecord]>): void {
    this.write(`{"reloads": ${toLines(records)}}\n`);
  }
}

function isReloadRecord(value: unknown): value is ReloadRecord {
  return isRecord(value, RELOAD_RECORD_FIELDS);
}
