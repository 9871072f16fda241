import { utf8Of } from "../../values/text-file";

/** The text is not JSON, or ends too early. */
export class BrokenJson extends Error {
  public override readonly name: string = "BrokenJson";
}

/** More than any engine writes. Walking through a value is recursive, and the stack is limited. */
const DEPTH_AT_MOST = 200;

/** JSON whose lists and objects are nested more than {@link DEPTH_AT_MOST} deep. */
export class DeepJson extends BrokenJson {
  public override readonly name = "DeepJson";
  public readonly reason = `is nested more than ${DEPTH_AT_MOST} deep`;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * A JSON value (RFC 8259) in its bytes. Only the requested parts are parsed; others are skipped.
 *
 * The plan of a large fleet is longer than a string in Node can be (0x1fffffe8 characters), and most of it repeats other
 * parts. Streaming parsers build all of it, or take ten times as long.
 */
export class JsonSlice {
  private constructor(
    private readonly bytes: Buffer,
    private readonly start: number,
    private readonly end: number,
  ) {}

  /**
   * Does not check the JSON: errors appear when a part is read.
   *
   * @param bytes in UTF-8 or UTF-16
   */
  public static fromBytes(bytes: Uint8Array): JsonSlice {
    const buffer = utf8Of(bytes);
    let end = buffer.length;
    while (isBlank(buffer[end - 1])) {
      end -= 1;
    }
    return new JsonSlice(buffer, skipBlanks(buffer, 0), end);
  }

  /**
   * The same slice, after a check that the bytes hold exactly one value.
   *
   * @throws BrokenJson if they do not
   * @throws DeepJson
   */
  public get whole(): this {
    if (skipValue(this.bytes, this.start) !== this.end) {
      throw new BrokenJson();
    }
    return this;
  }

  public get isObject(): boolean {
    return this.bytes[this.start] === OPEN_OBJECT;
  }

  /**
   * The members of an object, by name; empty for other values.
   *
   * @throws BrokenJson if the value ends too early
   * @throws DeepJson
   */
  public get members(): ReadonlyMap<string, JsonSlice> {
    const members = new Map<string, JsonSlice>();
    if (this.isObject) {
      this.forEachPart(CLOSE_OBJECT, (from) => {
        const name = this.sliceAt(from);
        const colon = skipBlanks(this.bytes, name.end);
        const value = this.sliceAt(skipBlanks(this.bytes, expect(this.bytes, colon, COLON)));
        members.set(String(name.value()), value);
        return value.end;
      });
    }
    return members;
  }

  /**
   * Calls back for each element of a list, in order; other values have no elements.
   *
   * @throws BrokenJson if the value ends too early
   * @throws DeepJson
   */
  public forEach(look: (element: JsonSlice) => void): void {
    if (this.bytes[this.start] === OPEN_LIST) {
      this.forEachPart(CLOSE_LIST, (from) => {
        const element = this.sliceAt(from);
        look(element);
        return element.end;
      });
    }
  }

  /** @throws BrokenJson, which quotes nothing of the text; the error of JSON.parse would */
  public value(): unknown {
    try {
      return JSON.parse(this.bytes.toString("utf8", this.start, this.end)) as unknown;
    } catch {
      throw new BrokenJson();
    }
  }

  private sliceAt(from: number): JsonSlice {
    return new JsonSlice(this.bytes, from, skipValue(this.bytes, from));
  }

  /** @param read reads the part that begins there, and returns its end */
  private forEachPart(close: number, read: (from: number) => number): void {
    const { bytes, start, end } = this;
    let at = skipBlanks(bytes, start + 1);
    while (at < end - 1) {
      at = skipBlanks(bytes, read(at));
      if (at < end - 1) {
        at = skipBlanks(bytes, expect(bytes, at, COMMA));
        // The list or object closes after a comma.
        at = at === end - 1 ? end : at;
      }
    }
    if (at !== end - 1 || bytes[at] !== close) {
      throw new BrokenJson();
    }
  }
}

/** @returns the position after it */
function expect(bytes: Buffer, at: number, byte: number): number {
  if (bytes[at] !== byte) {
    throw new BrokenJson();
  }
  return at + 1;
}

function skipBlanks(bytes: Buffer, from: number): number {
  let at = from;
  while (isBlank(bytes[at])) {
    at += 1;
  }
  return at;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** @returns the end of the value that begins there */
function skipValue(bytes: Buffer, from: number): number {
  switch (bytes[from]) {
    case QUOTE:
      return skipString(bytes, from);
    case OPEN_OBJECT:
    case OPEN_LIST:
      return skipNested(bytes, from);
    default:
      return skipLiteral(bytes, from);
  }
}

function skipNested(bytes: Buffer, from: number): number {
  const open: number[] = [];
  let at = from;
  do {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = skipString(bytes, at);
      continue;
    }
    if (byte === undefined) {
      throw new BrokenJson();
    }
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      // In ASCII, a closing bracket or brace is two after the opening one.
      open.push(byte + 2);
      if (open.length > DEPTH_AT_MOST) {
        throw new DeepJson();
      }
    } else if ((byte === CLOSE_OBJECT || byte === CLOSE_LIST) && open.pop() !== byte) {
      throw new BrokenJson();
    }
    at += 1;
  } while (open.length > 0);
  return at;
}

function skipString(bytes: Buffer, from: number): number {
  let at = from + 1;
  for (;;) {
    at = bytes.indexOf(QUOTE, at);
    if (at === -1) {
      throw new BrokenJson();
    }
    let escapes = 0;
    while (bytes[at - 1 - escapes] === BACKSLASH) {
      escapes += 1;
    }
    at += 1;
    if (escapes % 2 === 0) {
      return at;
    }
  }
}

/** A number, true, false or null. */
function skipLiteral(bytes: Buffer, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte !== undefined && /[\w.+-]/.test(String.fromCharCode(byte)); byte = bytes[at]) {
    at += 1;
  }
  if (at === from) {
    throw new BrokenJson();
  }
  return at;
}
