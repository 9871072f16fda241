/** As much of UTF-16 as is decoded at a time: a text of Node has room for less than the plan of a large fleet. */
const CHUNK = 64 * 1024 * 1024;

type Encoding = "utf-8" | "utf-16le" | "utf-16be";

/**
 * The bytes of a text file in UTF-8, without a byte order mark: as they are, or of UTF-16, which Windows programs write, with a
 * mark or without (PowerShell's `>`).
 *
 * @param bytes what is no text, such as DER, comes back as it is
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

/** The text of a file in UTF-8 or UTF-16, without a byte order mark; undefined where it is in another encoding. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(utf8Of(bytes));
  } catch {
    return undefined;
  }
}

/** In which encoding a text file is, and how long its byte order mark is, in bytes. */
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
  // What is read here begins with a character of ASCII. DER begins with a tag, and then a length that is never zero.
  const isWide = (first === 0) !== (second === 0);
  return {
    encoding: !isWide || second === undefined ? "utf-8" : second === 0 ? "utf-16le" : "utf-16be",
    markLength: 0,
  };
}
