import { appendFileSync, closeSync, existsSync, fsyncSync, openSync } from "node:fs";
import { join } from "node:path";
import {
  type AuthorityRecords,
  type BrokerRecords,
  type CertificateRecord,
  isCertificateRecord,
  isRecord,
  sealed,
  TRUST_FORM_RECORD_FIELDS,
  TRUST_RECORD_FIELDS,
  type TrustFormRecord,
  type TrustRecord,
  unsealed,
} from "../../../../machine-format/record";
import { removeFile } from "./placing";
import { putInPlace, syncFolder, writeBeside } from "./replacing";
import { readTrusted } from "./trusted-file";

/** In bytes: more than the records of a million brokers. */
const RECORDS_AT_MOST = 1024 * 1024 * 1024;

/**
 * A file of records, and the journal of a run: `brokers.records` and `brokers.journal`.
 *
 * A run notes in the journal what it is about to put in place. If the run is stopped, the next one finishes that.
 */
export class SealedFiles<Entry extends object> {
  private readonly path: string;
  private readonly journalPath: string;

  constructor(
    private readonly directory: string,
    name: string,
    private readonly isEntry: (value: unknown) => value is Entry,
  ) {
    this.path = join(directory, `${name}.records`);
    this.journalPath = join(directory, `${name}.journal`);
  }

  /** Whether a run was stopped. */
  public get wasStopped(): boolean {
    return existsSync(this.journalPath);
  }

  /** The parsed content of the file of records; undefined if the file is missing or corrupt. */
  public read(): unknown {
    const json = unsealed(readTrusted(this.path, { atMost: RECORDS_AT_MOST })?.toString("utf8") ?? "");
    return json === undefined ? undefined : parse(json);
  }

  /** The entries in the journal of a stopped run. */
  public readJournal(): Map<string, Entry> {
    const text = readTrusted(this.journalPath, { atMost: RECORDS_AT_MOST })?.toString("utf8") ?? "";
    return new Map(text.split("\n").flatMap((line) => this.parseLine(line)));
  }

  /** Notes what is about to be put in place, or was done. */
  public note(records: Iterable<readonly [key: string, record: Entry]>): void {
    const file = openSync(this.journalPath, "a", 0o600);
    try {
      appendFileSync(file, toJournal(records));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  /**
   * Writes the records. The journal keeps only the unfinished entries.
   *
   * @param content JSON
   */
  public write(content: string, unfinished: ReadonlyMap<string, Entry> = new Map()): void {
    writeBeside(this.path, sealed(content), 0o600, { sync: true });
    putInPlace(this.path);
    syncFolder(this.directory);
    if (unfinished.size === 0) {
      removeFile(this.journalPath);
    } else {
      writeBeside(this.journalPath, toJournal(unfinished), 0o600, { sync: true });
      putInPlace(this.journalPath);
    }
  }

  public remove(): void {
    removeFile(this.path);
    removeFile(this.journalPath);
  }

  /** The entry of a line; none if the line is incomplete, because its writer was stopped. */
  private parseLine(line: string): (readonly [string, Entry])[] {
    const entry = parse(line);
    const [key, record] = Array.isArray(entry) ? (entry as unknown[]) : [];
    return typeof key === "string" && this.isEntry(record) ? [[key, record]] : [];
  }
}

/** The records of keys and certificates. */
export class RecordFiles extends SealedFiles<CertificateRecord> {
  constructor(directory: string, name: "authorities" | "brokers") {
    super(directory, name, isCertificateRecord);
  }
}

/** The value; undefined if the text is not JSON. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function toJournal(records: Iterable<readonly [key: string, record: object]>): string {
  return [...records].map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

export function toBrokerRecords(content: unknown): BrokerRecords {
  const { removed, brokers } = toObject(content);
  return { removed: typeof removed === "string" ? removed : "", brokers: entriesOf(brokers, isCertificateRecord) };
}

export function toAuthorityRecords(content: unknown): AuthorityRecords {
  const { generations, trust, forms } = toObject(content);
  return {
    generations: entriesOf(generations, isCertificateRecord),
    ...(isTrust(trust) && { trust }),
    forms: entriesOf(forms, isTrustForm),
  };
}

function isTrustForm(value: unknown): value is TrustFormRecord {
  return isRecord(value, TRUST_FORM_RECORD_FIELDS) && value.token !== "";
}

function isTrust(value: unknown): value is TrustRecord {
  return isRecord(value, TRUST_RECORD_FIELDS) && value.token !== "";
}

/** The valid entries of a value that should be an object. */
export function entriesOf<Entry>(value: unknown, isEntry: (value: unknown) => value is Entry): Record<string, Entry> {
  return Object.fromEntries(
    Object.entries(toObject(value)).flatMap(([key, record]) => (isEntry(record) ? [[key, record] as const] : [])),
  );
}

export function toObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
