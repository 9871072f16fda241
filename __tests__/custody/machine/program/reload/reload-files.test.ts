import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReloadFiles } from "../../../../../lib/custody/machine/program/reload/reload-files";
import type { ReloadRecord } from "../../../../../lib/machine-format/reload";

const FOLDER = "brokers/mqtt-1.example.com";
const ranAt = (time: string): ReloadRecord => ({ token: `${time} its files change`, of: `${time} new` });
const [OLD, NEW] = [ranAt("2026-01-05T09:00:00Z"), ranAt("2026-11-28T13:49:00Z")];

let directory: string;
let files: ReloadFiles;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reload-files-"));
  files = new ReloadFiles(directory);
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe("ReloadFiles", () => {
  it("ReloadFiles reads what it wrote, and only the user can read the file", () => {
    files.writeAll([[FOLDER, OLD]]);

    expect(files.readAll()).toEqual(new Map([[FOLDER, OLD]]));
    expect(statSync(join(directory, "reloads.records")).mode & 0o777).toBe(0o600);
  });

  it("ReloadFiles prefers the notes of a stopped run to older records", () => {
    files.writeAll([[FOLDER, OLD]]);
    files.note([[FOLDER, NEW]]);
    appendFileSync(join(directory, "reloads.journal"), '["brokers/mqtt-2","half a li');

    expect(files.readAll()).toEqual(new Map([[FOLDER, NEW]]));
    files.writeAll(files.readAll());
    expect(readdirSync(directory)).toEqual(["reloads.records"]);
    expect(files.readAll()).toEqual(new Map([[FOLDER, NEW]]));
  });

  it("ReloadFiles reads nothing from a missing or corrupt file", () => {
    expect(files.readAll()).toEqual(new Map());
    files.writeAll([[FOLDER, OLD]]);
    const path = join(directory, "reloads.records");
    writeFileSync(path, readFileSync(path, "utf8").replace("its files", "its fiels"));

    expect(files.readAll()).toEqual(new Map());
  });
});
