import { decode, encode } from "@peculiar/utils/pem";

/** A PEM block (RFC 7468). */
export interface PemBlock {
  readonly label: string;
  readonly data: Uint8Array;
}

/**
 * The PEM blocks of a file, in their order, without the text around them. A block without an end is left out. If one block is not
 * base64, the list is empty.
 */
export function pemBlocks(text: string): PemBlock[] {
  try {
    // The library's own search is quadratic in the number of blocks without an end.
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

/** Whether bytes are a bundle of certificates in DER (PKCS #7, RFC 2315), by the content type. */
export function isPkcs7(der: Uint8Array): boolean {
  return Buffer.from(der.subarray(0, 20)).includes(SIGNED_DATA);
}

/** The object identifier 1.2.840.113549.1.7.2 in DER. */
const SIGNED_DATA = Buffer.from("06092a864886f70d010702", "hex");

/** A PEM block with lines as openssl writes them: the same for the same content. */
export function toPem(label: string, der: Uint8Array): string {
  return `${encode(label, der).trimEnd()}\n`;
}
