import { isRecord, toLines } from "../../../../machine-format/record";
import { RELOAD_RECORD_FIELDS, type ReloadRecord } from "../../../../machine-format/reload";
import { entriesOf, SealedFiles, toObject } from "../files/record-files";

/** `reloads.records` and `reloads.journal`: for each broker, the files for which its command has succeeded. */
export class ReloadFiles extends SealedFiles<ReloadRecord> {
  constructor(directory: string) {
    super(directory, "reloads", isReloadRecord);
  }

  /** All records. Those of a stopped run count too. */
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
