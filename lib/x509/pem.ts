import { decode, encode } from "@peculiar/utils/pem";

/** One encapsulated text (RFC 7468). */
export interface PemBlock {
  readonly label: string;
  readonly data: Uint8Array;
}

/**
 * The encapsulated texts of a file, in their order, without what stands around them. One without an end is left out; where
 * one is no base64, there are none.
 */
export function pemBlocks(text: string): PemBlock[] {
  try {
    // The library's own search goes to the end of the text from each beginning that has no end.
    return (text.match(BLOCK) ?? []).flatMap((block) => decode(block));
  } catch {
    return [];
  }
}

const BLOCK = /-----BEGIN ([^-]+)-----(?:(?!-----)[^])*-----END \1-----/g;

/** Labels of PKCS #7 (RFC 7468, sections 8 and 9), with those of older programs. */
export const PKCS7_LABELS: readonly string[] = [
  "PKCS7",
  "PKCS #7 SIGNED DATA",
  "CMS",
  "CERTIFICATES",
  "CERTIFICATE CHAIN",
];

/** Whether it is a bundle of certificates in DER (PKCS #7, RFC 2315), by its content type. */
export function isPkcs7(der: Uint8Array): boolean {
  return Buffer.from(der.subarray(0, 20)).includes(SIGNED_DATA);
}

/** The object identifier 1.2.840.113549.1.7.2 in DER. */
const SIGNED_DATA = Buffer.from("06092a864886f70d010702", "hex");

/** One encapsulated text, its lines as openssl writes them: the same for the same content. */
export function toPem(label: string, der: Uint8Array): string {
  return `${encode(label, der).trimEnd()}\n`;
}
