/** The bytes of UTF-16 that are decoded at a time: a string of Node is too short for the plan of a large fleet. */
const CHUNK = 64 * 1024 * 1024;

type Encoding = "utf-8" | "utf-16le" | "utf-16be";

/**
 * The content of a text file in UTF-8, without a byte order mark. UTF-16, which Windows programs write with or without a mark
 * (PowerShell's `>`), is converted.
 *
 * @param bytes the file; anything that is not text, such as DER, is returned unchanged
 */
export function utf8Of(bytes: Uint8Array): Buffer {
  const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { encoding, markLength } = encodingOf(given);
  const content = given.subarray(markLength);
  if (encoding === "utf-8") {
    return content;
  }
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  const parts: Buffer[] = [];
  for (let from = 0; from < content.length; from += CHUNK) {
    parts.push(Buffer.from(decoder.decode(content.subarray(from, from + CHUNK), { stream: true })));
  }
  return Buffer.concat([...parts, Buffer.from(decoder.decode())]);
}

/** The text of a file in UTF-8 or UTF-16, without a byte order mark; undefined for any other encoding. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(utf8Of(bytes));
  } catch {
    return undefined;
  }
}

/** The encoding of a text file, and the length of its byte order mark in bytes. */
export function encodingOf([first, second, third]: Uint8Array): {
  readonly encoding: Encoding;
  readonly markLength: number;
} {
  if (first === 0xef && second === 0xbb && third === 0xbf) {
    return { encoding: "utf-8", markLength: 3 };
  }
  if (first === 0xff && second === 0xfe) {
    return { encoding: "utf-16le", markLength: 2 };
  }
  if (first === 0xfe && second === 0xff) {
    return { encoding: "utf-16be", markLength: 2 };
  }
  // Texts here begin with an ASCII character. DER begins with a tag and a length that is never zero.
  const isWide = (first === 0) !== (second === 0);
  return {
    encoding: !isWide || second === undefined ? "utf-8" : second === 0 ? "utf-16le" : "utf-16be",
    markLength: 0,
  };
}
