import { encodingOf, textOf, utf8Of } from "../../lib/values/text-file";

const TEXT = "adresse,größe\r\na.example.com,😀\r\n";
const wide = (text: string): Buffer => Buffer.from(text, "utf16le");

describe("textOf", () => {
  it.each<[encoding: string, bytes: Buffer]>([
    ["UTF-8", Buffer.from(TEXT)],
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${TEXT}`)],
    ["UTF-16LE", wide(TEXT)],
    ["UTF-16LE with a byte order mark", wide(`\ufeff${TEXT}`)],
    ["UTF-16BE", wide(TEXT).swap16()],
    ["UTF-16BE with a byte order mark", wide(`\ufeff${TEXT}`).swap16()],
  ])("textOf reads %s", (encoding, bytes) => {
    expect(textOf(bytes)).toBe(TEXT);
    expect(utf8Of(bytes)).toEqual(Buffer.from(TEXT));
    expect(encodingOf(bytes).encoding.replace("-", "").toUpperCase()).toBe(encoding.split(" ")[0]?.replace("-", ""));
    expect(encodingOf(bytes).markLength > 0).toBe(encoding.includes("mark"));
  });

  it("textOf reads a part of a buffer", () => {
    expect(textOf(wide(`xx${TEXT}`).subarray(4))).toBe(TEXT);
  });

  it("textOf reads UTF-16 that is longer than one decoded chunk", () => {
    // A character of four bytes stands over the border.
    const long = `${"a".repeat(32 * 1024 * 1024 - 1)}😀b`;

    expect(utf8Of(wide(long)).equals(Buffer.from(long))).toBe(true);
  });

  it.each<[what: string, bytes: number[]]>([
    ["nothing", []],
    ["one byte", [0x61]],
    ["DER", [0x30, 0x82, 0x00, 0x01]],
    ["Latin-1", [0x61, 0xe9]],
    ["zeros", [0, 0, 0, 0]],
  ])("utf8Of returns %s unchanged", (_what, bytes) => {
    expect([...utf8Of(Uint8Array.from(bytes))]).toEqual(bytes);
  });

  it("textOf is undefined for an unknown encoding", () => {
    expect(textOf(Uint8Array.from([0x61, 0xe9]))).toBeUndefined();
  });
});
