import { decode, encode } from "@peculiar/utils/pem";

/** One encapsulated text (RFC 7468). */
export interface PemBlock {
  readonly label: string;
  readonly data: Uint8Array;
}

/** The encapsulated texts of a file, in their order; whatever stands around them is left out. */
export function pemBlocks(text: string): PemBlock[] {
  return decode(text);
}

/** One encapsulated text, its lines as openssl writes them: the same for the same content. */
export function toPem(label: string, der: Uint8Array): string {
  return `${encode(label, der).trimEnd()}\n`;
}
