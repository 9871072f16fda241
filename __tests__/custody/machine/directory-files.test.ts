import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, TerraformStack } from "cdktf";
import { CertificateAuthority, ServerCertificate, type ServerCertificateProps } from "../../../lib";
import { keyModesOnRecord } from "../../../lib/custody/machine/directory-files";
import { RecordFiles } from "../../../lib/custody/machine/program/files/record-files";
import { CERTIFICATE_RECORD_FIELDS, type CertificateRecord } from "../../../lib/machine-format/record";
import { inNewDirectory, reasons, refusal, synthesize } from "../../support/synth";

const FOLDER = "brokers/a.b";

function record(access: string): CertificateRecord {
  const empty = Object.fromEntries(CERTIFICATE_RECORD_FIELDS.map((field) => [field, ""]));
  return { ...(empty as unknown as CertificateRecord), access };
}

/** Leaves the records of a finished deployment, and the journal of a stopped one if `stopped` is given. */
function leave(directory: string, done: string, stopped?: string): void {
  const files = new RecordFiles(directory, "brokers");
  const unfinished = stopped === undefined ? [] : [[FOLDER, record(stopped)] as const];
  files.write(JSON.stringify({ removed: "", brokers: { [FOLDER]: record(done) } }), new Map(unfinished));
}

describe("keyModesOnRecord", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "modes-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const modes = (folder = FOLDER) => keyModesOnRecord(directory)(folder);

  it("keyModesOnRecord returns no modes if the records are missing or corrupt", () => {
    expect(modes()).toEqual([]);
    writeFileSync(join(directory, "brokers.records"), "anything");
    writeFileSync(join(directory, "brokers.journal"), 'null\n["brokers/a.b"]\n["brokers/a.b",');
    expect(modes()).toEqual([]);
  });

  it("keyModesOnRecord returns the modes of the last deployment, and of one that was stopped", () => {
    leave(directory, ": 0600 0700");
    expect(modes()).toEqual(["0600"]);
    leave(directory, "mosquitto: 0600 0711", ":mosquitto 0640 0750");
    expect(modes()).toEqual(["0600", "0640"]);
    expect(modes("brokers/c.d")).toEqual([]);
  });
});

describe("mode of an existing key", () => {
  function declare(props: Partial<ServerCertificateProps>): (app: App) => void {
    return (app) => {
      const stack = new TerraformStack(app, "own");
      const authority = new CertificateAuthority(stack, "ca", {
        custody: "machine",
        subject: { commonName: "Test CA" },
      });
      new ServerCertificate(stack, "server", { authority, address: "a.b", ...props });
    };
  }

  /** A key that its group reads. */
  function placeKey(done: string, stopped?: string): void {
    mkdirSync(join("pki", FOLDER), { recursive: true, mode: 0o700 });
    writeFileSync(join("pki", FOLDER, "server.key"), "");
    chmodSync(join("pki", FOLDER, "server.key"), 0o640);
    leave("pki", done, stopped);
  }

  it("A synth accepts the recorded mode of a key if another mode is now declared", () => {
    inNewDirectory(() => {
      placeKey(":mosquitto 0640 0750");
      expect(() => synthesize(declare({}))).not.toThrow();
    });
  });

  it("A synth accepts the mode that a stopped deployment gave a key, with any declared mode", () => {
    inNewDirectory(() => {
      placeKey("mosquitto: 0600 0711", ":mosquitto 0640 0750");
      expect(() => synthesize(declare({}))).not.toThrow();
      expect(() => synthesize(declare({ fileGroup: "mosquitto" }))).not.toThrow();
    });
  });

  it("A synth refuses the mode 0640 of a key if no record has that mode", () => {
    inNewDirectory(() => {
      placeKey("mosquitto: 0600 0711");
      expect(reasons(refusal(declare({})))).toEqual([expect.stringContaining("exists with mode 0640")]);
    });
  });
});
