import { utf8Of } from "../../values/text-file";

/** JSON that ends too early, or is none. */
export class BrokenJson extends Error {
  public override readonly name: string = "BrokenJson";
}

/** More than any engine writes. What goes through a value calls itself, and the stack has an end. */
const DEPTH_AT_MOST = 200;

/** JSON with lists or objects within each other, more than {@link DEPTH_AT_MOST}. */
export class DeepJson extends BrokenJson {
  public override readonly name = "DeepJson";
  public readonly reason = `is nested more than ${DEPTH_AT_MOST} deep`;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * A value of JSON (RFC 8259) as it stands in its bytes. What nobody asks for is passed over, and never parsed.
 *
 * The plan of a large fleet is longer than a string of Node may be (0x1fffffe8 characters), and most of it is copies of
 * what is there elsewhere. Parsers that read in parts build all of it, or take ten times as long.
 */
export class JsonSlice {
  private constructor(
    private readonly bytes: Buffer,
    private readonly start: number,
    private readonly end: number,
  ) {}

  /**
   * What is wrong with it, is found where it is read.
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
   * The same, where it is one value to its end.
   *
   * @throws BrokenJson where it is not
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
   * The members of an object, by their names. Nothing else has any.
   *
   * @throws BrokenJson where it has no end
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
   * Goes through the elements of a list, in their order. Nothing else has any.
   *
   * @throws BrokenJson where it has no end
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

  /** @throws BrokenJson which quotes nothing of it, as the error of JSON.parse would */
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

  /** @param read reads what begins there, and returns where it ends */
  private forEachPart(close: number, read: (from: number) => number): void {
    const { bytes, start, end } = this;
    let at = skipBlanks(bytes, start + 1);
    while (at < end - 1) {
      at = skipBlanks(bytes, read(at));
      if (at < end - 1) {
        at = skipBlanks(bytes, expect(bytes, at, COMMA));
        // What ends there ends after a comma.
        at = at === end - 1 ? end : at;
      }
    }
    if (at !== end - 1 || bytes[at] !== close) {
      throw new BrokenJson();
    }
  }
}

/** @returns what comes after it */
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

/** @returns where the value ends that begins there */
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
      // In ASCII, what closes is two after what opens.
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
