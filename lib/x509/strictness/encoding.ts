import * as asn1 from "asn1js";

/** The element at the beginning of some bytes. */
export interface ReadElement {
  readonly element: asn1.BaseBlock;
  /** Whether nothing follows it. */
  readonly isWhole: boolean;
}

/** @returns undefined if the bytes are not BER */
export function readElement(ber: Uint8Array): ReadElement | undefined {
  try {
    const { result, offset } = asn1.fromBER(ber);
    return offset === -1 ? undefined : { element: result, isWhole: offset === ber.length };
  } catch {
    return undefined; // The parser decodes all texts, and throws at an invalid one.
  }
}

/** A flaw of an encoding: BER instead of the required DER. */
export interface EncodingFlaw {
  /** As the rest of "a subject with …". */
  readonly what: string;
  /** Whether Java refuses it too; Go refuses all of them. */
  readonly stopsJava: boolean;
}

/** The classes of tags (X.690, section 8.1.2.2), as asn1js numbers them. */
const [UNIVERSAL, CONTEXT] = [1, 3] as const;

/** The tags of universal types (X.690, section 8). */
const TAG = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  oid: 6,
  utf8String: 12,
  sequence: 16,
  set: 17,
  numericString: 18,
  printableString: 19,
  teletexString: 20,
  ia5String: 22,
  bmpString: 30,
} as const;

/**
 * What Go refuses in an element and its children (X.690, sections 8, 10 and 11).
 *
 * @returns undefined without a flaw
 */
export function findEncodingFlaw(element: asn1.BaseBlock): EncodingFlaw | undefined {
  for (const each of elementsIn(element)) {
    const flaw = flawOfHeader(each) ?? flawOfContent(each);
    if (flaw !== undefined) {
      return flaw;
    }
  }
  return undefined;
}

/** The flaw of an element alone, without its children. */
export function flawOfHeader({ idBlock, lenBlock }: asn1.BaseBlock): EncodingFlaw | undefined {
  if (lenBlock.isIndefiniteForm) {
    return { what: "an indefinite length (X.690, section 10.1)", stopsJava: true };
  }
  if (idBlock.tagClass === UNIVERSAL && idBlock.isConstructed !== isMadeOfOthers(idBlock.tagNumber)) {
    return { what: "a simple value in parts (X.690, section 10.2)", stopsJava: true };
  }
  const shortest = lenBlock.length < 0x80 ? 1 : 1 + Math.ceil(lenBlock.length.toString(16).length / 2);
  return lenBlock.blockLength === shortest
    ? undefined
    : { what: "a length in more octets than it needs (X.690, section 10.1)", stopsJava: false };
}

/**
 * What Go refuses of the texts in a name (RFC 5280, section 4.1.2.4).
 *
 * @returns undefined without a flaw
 */
export function findTextFlaw(name: asn1.BaseBlock): string | undefined {
  for (const each of elementsIn(name)) {
    const isText = each.idBlock.tagClass === UNIVERSAL && !OF_NAMES.includes(each.idBlock.tagNumber);
    const type = TEXTS.get(each.idBlock.tagNumber);
    if (isText && type === undefined) {
      return "text of a type that Go does not know instead of UTF8String or PrintableString (RFC 5280, section 4.1.2.4)";
    }
    if (isText && type?.isSound(contentOf(each)) === false) {
      return `a ${type.name} with a character that is not allowed in it (RFC 5280, section 4.1.2.4)`;
    }
  }
  return undefined;
}

/** The content of an element, without its tag and its length. */
export function contentOf({ valueBeforeDecodeView, lenBlock, blockLength }: asn1.BaseBlock): Buffer {
  return Buffer.from(valueBeforeDecodeView.subarray(blockLength - lenBlock.length));
}

/** The children of an element. */
export function childrenOf(element: asn1.BaseBlock | undefined): asn1.BaseBlock[] {
  // Sequences and sets are of this class as well.
  return element instanceof asn1.Constructed ? element.valueBlock.value : [];
}

/** Whether an element has that context-specific number instead of the tag of a type. */
export function isNumbered({ idBlock }: asn1.BaseBlock, number: number): boolean {
  return idBlock.tagClass === CONTEXT && idBlock.tagNumber === number;
}

function* elementsIn(element: asn1.BaseBlock): Generator<asn1.BaseBlock> {
  yield element;
  for (const child of childrenOf(element)) {
    yield* elementsIn(child);
  }
}

function isMadeOfOthers(tagNumber: number): boolean {
  return tagNumber === TAG.sequence || tagNumber === TAG.set;
}

function flawOfContent(element: asn1.BaseBlock): EncodingFlaw | undefined {
  const { tagClass, tagNumber } = element.idBlock;
  const isSound = tagClass === UNIVERSAL ? SOUND.get(tagNumber) : undefined;
  return isSound?.(contentOf(element)) === false
    ? { what: `${NAMES.get(tagNumber) ?? ""} that is not in DER (X.690, sections 8 and 11)`, stopsJava: false }
    : undefined;
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [TAG.boolean, "a BOOLEAN"],
  [TAG.integer, "an INTEGER"],
  [TAG.bitString, "a BIT STRING"],
  [TAG.oid, "an OBJECT IDENTIFIER"],
]);

const SOUND: ReadonlyMap<number, (content: Buffer) => boolean> = new Map([
  [TAG.boolean, (content: Buffer) => content.length === 1 && [0x00, 0xff].includes(content[0] ?? -1)],
  [TAG.integer, isShortest],
  [TAG.bitString, isPaddedWithZeros],
  [TAG.oid, isOid],
]);

/** Whether the first nine bits of two or more bytes differ (X.690, section 8.3.2). */
function isShortest(content: Buffer): boolean {
  return content.length === 1 || (content.length > 1 && ![0, -1].includes(content.readInt16BE() >> 7));
}

/** The first byte is the number of unused bits at the end, which must be zero (X.690, section 11.2.1). */
function isPaddedWithZeros(content: Buffer): boolean {
  const unused = content[0] ?? 8;
  const last = content.length > 1 ? (content.at(-1) ?? 0) : 0;
  return unused < 8 && (content.length > 1 || unused === 0) && (last & ((1 << unused) - 1)) === 0;
}

/** Each number ends with a byte below 80, and does not begin with an empty byte (X.690, section 8.19.2). */
function isOid(content: Buffer): boolean {
  return content.length > 0 && /^(?:[\x81-\xff][\x80-\xff]*[\0-\x7f]|[\0-\x7f])+$/.test(content.toString("latin1"));
}

/** The types in a name besides texts: sequences, sets and the OIDs of attributes. */
const OF_NAMES: readonly number[] = [TAG.sequence, TAG.set, TAG.oid];

interface TextType {
  readonly name: string;
  readonly isSound: (content: Buffer) => boolean;
}

/** The types of text that Go reads, with its checks. */
const TEXTS: ReadonlyMap<number, TextType> = new Map([
  [TAG.utf8String, { name: "UTF8String", isSound: isUtf8 }],
  [TAG.numericString, { name: "NumericString", isSound: hasOnly(/^[0-9 ]*$/) }],
  [TAG.printableString, { name: "PrintableString", isSound: hasOnly(/^[A-Za-z0-9 '()+,\-./:=?*&]*$/) }],
  [TAG.teletexString, { name: "TeletexString", isSound: () => true }],
  [TAG.ia5String, { name: "IA5String", isSound: hasOnly(/^[\0-\x7f]*$/) }],
  [TAG.bmpString, { name: "BMPString", isSound: isUcs2 }],
]);

function hasOnly(pattern: RegExp): (content: Buffer) => boolean {
  return (content) => pattern.test(content.toString("latin1"));
}

function isUtf8(content: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}

/** Whether all characters have two bytes, without surrogates and noncharacters. */
function isUcs2(content: Buffer): boolean {
  return (
    content.length % 2 === 0 &&
    !/[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]/.test(Buffer.from(content).swap16().toString("utf16le"))
  );
}
