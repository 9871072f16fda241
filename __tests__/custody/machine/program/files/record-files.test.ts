import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  RecordFiles,
  toAuthorityRecords,
  toBrokerRecords,
} from "../../../../../lib/custody/machine/program/files/record-files";
import { CERTIFICATE_RECORD_FIELDS, type CertificateRecord } from "../../../../../lib/machine-format/record";

let directory: string;
let files: RecordFiles;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "records-"));
  files = new RecordFiles(directory, "brokers");
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

const path = (name: string): string => join(directory, name);

function record(token: string): CertificateRecord {
  const empty = Object.fromEntries(
    CERTIFICATE_RECORD_FIELDS.map((field) => [field, ""]),
  ) as unknown as CertificateRecord;
  return { ...empty, token, not_after: "2028-04-09T09:00:00Z" };
}

const [ONE, TWO] = [record("one"), record("two")];
const RECORDS = JSON.stringify({ removed: "", brokers: { "brokers/a.b": ONE } });

describe("RecordFiles", () => {
  it("RecordFiles has neither records nor a journal before the first deployment", () => {
    expect(files.read()).toBeUndefined();
    expect(files.readJournal()).toEqual(new Map());
    expect(files.wasStopped).toBe(false);
  });

  it("RecordFiles reads what it wrote, and only the owner can read its files", () => {
    files.write(RECORDS);

    expect(toBrokerRecords(files.read())).toEqual({ removed: "", brokers: { "brokers/a.b": ONE } });
    expect(statSync(path("brokers.records")).mode & 0o777).toBe(0o600);
    expect(existsSync(path("brokers.records.new"))).toBe(false);
  });

  it("RecordFiles reads nothing from a corrupt file", () => {
    files.write(RECORDS);
    const text = readFileSync(path("brokers.records"), "utf8");

    for (const broken of [text.slice(0, -1), text.replace("a.b", "a.c"), RECORDS, ""]) {
      writeFileSync(path("brokers.records"), broken);
      expect(files.read()).toBeUndefined();
    }
  });

  it("RecordFiles keeps a journal of what a run is about to place, until the records have it", () => {
    files.note([]);
    expect(files.wasStopped).toBe(true);
    files.note([["brokers/a.b", ONE]]);
    files.note([
      ["brokers/c.d", ONE],
      ["brokers/a.b", TWO],
    ]);

    expect([...files.readJournal()]).toEqual([
      ["brokers/a.b", TWO],
      ["brokers/c.d", ONE],
    ]);
    expect(statSync(path("brokers.journal")).mode & 0o777).toBe(0o600);

    files.write(RECORDS);
    expect(files.wasStopped).toBe(false);
  });

  it("RecordFiles keeps the journal's lines for files that are not in place", () => {
    files.note([
      ["brokers/a.b", ONE],
      ["brokers/c.d", TWO],
    ]);
    files.write(RECORDS, new Map([["brokers/c.d", TWO]]));

    expect([...files.readJournal()]).toEqual([["brokers/c.d", TWO]]);
  });

  it("RecordFiles skips a line of the journal that is cut off or invalid", () => {
    files.note([["brokers/a.b", ONE]]);
    const line = JSON.stringify(["brokers/c.d", TWO]);
    appendFileSync(
      path("brokers.journal"),
      ["{}", "null", '["brokers/x.y", {"token": 1}]', line.slice(0, -1)].join("\n"),
    );

    expect([...files.readJournal()]).toEqual([["brokers/a.b", ONE]]);
  });

  it("RecordFiles.remove removes existing files, and accepts missing files", () => {
    files.remove();
    files.write(RECORDS);
    files.note([]);
    files.remove();

    expect([existsSync(path("brokers.records")), existsSync(path("brokers.journal"))]).toEqual([false, false]);
  });
});

describe("toBrokerRecords and toAuthorityRecords", () => {
  it.each([undefined, null, [], "text", { brokers: null, generations: [] }])(
    "toBrokerRecords and toAuthorityRecords return no records for %p",
    (content) => {
      expect(toBrokerRecords(content)).toEqual({ removed: "", brokers: {} });
      expect(toAuthorityRecords(content)).toEqual({ generations: {}, forms: {} });
    },
  );

  it("toBrokerRecords returns only records with every field", () => {
    const { token: _, ...part } = ONE;

    expect(toBrokerRecords({ removed: "x", brokers: { a: ONE, b: part, c: 1 } })).toEqual({
      removed: "x",
      brokers: { a: ONE },
    });
  });

  it("toAuthorityRecords drops a trust record without a token, and an incomplete record of a form", () => {
    const trust = { token: "t", files: "", certificates: "", sha256: "" };

    const forms = { pem: { ...trust, password: "" } };

    expect(toAuthorityRecords({ generations: { "1": ONE }, trust, forms })).toEqual({
      generations: { "1": ONE },
      trust,
      forms,
    });
    expect(toAuthorityRecords({ generations: {}, trust: { ...trust, token: "" }, forms: { pem: trust } })).toEqual({
      generations: {},
      forms: {},
    });
  });
});
