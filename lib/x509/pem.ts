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
    return decode(text);
  } catch {
    return [];
  }
}

/** One encapsulated text, its lines as openssl writes them: the same for the same content. */
export function toPem(label: string, der: Uint8Array): string {
  return `${encode(label, der).trimEnd()}\n`;
}
