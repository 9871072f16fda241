import {
  CERTIFICATE_RECORD_FIELDS,
  isCertificateRecord,
  isRecord,
  sealed,
  sha256,
  toLines,
  TRUST_RECORD_FIELDS,
  unsealed,
} from "../../lib/machine-format/record";

const JSON_TEXT = '{\n"brokers": {"brokers/a.b": {"token": "2026-01-05T09:00:00Z new", "name": "Bücher"}}\n}\n';
const SEALED = sealed(JSON_TEXT);

describe("sealed and unsealed", () => {
  it("sealed writes a hash, an empty line and the text", () => {
    expect(SEALED).toBe(`${sha256(JSON_TEXT)}\n\n${JSON_TEXT}`);
  });

  it.each([JSON_TEXT, "{}", ""])("unsealed returns the text that was sealed: %j", (text) => {
    expect(unsealed(sealed(text))).toBe(text);
  });

  it("unsealed refuses a text that is cut at any place", () => {
    for (let length = 0; length < SEALED.length; length += 1) {
      expect(unsealed(SEALED.slice(0, length))).toBeUndefined();
      expect(unsealed(SEALED.slice(length + 1))).toBeUndefined();
    }
  });

  it("unsealed refuses a text with any byte changed", () => {
    const bytes = Buffer.from(SEALED);
    for (let index = 0; index < bytes.length; index += 1) {
      for (const bit of [1, 0x20, 0x80]) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(index) ^ bit, index);
        expect(unsealed(changed.toString("utf8"))).toBeUndefined();
      }
    }
  });

  it.each(["", "\n\n", "x", `${SEALED}\n\n`, `${SEALED} `, SEALED + SEALED, SEALED.replaceAll("\n", "\r\n")])(
    "unsealed refuses %j",
    (text) => {
      expect(unsealed(text)).toBeUndefined();
    },
  );
});

describe("isRecord", () => {
  it.each([["a certificate's", CERTIFICATE_RECORD_FIELDS] as const, ["of trust", TRUST_RECORD_FIELDS] as const])(
    "isRecord requires every field, with text: %s",
    (_kind, fields) => {
      const whole = Object.fromEntries(fields.map((field) => [field, ""]));

      expect(isRecord(whole, fields)).toBe(true);
      for (const field of fields) {
        expect(isRecord({ ...whole, [field]: undefined }, fields)).toBe(false);
        expect(isRecord({ ...whole, [field]: 1 }, fields)).toBe(false);
        expect(isRecord({ ...whole, [field]: null }, fields)).toBe(false);
      }
    },
  );

  it.each([null, undefined, "text", 1, []])("isRecord refuses %p", (value) => {
    expect(isRecord(value, TRUST_RECORD_FIELDS)).toBe(false);
  });
});

describe("isCertificateRecord", () => {
  const whole = {
    ...Object.fromEntries(CERTIFICATE_RECORD_FIELDS.map((field) => [field, ""])),
    token: "2026-01-05T09:00:00Z new",
    not_after: "2028-04-09T09:00:00Z",
  };

  it("isCertificateRecord requires every field and a token", () => {
    expect(isCertificateRecord(whole)).toBe(true);
    expect(isCertificateRecord({ ...whole, issuer: undefined })).toBe(false);
    expect(isCertificateRecord({ ...whole, token: "" })).toBe(false);
  });

  it.each(["", "soon", "2028-04-09", "2028-04-09T09:00:00+01:00", "2028-13-09T09:00:00Z"])(
    "isCertificateRecord refuses the expiry date %j",
    (not_after) => {
      expect(isCertificateRecord({ ...whole, not_after })).toBe(false);
    },
  );
});

describe("toLines", () => {
  it("toLines writes JSON with one record a line, in the order of the keys", () => {
    const text = toLines([
      ["b", { x: 2 }],
      ["a", { x: 1 }],
    ]);

    expect(text).toBe('{\n"a": {"x":1},\n"b": {"x":2}\n}');
    expect(toLines([])).toBe("{}");
    // An empty line would end the hash that a sealed text has before it.
    expect(unsealed(sealed(text))).toBe(text);
  });
});
