import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { RecordFiles } from "../../../../../lib/custody/machine/program/files/record-files";
import { removeAll, removeServer, sweep } from "../../../../../lib/custody/machine/program/run/remove";
import { CERTIFICATE_RECORD_FIELDS, type CertificateRecord, sha256 } from "../../../../../lib/machine-format/record";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "remove-"));
  jest.spyOn(console, "log").mockImplementation();
});

afterEach(() => {
  rmSync(directory, { recursive: true });
  jest.restoreAllMocks();
});

function write(path: string, content = path): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, path), content, { mode: 0o600 });
}

/** All files, by their paths. */
function files(): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
}

/** The record of a broker whose files have their paths for their content. */
function recordOf(folder: string): CertificateRecord {
  const empty = Object.fromEntries(
    CERTIFICATE_RECORD_FIELDS.map((field) => [field, ""]),
  ) as unknown as CertificateRecord;
  return {
    ...empty,
    token: "2026-01-05T09:00:00Z new",
    not_after: "2028-04-09T09:00:00Z",
    key_sha256: sha256(`${folder}/server.key`),
    certificate_sha256: sha256(`${folder}/server.pem`),
  };
}

function writeServer(folder: string): void {
  write(`${folder}/server.key`);
  write(`${folder}/server.pem`);
}

describe("removeServer", () => {
  it("removeServer removes a key and a certificate that match their record, and their folder", () => {
    writeServer("brokers/a.b");
    write("brokers/a.b/server.key.new");
    removeServer(directory, "brokers/a.b", [recordOf("brokers/a.b")]);

    expect(files()).toEqual(["brokers"]);
  });

  it("removeServer removes the folder --1, an older name for the folder of ::1", () => {
    writeServer("brokers/--1");
    removeServer(directory, "brokers/--1", [recordOf("brokers/--1")]);

    expect(files()).toEqual(["brokers"]);
  });

  it("removeServer keeps a file that differs from its record, and reports it", () => {
    write("brokers/a.b/server.key", "another");
    write("brokers/a.b/server.pem");
    write("brokers/a.b/notes.txt");
    removeServer(directory, "brokers/a.b", [recordOf("brokers/a.b")]);

    expect(files()).toEqual(["brokers", "brokers/a.b", "brokers/a.b/notes.txt", "brokers/a.b/server.key"]);
    expect(console.log).toHaveBeenCalledWith("brokers/a.b/server.key stays: it was not made here, or has changed.");
  });

  it("removeServer keeps all files if there is no record", () => {
    writeServer("brokers/a.b");
    removeServer(directory, "brokers/a.b", []);

    expect(files()).toContain("brokers/a.b/server.key");
    expect(files()).toContain("brokers/a.b/server.pem");
  });

  it("removeServer removes files that match either of two records after a stopped deployment", () => {
    const before = recordOf("brokers/a.b");
    writeServer("brokers/a.b");
    write("brokers/a.b/server.p12", "before");
    write("brokers/a.b/server.key", "after");
    write("brokers/a.b/server.p12.new", "after");
    const store = { forms: "pkcs12 p/1", forms_sha256: sha256("before") };
    removeServer(directory, "brokers/a.b", [
      { ...before, ...store },
      { ...before, ...store, key_sha256: sha256("after"), certificate_sha256: "", forms_sha256: sha256("after") },
    ]);

    expect(files()).toEqual(["brokers"]);
  });

  it("removeServer does nothing if no file exists", () => {
    removeServer(directory, "brokers/a.b", [recordOf("brokers/a.b")]);

    expect(files()).toEqual([]);
  });

  it.each([
    "",
    "brokers",
    "brokers/",
    "brokers/..",
    "brokers/../x",
    "../x",
    "/etc",
    "brokers/a/b",
    "authorities/2",
    "brokers/.x",
  ])("removeServer refuses a folder that does not belong to a broker: %j", (folder) => {
    write("x/server.key");

    expect(() => {
      removeServer(directory, folder, [recordOf("x")]);
    }).toThrow("nothing is removed");
    expect(files()).toContain("x/server.key");
  });

  it("removeServer does not follow a link out of the directory", () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "elsewhere-"));
    writeFileSync(join(elsewhere, "server.key"), "brokers/a.b/server.key");
    mkdirSync(join(directory, "brokers"), { mode: 0o700 });
    symlinkSync(elsewhere, join(directory, "brokers/a.b"));

    expect(() => {
      removeServer(directory, "brokers/a.b", [recordOf("brokers/a.b")]);
    }).toThrow("is a symbolic link");
    expect(existsSync(join(elsewhere, "server.key"))).toBe(true);
    rmSync(elsewhere, { recursive: true });
  });
});

describe("removeAll", () => {
  it("removeAll removes the brokers' files, their records and owner.json, and keeps the authority's files", () => {
    write("ca.key");
    write("ca.pem");
    write("authorities.records");
    write("owner.json");
    writeServer("brokers/a.b");
    writeServer("brokers/c.d");
    writeServer("brokers/e.f");
    const before = Object.fromEntries(["brokers/a.b", "brokers/e.f"].map((folder) => [folder, recordOf(folder)]));
    const records = new RecordFiles(directory, "brokers");
    records.write(JSON.stringify({ removed: "", brokers: before }));
    // A stopped run was making the files of c.d for the first time, and those of e.f again.
    records.note([
      ["brokers/c.d", recordOf("brokers/c.d")],
      ["brokers/e.f", recordOf("other")],
    ]);
    removeAll(directory);

    expect(files()).toEqual(["authorities.records", "ca.key", "ca.pem"]);
  });

  it("removeAll keeps files without a record, and accepts a missing directory", () => {
    writeServer("brokers/a.b");
    removeAll(directory);
    removeAll(join(directory, "none"));

    expect(files()).toEqual(["brokers", "brokers/a.b", "brokers/a.b/server.key", "brokers/a.b/server.pem"]);
  });
});

describe("sweep", () => {
  beforeEach(() => {
    write("brokers/a.b/server.key.new");
    write("brokers/c.d/server.key.new");
    write("brokers/e.f/server.pem.new");
    write("brokers/e.f/server.key");
  });

  it("sweep removes what a stopped run began and did not put into the journal", () => {
    const records = new RecordFiles(directory, "brokers");
    records.note([["brokers/c.d", recordOf("brokers/c.d")]]);
    sweep(directory, records.readJournal());

    expect(files()).toEqual([
      "brokers",
      "brokers.journal",
      "brokers/c.d",
      "brokers/c.d/server.key.new",
      "brokers/e.f",
      "brokers/e.f/server.key",
    ]);
  });

  it("sweep keeps all files if no run was stopped", () => {
    const before = files();
    sweep(directory, new Map());

    expect(files()).toEqual(before);
  });
});
