import { isIPv6 } from "node:net";
import { domainToASCII } from "node:url";
import ipaddr from "ipaddr.js";
import { invalid, type InvalidInputError, type ProblemKind, Problems, quote } from "../errors";

const NAME_AT_MOST = 253;
/** In characters, with all that people paste along with an address. A longer text is refused without being read. */
const GIVEN_AT_MOST = 1000;
const LABEL_AT_MOST = 63;
const COMMON_NAME_AT_MOST = 64;

const HOW_TO_WRITE_A_NAME = "use letters, digits and hyphens, or check its spelling (UTS #46)";

/** Makes the error for one address. */
type Refuse = (reason: string, fix: string, kind?: ProblemKind) => InvalidInputError;

/**
 * The address that clients dial, without a port: a DNS name, which may be a wildcard, or an IP address. Immutable.
 *
 * @example
 * ```ts
 * Address.parse("MQTT-1.Example.COM.").text; // "mqtt-1.example.com"
 * Address.parse("2001:DB8:0::10").text; // "2001:db8::10"
 * Address.parse("mqtt-1.example.com:8883"); // throws InvalidInputError: has a port
 * ```
 */
export class Address {
  private constructor(
    /** The kind of subject alternative name that it becomes: dNSName or iPAddress (RFC 5280, section 4.2.1.6). */
    public readonly kind: "dns" | "ip",
    /** The normalized text: lower case, no trailing dot, IDN as punycode (UTS #46), IPv6 as in RFC 5952. */
    public readonly text: string,
  ) {}

  /**
   * Reads an address and normalizes it. It never guesses: a text that is not an address exactly as written is refused.
   *
   * @param given a DNS name (RFC 1123), `*.` and a DNS name (RFC 6125, section 6.4.3), an IPv4 address in four decimal
   *   parts, or an IPv6 address (RFC 4291)
   * @throws InvalidInputError with the reason and the fix, if the text is not an address
   */
  public static parse(given: string): Address {
    const shown = typeof given === "string" ? withoutCredentials(given) : given;
    const refuse: Refuse = (reason, fix, kind) => invalid("an address", shown, reason, fix, kind);

    if ((given as unknown) === undefined) {
      throw refuse("is required", 'write a DNS name or an IP address, such as "mqtt-1.example.com"', "required");
    }
    if (typeof given !== "string") {
      throw refuse("is not text", 'write it as a string, such as "mqtt-1.example.com"');
    }
    if (given.length > GIVEN_AT_MOST) {
      throw tooLong(given, refuse);
    }
    refuseMoreThanAHost(given, refuse);
    if (given.includes(":")) {
      return new Address("ip", parseIpv6(given, refuse));
    }
    return endsLikeIpv4(given)
      ? new Address("ip", parseIpv4(given, refuse))
      : new Address("dns", parseName(given, refuse));
  }

  /** Whether the address is a wildcard: it matches every name with one label instead of the `*`. */
  public get isWildcard(): boolean {
    return this.text.startsWith("*.");
  }

  /** The common name for the certificate; undefined if the address has more than 64 characters (RFC 5280, ub-common-name). */
  public get commonName(): string | undefined {
    return this.text.length <= COMMON_NAME_AT_MOST ? this.text : undefined;
  }

  /**
   * The name of the broker's folder: `:` becomes `-`, and a leading `*.` becomes `_wildcard.`. A DNS name and an IPv6 address
   * may have the same folder name.
   *
   * `::1` becomes `0--1`, because programs take a name that begins with `-` for an option. No other IP address has that name:
   * RFC 5952, section 4.2, writes `0::` as `::`.
   */
  public get fileName(): string {
    return this.text.replace(/^:/, "0:").replaceAll(":", "-").replace(/^\*\./, "_wildcard.");
  }

  /**
   * The address as a part of a Terraform resource name: readable, and different for every address.
   *
   * A DNS name has neither `_` nor an empty label. So `_` can stand for `.`, and `__` can mark the other kinds of addresses.
   * A change of this mapping would re-create every key and certificate of every user.
   */
  public get resourceName(): string {
    if (this.text.includes(":")) {
      return `ipv6__${this.text.replaceAll(":", "-")}`;
    }
    return this.text.replace(/^\*\./, "wildcard__").replaceAll(".", "_");
  }

  /** Whether both are the same address, in any spelling. */
  public equals(other: Address): boolean {
    return this.text === other.text;
  }

  /** The normalized text: the same as {@link text}. */
  public toString(): string {
    return this.text;
  }
}

/** Refuses what people paste along with an address, and shows the address alone. */
function refuseMoreThanAHost(given: string, refuse: Refuse): void {
  if (given === "") {
    throw refuse("is empty", 'write a DNS name or an IP address, such as "mqtt-1.example.com"');
  }
  if (/[$%]\{/.test(given)) {
    throw refuse("is an expression, whose value is known only at apply", "write the concrete address", "token");
  }
  if (/\s/.test(given)) {
    throw refuse("has white space", "remove it");
  }
  if (given.includes("/") && ipaddr.isValidCIDR(given)) {
    throw refuse("is a network", "write the address of one broker");
  }
  const more = [
    ["a scheme", /:\/\//],
    ["a user name", /@/],
    ["a path", /[/?#]/],
    ["a port", /^[^:]*:\d*$|\]:\d*$/],
    ["brackets", /[[\]]/],
    ["a zone index, which a certificate cannot contain", /^[^%]*:[^%]*%/],
  ] as const;
  for (const [what, pattern] of more) {
    if (pattern.test(given)) {
      throw refuse(`has ${what}`, `write the address alone${suggestHost(given)}`);
    }
  }
}

/**
 * The text with `…` instead of all before the last @, which may be a password; a scheme stays. It uses no regular expression
 * on the whole text: one of megabytes could overflow the stack.
 */
function withoutCredentials(given: string): string {
  const at = given.lastIndexOf("@");
  const [scheme = ""] = /^[a-z]+:\/\//i.exec(given.slice(0, GIVEN_AT_MOST)) ?? [];
  return at === -1 ? given : `${scheme}…${given.slice(at)}`;
}

/** The address in a longer text, if it is recognizable: for a message, never for use. */
function suggestHost(given: string): string {
  const host = given
    .replace(/^[^]*@/, "")
    .replace(/^.*:\/\//, "")
    .replace(/[/?#].*$/, "")
    .replace(/^\[(.*)\](:\d*)?$/, "$1")
    .replace(/^([^:]*):\d*$/, "$1")
    .replace(/%.*$/, "");
  const isAddress = host !== given && new Problems().attempt("", () => Address.parse(host)) !== undefined;
  return isAddress ? `: ${quote(host)}` : "";
}

function parseIpv6(given: string, refuse: Refuse): string {
  // Node is strict about an IPv4 address at the end of an IPv6 address; ipaddr.js is not.
  if (!isIPv6(given)) {
    throw refuse("is not an IPv6 address", 'write it as in "2001:db8::1"');
  }
  const address = ipaddr.IPv6.parse(new URL(`http://[${given}]`).hostname.slice(1, -1));
  if (address.isIPv4MappedAddress()) {
    const ipv4 = address.toIPv4Address().toString();
    throw refuse("is an IPv4-mapped IPv6 address, which a certificate contains as IPv4", `write "${ipv4}"`);
  }
  refuseUnlessUnicast(address.range(), refuse);
  return address.toRFC5952String();
}

/** Whether URL parsers and inet_aton would take a name for an IPv4 address: it ends in a number. */
function endsLikeIpv4(name: string): boolean {
  return /(^|\.)(\d+|0x[\da-f]*)\.?$/i.test(name);
}

function parseIpv4(given: string, refuse: Refuse): string {
  if (!ipaddr.IPv4.isValidFourPartDecimal(given)) {
    if (/^0\d|\.0\d/.test(given)) {
      throw refuse("has leading zeros, which some programs read as octal", "write the four numbers without them");
    }
    throw refuse("ends like an IPv4 address but is not one", 'write four numbers from 0 to 255, as in "192.0.2.10"');
  }
  const address = ipaddr.IPv4.parse(given);
  refuseUnlessUnicast(address.range(), refuse);
  return address.toString();
}

function refuseUnlessUnicast(range: string, refuse: Refuse): void {
  if (range === "unspecified") {
    throw refuse("is an address to listen on, not one to dial", "write the address that clients dial");
  }
  if (range === "multicast" || range === "broadcast") {
    throw refuse(`is a ${range} address`, "write the address of one broker");
  }
}

function parseName(given: string, refuse: Refuse): string {
  const isWildcard = given.startsWith("*.");
  const plain = given.slice(isWildcard ? 2 : 0).replace(/\.$/, "");
  if (plain.includes("*")) {
    throw refuse("has a * that is not the whole leftmost label", 'write a wildcard as in "*.plant.example.com"');
  }
  // Checked before IDN mapping, which reads some characters as a URL does and drops others.
  refuseBadLabels(plain, refuse);
  if (/[^a-z\d.\x80-\u{10ffff}-]/iu.test(plain)) {
    throw refuse("has a character that is not allowed in a hostname", HOW_TO_WRITE_A_NAME);
  }
  const name = domainToASCII(plain);
  if (name === "") {
    throw refuse(
      "has a character that is not allowed in a hostname, or is not a valid internationalized name",
      HOW_TO_WRITE_A_NAME,
    );
  }
  if (endsLikeIpv4(name)) {
    throw refuse("becomes an IPv4 address as an internationalized name", `write it in plain digits: ${quote(name)}`);
  }
  refuseBadLabels(name, refuse);
  for (const label of name.split(".")) {
    if (label.length > LABEL_AT_MOST) {
      throw refuse(`has a label of ${label.length} characters`, `a label has at most ${LABEL_AT_MOST} (RFC 1035)`);
    }
    if (!/^[a-z\d-]+$/.test(label)) {
      throw refuse("has a character that is not allowed in a hostname", HOW_TO_WRITE_A_NAME);
    }
  }
  if (isWildcard && !name.includes(".")) {
    throw refuse(
      "is a wildcard with only one label after the *, which OpenSSL ignores",
      'write at least two labels, as in "*.example.com"',
    );
  }
  const text = isWildcard ? `*.${name}` : name;
  if (text.length > NAME_AT_MOST) {
    throw tooLong(text, refuse);
  }
  return text;
}

function tooLong(text: string, refuse: Refuse): InvalidInputError {
  return refuse(`is ${text.length} characters long`, `a DNS name has at most ${NAME_AT_MOST} (RFC 1035)`);
}

function refuseBadLabels(name: string, refuse: Refuse): void {
  for (const label of name.split(".")) {
    if (label === "") {
      throw refuse("has an empty label", "write one dot between two labels, and none at the start");
    }
    if (label.includes("_")) {
      throw refuse("has an underscore, which Java clients refuse", "rename the host, for example with a hyphen");
    }
    if (label.startsWith("-") || label.endsWith("-")) {
      throw refuse("has a label that starts or ends with a hyphen", "remove the hyphen (RFC 1123)");
    }
  }
}

/** Compares two addresses by code units: the order is the same in every locale. */
export function byText(one: Address, other: Address): number {
  return one.text < other.text ? -1 : Number(one.text > other.text);
}
