import { stringify } from "csv-stringify/sync";
import type { Entry, Inventory } from "../entry";

const COLUMNS: Readonly<Record<string, (entry: Entry) => string | number | boolean | null>> = {
  source: ({ source }) => source,
  location: ({ location }) => location,
  kind: ({ kind }) => kind,
  address: ({ address }) => address,
  names: ({ names }) => names.join(" "),
  serial_number: ({ serialNumber }) => serialNumber,
  fingerprint: ({ fingerprint }) => fingerprint,
  key_type: ({ keyType }) => keyType,
  generation: ({ generation }) => generation,
  issuer: ({ issuer }) => issuer?.commonName ?? null,
  issuer_generation: ({ issuer }) => issuer?.generation ?? null,
  issuer_verified: ({ issuer }) => issuer?.verified ?? null,
  not_before: ({ notBefore }) => notBefore,
  not_after: ({ notAfter }) => notAfter,
  estimated: ({ estimated }) => estimated,
  days_left: ({ daysLeft }) => daysLeft,
  accepted: ({ accepted }) => accepted,
  reasons: ({ reasons }) => reasons.join("; "),
  usages: ({ usages }) => usages.join(" "),
  key_fingerprint: ({ keyFingerprint }) => keyFingerprint,
  key_pin: ({ keyPin }) => keyPin,
  tasmota_fingerprint: ({ tasmotaFingerprint }) => tasmotaFingerprint,
  renews_at: ({ renewsAt }) => renewsAt,
};

/** CSV (RFC 4180), with a header. Unknown values are empty. No text is a formula to a spreadsheet. */
export function toCsv({ certificates }: Inventory): string {
  return stringify(
    certificates.map((entry) => Object.values(COLUMNS).map((read) => read(entry))),
    {
      header: true,
      columns: Object.keys(COLUMNS),
      record_delimiter: "windows",
      cast: { boolean: String, string: defused },
    },
  );
}

/**
 * A text that a spreadsheet would compute gets an apostrophe in front (OWASP, CSV injection). This includes a text whose first
 * character is full-width or follows blanks or quotes, and a part after a semicolon, which some locales read as a comma.
 */
function defused(text: string): string {
  return text.replace(/(^|;)(?=[\s\p{Cc}\p{Cf}"]*[=+\-@\t\r＝＋－＠])/gu, "$1'");
}
