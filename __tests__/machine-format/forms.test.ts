import { formatForms, formHashes, parseForms, recordedForms } from "../../lib/machine-format/forms";
import { BROKER_FORMS } from "../../lib/values/files/forms";

describe("formatForms", () => {
  it.each([
    ["", { names: [], password: undefined }],
    ["combined-pem pem-key", { names: ["combined-pem", "pem-key"], password: undefined }],
    ["pkcs12 plant_2/12", { names: ["pkcs12"], password: { variable: "plant_2", version: 12 } }],
  ] as const)("formatForms writes %j, and parseForms reads it", (text, forms) => {
    expect(formatForms(forms)).toBe(text);
    expect(parseForms(text, BROKER_FORMS)).toEqual(forms);
  });
});

describe("recordedForms and formHashes", () => {
  it("recordedForms returns the files of a record, with their hashes", () => {
    expect(recordedForms({ forms: "pkcs12 pem-key plant/1", forms_sha256: "a b" })).toEqual([
      ["server.p12", "a"],
      ["server.pem.key", "b"],
    ]);
    expect(recordedForms({})).toEqual([]);
    expect(recordedForms(undefined)).toEqual([]);
  });

  it("formHashes returns the hashes of existing files, and an empty hash for a missing file", () => {
    const hashOf = (file: string): string | undefined => (file === "server.p12" ? undefined : `hash of ${file}`);

    expect(formHashes("pkcs12 pem-key plant/1", hashOf)).toBe(" hash of server.pem.key");
    expect(formHashes("", hashOf)).toBe("");
  });
});
