import { type Element, at, pathsIn, replace, write } from "../../../support/der-tree";

/** A change of one element: its name, and the new element. */
type Mutation = readonly [name: string, by: readonly Element[]];

const TAGS = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  generalString: 0x1b,
  universalString: 0x1c,
  bmpString: 0x1e,
} as const;

const STRINGS: readonly number[] = [
  TAGS.utf8String,
  TAGS.numericString,
  TAGS.printableString,
  TAGS.teletexString,
  TAGS.ia5String,
  TAGS.visibleString,
  TAGS.generalString,
  TAGS.universalString,
  TAGS.bmpString,
];
const TIMES: readonly number[] = [TAGS.utcTime, TAGS.generalizedTime];
const CONSTRUCTED = 0x20;

/** All changes of all elements, one at a time. */
export function* mutationsOf(top: Element): Generator<{ name: string; path: readonly number[]; mutated: Element }> {
  for (const path of pathsIn(top).filter(({ length }) => length > 0)) {
    const element = at(top, path);
    for (const [name, by] of element === undefined ? [] : mutations(element)) {
      yield { name: `${path.join(".")} ${name}`, path, mutated: replace(top, path, by) };
    }
  }
}

function mutations(element: Element): Mutation[] {
  return [...ofAny(element), ...ofTag(element)];
}

function ofAny(element: Element): Mutation[] {
  const { tag } = element;
  const isConstructed = (tag & CONSTRUCTED) !== 0;
  return [
    ["is not there", []],
    ["is there twice", [element, element]],
    ["has a long length", [{ ...element, lengthForm: "long" }]],
    ...(isConstructed ? [["has an indefinite length", [{ ...element, lengthForm: "indefinite" }]] as const] : []),
    ["is constructed, or not", [{ ...element, tag: tag ^ CONSTRUCTED }]],
    ["is empty", [{ tag, bytes: Buffer.alloc(0) }]],
    ["is null", [{ tag: TAGS.null, bytes: Buffer.alloc(0) }]],
    ["has one octet more", [{ tag, bytes: Buffer.concat([contentOf(element), Buffer.from([0])]) }]],
    ["has one octet less", [{ tag, bytes: contentOf(element).subarray(0, -1) }]],
    ...(element.children === undefined
      ? []
      : ([
          ["has a null more", [{ ...element, children: [...element.children, NULL] }]],
          ["is in another order", [{ ...element, children: element.children.toReversed() }]],
        ] as const)),
  ];
}

const NULL: Element = { tag: TAGS.null, bytes: Buffer.alloc(0) };

function ofTag({ tag, bytes }: Element): Mutation[] {
  const one = (name: string, content: Buffer | string, other = tag): Mutation => [
    name,
    [{ tag: other, bytes: typeof content === "string" ? Buffer.from(content, "latin1") : content }],
  ];
  if (bytes === undefined) {
    return [];
  }
  if (STRINGS.includes(tag)) {
    const text = bytes.toString("latin1");
    return [
      ...STRINGS.map((other) => one(`as string ${other.toString(16)}`, bytes, other)),
      ...STRINGS.flatMap((other) => [
        one(`_ in string ${other.toString(16)}`, `${text}_`, other),
        one(`octet FC in string ${other.toString(16)}`, `${text}\u00fc`, other),
      ]),
      one("@ in a PrintableString", `${text}@`, TAGS.printableString),
      one("* in a PrintableString", `${text}*`, TAGS.printableString),
      one("& in a PrintableString", `${text}&`, TAGS.printableString),
      one("NUL", `${text}\0`),
      one("BMPString of UTF-16", Buffer.from(text, "utf16le").swap16(), TAGS.bmpString),
      one("BMPString of a surrogate", Buffer.from([0xd8, 0x00, 0x00, 0x41]), TAGS.bmpString),
      one(
        "UniversalString of UTF-32",
        Buffer.concat([...text].map((each) => Buffer.from([0, 0, 0, each.charCodeAt(0)]))),
        TAGS.universalString,
      ),
      one("UTF8String of an overlong form", Buffer.from([0xc0, 0x80]), TAGS.utf8String),
      one("UTF8String of a surrogate", Buffer.from([0xed, 0xa0, 0x80]), TAGS.utf8String),
    ];
  }
  if (TIMES.includes(tag)) {
    const [utc, general] = [TAGS.utcTime, TAGS.generalizedTime];
    const year = bytes.toString("latin1").slice(tag === utc ? 0 : 2, tag === utc ? 2 : 4);
    const rest = bytes.toString("latin1").slice(tag === utc ? 2 : 4, -1);
    return [
      one("UTCTime without seconds", `${year}${rest.slice(0, -2)}Z`, utc),
      one("UTCTime with an offset", `${year}${rest}+0000`, utc),
      one("UTCTime with another offset", `${year}${rest}-0130`, utc),
      one("UTCTime without a zone", `${year}${rest}`, utc),
      one("GeneralizedTime before 2050", `20${year}${rest}Z`, general),
      one("GeneralizedTime with a fraction", `20${year}${rest}.5Z`, general),
      one("GeneralizedTime without a zone", `20${year}${rest}`, general),
      one("GeneralizedTime with an offset", `20${year}${rest}+0000`, general),
      one("month 13", `${year}13${rest.slice(2)}Z`, utc),
      one("30 February", `${year}0230${rest.slice(4)}Z`, utc),
      one("hour 24", `${year}${rest.slice(0, 4)}240000Z`, utc),
      one("second 60", `${year}${rest.slice(0, -2)}60Z`, utc),
      one("the year 9999", "99991231235959Z", general),
      one("the year 0", "00000101000000Z", general),
      one("blanks", "  0101000000Z", utc),
      one("letters", "2x0101000000Z", utc),
    ];
  }
  switch (tag) {
    case TAGS.boolean:
      return ["00", "01", "80", "ffff", ""].map((hex) => one(`boolean ${hex}`, Buffer.from(hex, "hex")));
    case TAGS.integer:
      return [
        "",
        "00",
        "01",
        "80",
        "ff",
        "0000",
        "0001",
        "ffff",
        "ff80",
        "05",
        "7fffffff",
        "00ffffffff",
        "7fffffffffffffff",
        "00ffffffffffffffff",
        "01" + "00".repeat(19),
        "01" + "00".repeat(20),
        "81" + "00".repeat(19),
      ].map((hex) => one(`integer ${hex.slice(0, 20)}/${hex.length / 2}`, Buffer.from(hex, "hex")));
    case TAGS.bitString: {
      const [unused = 0] = bytes;
      return [
        ...[8, 0xff, (unused + 1) % 8].map((count) =>
          one(`bit string with ${count} unused bits`, Buffer.concat([Buffer.from([count]), bytes.subarray(1)])),
        ),
        one(
          "bit string with padding that is not zero",
          Buffer.concat([Buffer.from([7]), bytes.subarray(1, -1), Buffer.from([0xff])]),
        ),
        one("bit string with zeros after it", Buffer.concat([Buffer.from([0]), bytes.subarray(1), Buffer.from([0])])),
      ];
    }
    case TAGS.oid:
      return [
        "80" + bytes.toString("hex"),
        bytes.toString("hex") + "80",
        bytes.toString("hex") + "8001",
        bytes.toString("hex") + "01",
        "2a0304",
      ].map((hex, index) => one(`OID ${index}`, Buffer.from(hex, "hex")));
    default:
      return [];
  }
}

function contentOf(element: Element): Buffer {
  return element.bytes ?? Buffer.concat((element.children ?? []).map(write));
}
