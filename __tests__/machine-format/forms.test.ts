import { formatForms, formHashes, parseForms, recordedForms } from "../../lib/machine-format/forms";
import { BROKER_FORMS } from "../../lib/values/files/forms";

describe("formatForms", () => {
  it.each([
    ["", { names: [], password: undefined }],
    ["combined-pem pem-key", { names: ["combined-pem", "pem-key"], password: undefined }],
    ["pkcs12 plant_2/12", { names: ["pkcs12"], password: { variable: "plant_2", version: 12 } }],
  ] as const)("writes %j, and parseForms reads it", (text, forms) => {
    expect(formatForms(forms)).toBe(text);
    expect(parseForms(text, BROKER_FORMS)).toEqual(forms);
  });
});

describe("the forms of a record", () => {
  it("are its files, with their hashes", () => {
    expect(recordedForms({ forms: "pkcs12 pem-key plant/1", forms_sha256: "a b" })).toEqual([
      ["server.p12", "a"],
      ["server.pem.key", "b"],
    ]);
    expect(recordedForms({})).toEqual([]);
    expect(recordedForms(undefined)).toEqual([]);
  });

  it("have the hashes of files that are there", () => {
    const hashOf = (file: string): string | undefined => (file === "server.p12" ? undefined : `hash of ${file}`);

    expect(formHashes("pkcs12 pem-key plant/1", hashOf)).toBe(" hash of server.pem.key");
    expect(formHashes("", hashOf)).toBe("");
  });
});
