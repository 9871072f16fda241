import * as asn1 from "asn1js";

/** An element of DER that can be written incorrectly: libraries do not write what clients must refuse. */
export interface Element {
  /** The identifier octet. */
  readonly tag: number;
  /** The contained elements; undefined if the content is {@link bytes}. */
  readonly children?: readonly Element[];
  readonly bytes?: Buffer;
  readonly lengthForm?: "long" | "indefinite";
}

const [OCTET_STRING, CONSTRUCTED] = [0x04, 0x20];

/** Reads sound DER, including the content of octet strings. */
export function read(der: Uint8Array): Element {
  const { result, offset } = asn1.fromBER(der);
  if (offset !== der.length) {
    throw new Error("The base of a corpus is not sound DER.");
  }
  return toElement(result);
}

function toElement(block: asn1.BaseBlock): Element {
  const tag = block.valueBeforeDecodeView[0] ?? 0;
  const { value } = block.valueBlock as { value?: unknown };
  if ((tag & CONSTRUCTED) !== 0 || (tag === OCTET_STRING && Array.isArray(value) && value.length === 1)) {
    return { tag, children: (value as asn1.BaseBlock[]).map(toElement) };
  }
  const { blockLength, lenBlock } = block;
  const start = blockLength - lenBlock.length;
  return { tag, bytes: Buffer.from(block.valueBeforeDecodeView.subarray(start)) };
}

export function write(element: Element): Buffer {
  const content = contentOf(element);
  return element.lengthForm === "indefinite"
    ? Buffer.concat([Buffer.from([element.tag, 0x80]), content, Buffer.alloc(2)])
    : Buffer.concat([Buffer.from([element.tag]), lengthOf(content.length, element.lengthForm === "long"), content]);
}

function contentOf({ children = [], bytes }: Element): Buffer {
  return bytes ?? Buffer.concat(children.map(write));
}

function lengthOf(length: number, isLong: boolean): Buffer {
  if (length < 0x80 && !isLong) {
    return Buffer.from([length]);
  }
  const digits = Buffer.from(length.toString(16).padStart(length < 0x100 ? 2 : 4, "0"), "hex");
  const octets = isLong && length >= 0x80 ? Buffer.concat([Buffer.alloc(1), digits]) : digits;
  return Buffer.concat([Buffer.from([0x80 | octets.length]), octets]);
}

/** The paths to all elements: the numbers of children, from the top. */
export function pathsIn(element: Element, above: readonly number[] = []): number[][] {
  return [[...above], ...(element.children ?? []).flatMap((child, index) => pathsIn(child, [...above, index]))];
}

export function at(element: Element, path: readonly number[]): Element | undefined {
  return path.reduce<Element | undefined>((inner, index) => inner?.children?.[index], element);
}

/** The same tree with any number of elements instead of one. */
export function replace(element: Element, path: readonly number[], by: readonly Element[]): Element {
  const [index, ...rest] = path;
  if (index === undefined) {
    return by[0] ?? element;
  }
  const children = element.children ?? [];
  const inner = children[index];
  const replaced = inner === undefined ? [] : rest.length === 0 ? by : [replace(inner, rest, by)];
  return { ...element, children: [...children.slice(0, index), ...replaced, ...children.slice(index + 1)] };
}
