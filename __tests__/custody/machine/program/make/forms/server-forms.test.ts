import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { foreignForms, staleForms } from "../../../../../../lib/custody/machine/program/make/forms/server-forms";
import { CERTIFICATE_RECORD_FIELDS, type CertificateRecord, sha256 } from "../../../../../../lib/machine-format/record";
import { inTemporaryFolder } from "../../../../../support/requests";

const EMPTY = Object.fromEntries(CERTIFICATE_RECORD_FIELDS.map((field) => [field, ""])) as unknown as CertificateRecord;
const RECORD = { ...EMPTY, forms: "pkcs12 pem-key plant/1", forms_sha256: `${sha256("store")} ${sha256("copy")}` };

describe("staleForms", () => {
  const hashOf = (file: string): string => sha256(file === "server.p12" ? "store" : "copy");

  it.each<[string | undefined, string[]]>([
    [undefined, ["server.p12", "server.pem.key"]],
    ["pem-key", ["server.p12"]],
    ["pkcs12 pem-key plant/2", []],
  ])("staleForms returns the recorded forms that the declared forms %p lack", (forms, expected) => {
    expect(staleForms(RECORD, forms === undefined ? {} : { forms }, hashOf)).toEqual(expected);
  });

  it("staleForms skips files that differ from their record, and returns none without a record", () => {
    expect(staleForms(RECORD, {}, () => sha256("other"))).toEqual([]);
    expect(staleForms(undefined, {}, hashOf)).toEqual([]);
  });
});

describe("foreignForms", () => {
  const made = [{ name: "server.p12", content: "next", mode: 0o600 }];

  it.each<[content: string | undefined, record: CertificateRecord | undefined, expected: string[]]>([
    [undefined, undefined, []],
    ["", undefined, []],
    ["store", RECORD, []],
    ["store", undefined, ["server.p12"]],
    ["other", RECORD, ["server.p12"]],
  ])("foreignForms returns files that no record describes: content %j", (content, record, expected) => {
    const found = inTemporaryFolder((folder) => {
      if (content !== undefined) {
        writeFileSync(join(folder, "server.p12"), content, { mode: 0o600 });
      }
      return foreignForms(folder, made, record, []);
    });

    expect(found).toEqual(expected);
  });
});
