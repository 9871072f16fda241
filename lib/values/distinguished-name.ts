import { hide, invalid, nameInPath, Problems, suggest } from "../errors";
import { isObject } from "./plain-data";

/** The attributes of a subject that name its owner. A broker's certificate may have them in addition to its common name. */
export interface OrganizationProps {
  /**
   * The country: an ISO 3166 code of two letters.
   * @default - absent from the subject
   */
  readonly country?: string;
  /**
   * The state or province: at most 128 characters.
   * @default - absent from the subject
   */
  readonly province?: string;
  /**
   * The town: at most 128 characters.
   * @default - absent from the subject
   */
  readonly locality?: string;
  /**
   * The organization, such as a company: at most 64 characters.
   * @default - absent from the subject
   */
  readonly organization?: string;
  /**
   * The unit of the organization, such as a plant: at most 64 characters.
   * @default - absent from the subject
   */
  readonly organizationalUnit?: string;
}

/** The attributes of a distinguished name (RFC 5280, section 4.1.2.4; bounds in its appendix A). */
export interface DistinguishedNameProps extends OrganizationProps {
  /**
   * The common name, a label for people: at most 64 characters.
   * @default - absent from the subject
   */
  readonly commonName?: string;
  /**
   * The e-mail address: at most 255 ASCII characters. RFC 5280, section 4.1.2.6, requires it as a subject alternative name
   * too. Custody "machine" adds that name; custody "state" cannot, so linters report its certificate.
   * @default - absent from the subject
   */
  readonly emailAddress?: string;
}

type Attribute = keyof DistinguishedNameProps;

/** The upper bounds of RFC 5280, appendix A.1, in characters. */
const AT_MOST: Readonly<Record<Attribute, number>> = {
  country: 2,
  province: 128,
  locality: 128,
  organization: 64,
  organizationalUnit: 64,
  commonName: 64,
  emailAddress: 255,
};

const SHORT_NAMES: Readonly<Record<Attribute, string>> = {
  country: "C",
  province: "ST",
  locality: "L",
  organization: "O",
  organizationalUnit: "OU",
  commonName: "CN",
  emailAddress: "emailAddress",
};

/** The distinguished name of a certificate's subject or issuer, within the bounds of RFC 5280. Immutable. */
export class DistinguishedName {
  #canonical: string | undefined;

  /** The attributes, in their order in a certificate. */
  public readonly attributes: Readonly<DistinguishedNameProps>;

  private constructor(attributes: Readonly<DistinguishedNameProps>) {
    this.attributes = Object.fromEntries(
      Object.keys(AT_MOST).flatMap((attribute) => {
        const value = isAttribute(attribute) ? attributes[attribute] : undefined;
        return value === undefined ? [] : [[attribute, value]];
      }),
    );
  }

  /**
   * Checks the attributes of a name.
   *
   * @throws InvalidInputError with every attribute that is unknown, empty, too long, or not allowed in a name
   */
  public static fromProps(props: DistinguishedNameProps): DistinguishedName {
    if (!isObject(props)) {
      const [reason, kind] =
        (props as unknown) === undefined
          ? (["is required", "required"] as const)
          : (["is not a set of attributes", "invalid"] as const);
      throw invalid("a subject", props, reason, 'write it as in { organization: "Example Ltd" }', kind);
    }
    const problems = new Problems();
    const attributes: Partial<Record<Attribute, string>> = {};
    for (const [attribute, value] of Object.entries(props)) {
      if (value === undefined) {
        continue;
      }
      if (!isAttribute(attribute)) {
        problems.add(
          nameInPath(attribute),
          hide(value),
          "is not an attribute of a subject",
          suggest(attribute, Object.keys(AT_MOST)),
          "unknown-property",
        );
        continue;
      }
      const flaw = flawOf(attribute, value);
      if (flaw !== undefined) {
        problems.add(attribute, value, flaw.reason, flaw.fix);
        continue;
      }
      attributes[attribute] = attribute === "country" ? String(value).toUpperCase() : String(value);
    }
    problems.throwIfAny("a subject");
    return new DistinguishedName(attributes);
  }

  /** Whether the name has no attribute. */
  public get isEmpty(): boolean {
    return Object.keys(this.attributes).length === 0;
  }

  /** The same name with another common name, or without one. */
  public withCommonName(commonName: string | undefined): DistinguishedName {
    const { commonName: _, ...rest } = this.attributes;
    return new DistinguishedName(commonName === undefined ? rest : { ...rest, commonName });
  }

  /** Whether verifiers treat both as the same name: letter case and runs of spaces do not count (RFC 5280, section 7.1). */
  public equals(other: DistinguishedName): boolean {
    return this.canonical === other.canonical;
  }

  /** Whether both names have exactly the same texts. */
  public isSpelledAs(other: DistinguishedName): boolean {
    const spelling = ({ attributes }: DistinguishedName): string => JSON.stringify(Object.entries(attributes).sort());
    return spelling(this) === spelling(other);
  }

  /** The name with the names of its properties: `organization=Example Ltd, commonName=mqtt-1.example.com`. */
  public toString(): string {
    return Object.entries(this.attributes)
      .map(([attribute, value]) => `${attribute}=${value}`)
      .join(", ");
  }

  /** The name with the short names of RFC 4514: `O=Example Ltd, CN=mqtt-1.example.com`. */
  public get shortText(): string {
    return this.shortAttributes.map(([name, value]) => `${name}=${value}`).join(", ");
  }

  /** The attributes by their short names, which openssl uses too. */
  public get shortAttributes(): (readonly [name: string, value: string])[] {
    return Object.entries(this.attributes).map(([attribute, value]) => [SHORT_NAMES[attribute as Attribute], value]);
  }

  private get canonical(): string {
    this.#canonical ??= this.toCanonical();
    return this.#canonical;
  }

  private toCanonical(): string {
    const attributes = Object.entries(this.attributes)
      .map(([attribute, value]) => [attribute, value.normalize("NFKC").toLowerCase().replace(/\s+/g, " ")])
      .sort(([one = ""], [other = ""]) => (one < other ? -1 : 1));
    return JSON.stringify(attributes);
  }
}

/**
 * Reads the attributes from a {@link DistinguishedName.shortText}. A comma in a value ends the value only if an attribute
 * follows that comes later in a name.
 */
export function readShortText(text: string): (readonly [name: string, value: string])[] {
  const names = Object.values(SHORT_NAMES);
  const found: [name: string, value: string][] = [];
  for (const part of text.split(", ")) {
    const [name = ""] = part.split("=", 1);
    const last = found.at(-1);
    if (names.indexOf(name) > names.indexOf(last?.[0] ?? "")) {
      found.push([name, part.slice(name.length + 1)]);
    } else if (last !== undefined) {
      last[1] += `, ${part}`;
    }
  }
  return found;
}

function isAttribute(name: string): name is Attribute {
  return Object.hasOwn(AT_MOST, name);
}

function flawOf(attribute: Attribute, value: unknown): { reason: string; fix: string } | undefined {
  if (typeof value !== "string") {
    return { reason: "is not text", fix: "write it as a string" };
  }
  if (value.trim() === "") {
    return { reason: "is empty", fix: "leave the attribute out, or give it a value" };
  }
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value) || !value.isWellFormed()) {
    return { reason: "has control characters", fix: "write it in plain text, on one line" };
  }
  if (/[$%]\{/.test(value)) {
    return {
      reason: "contains a Terraform expression, whose value is not known at synth",
      fix: "write the concrete value",
    };
  }
  if (value !== value.trim()) {
    return { reason: "starts or ends with a space", fix: "remove it" };
  }
  if (attribute === "country" && !/^[a-z]{2}$/i.test(value)) {
    return { reason: "is not two letters", fix: 'write the ISO 3166 code, such as "US"' };
  }
  const length = [...value].length;
  if (length > AT_MOST[attribute]) {
    return { reason: `is ${length} characters long`, fix: `shorten it: RFC 5280 allows at most ${AT_MOST[attribute]}` };
  }
  if (attribute === "emailAddress" && !/^[\x21-\x7e]+@[\x21-\x7e]+$/.test(value)) {
    return { reason: "is not an e-mail address in ASCII", fix: 'write it as in "pki@example.com"' };
  }
  return undefined;
}
