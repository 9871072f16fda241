import { journalIn, NO_RECORD, recordsIn, soundRecords, soundTrustRecord } from "../../../lib/custody/machine/records";
import { CERTIFICATE_RECORD_FIELDS, TRUST_RECORD_FIELDS } from "../../../lib/machine-format/record";
import { reference, whenPlanned } from "../../../lib/terraform/expression";

const INDEX = reference("local.index");

describe("expressions of records", () => {
  it("The expressions of missing records have every field", () => {
    for (const field of CERTIFICATE_RECORD_FIELDS) {
      expect(NO_RECORD).toContain(`${field} = ""`);
    }
    for (const field of TRUST_RECORD_FIELDS) {
      expect(soundTrustRecord(INDEX)).toContain(`${field} = ""`);
    }
  });

  it("The expressions of records evaluate large values once, because try evaluates its argument twice", () => {
    for (const expression of [
      soundRecords(INDEX, "brokers"),
      soundTrustRecord(INDEX),
      recordsIn("pki/brokers.records"),
    ]) {
      expect(expression).not.toMatch(/try\((?!\[for file in )/);
    }
  });

  it("The expressions of records read only regular files, and only when a plan is made", () => {
    for (const field of CERTIFICATE_RECORD_FIELDS) {
      expect(soundRecords(INDEX, "brokers")).toContain(`r.${field}`);
    }
    for (const read of [recordsIn("pki/brokers.records"), journalIn("pki/brokers.journal")]) {
      expect(read).toMatch(/fileset\("pki\$\{[^"]*\}", "brokers\.\w+"\)/);
      expect(read).toContain(whenPlanned("pki"));
    }
  });
});
