import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Made, place, stage } from "../../../../../lib/custody/machine/program/files/placing";
import { CERTIFICATE_RECORD_FIELDS, type CertificateRecord } from "../../../../../lib/machine-format/record";

const RECORD = Object.fromEntries(
  CERTIFICATE_RECORD_FIELDS.map((field) => [field, ""]),
) as unknown as CertificateRecord;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "placing-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe("stage and place", () => {
  const made = (): Made => ({
    key: "brokers/a.b",
    folder,
    files: [{ name: "server.key", content: "new", mode: 0o640 }],
    record: RECORD,
    access: { owners: { uid: -1, gid: -1 }, keyMode: 0o640, folderMode: 0o750 },
  });

  it("stage writes a file next to its place, and does not open the folder, because the file may never get there", () => {
    stage(made());

    expect(readFileSync(join(folder, "server.key.new"), "utf8")).toBe("new");
    expect(modeOf(join(folder, "server.key.new"))).toBe("640");
    expect(modeOf(folder)).toBe("700");
  });

  it("place opens the folder to others when it places the file", () => {
    stage(made());
    place(made());

    expect(readFileSync(join(folder, "server.key"), "utf8")).toBe("new");
    expect(modeOf(join(folder, "server.key"))).toBe("640");
    expect(modeOf(folder)).toBe("750");
  });
});
