import type { Problem } from "../../lib/errors";
import { DistinguishedName, type DistinguishedNameProps, readShortText } from "../../lib/values/distinguished-name";
import { problemsOf as findProblems } from "../support/problems";

/** All that is wrong with what was given for a subject. */
function problemsOf(given: unknown): readonly Problem[] {
  return findProblems(() => DistinguishedName.fromProps(given as DistinguishedNameProps));
}

function email(length: number): string {
  return `${"x".repeat(length - "@example.com".length)}@example.com`;
}

const TEXT_ATTRIBUTES: [keyof DistinguishedNameProps, number][] = [
  ["province", 128],
  ["locality", 128],
  ["organization", 64],
  ["organizationalUnit", 64],
  ["commonName", 64],
];

describe("DistinguishedName.equals with quotation marks", () => {
  it("DistinguishedName.equals recognizes the end of an attribute", () => {
    const one = DistinguishedName.fromProps({ commonName: "b＂],[＂organization＂,＂a" });
    const other = DistinguishedName.fromProps({ organization: "a", commonName: "b" });

    expect(one.equals(other)).toBe(false);
  });
});

describe("DistinguishedName.fromProps", () => {
  it("DistinguishedName.fromProps keeps every given attribute", () => {
    const attributes = {
      country: "US",
      province: "Texas",
      locality: "Austin",
      organization: "Example Ltd",
      organizationalUnit: "Plant 7",
      commonName: "Plant MQTT CA",
      emailAddress: "pki@example.com",
    };

    expect(DistinguishedName.fromProps(attributes).attributes).toEqual(attributes);
  });

  it.each(["Bücher GmbH", "株式会社例", 'Smith, Jones + Co. = "S"', "100% $ #1 {x}", "a  b", "pki@example.com"])(
    "DistinguishedName.fromProps accepts %s, because any text may be a name",
    (organization) => {
      expect(DistinguishedName.fromProps({ organization }).attributes).toEqual({ organization });
    },
  );

  it("DistinguishedName.fromProps makes an empty name without attributes", () => {
    expect(DistinguishedName.fromProps({}).isEmpty).toBe(true);
    expect(DistinguishedName.fromProps({ country: "US" }).isEmpty).toBe(false);
  });

  it("DistinguishedName.fromProps treats an undefined attribute as absent", () => {
    const props = { country: undefined, organization: "Example Ltd" } as unknown as DistinguishedNameProps;

    expect(DistinguishedName.fromProps(props).attributes).toEqual({ organization: "Example Ltd" });
  });

  describe("bounds", () => {
    it.each(TEXT_ATTRIBUTES)("DistinguishedName.fromProps accepts a %s of up to %d characters", (attribute, limit) => {
      const value = "x".repeat(limit);

      expect(DistinguishedName.fromProps({ [attribute]: value }).attributes).toEqual({ [attribute]: value });
    });

    it.each(TEXT_ATTRIBUTES)(
      "DistinguishedName.fromProps refuses a %s of more than %d characters",
      (attribute, limit) => {
        const value = "x".repeat(limit + 1);

        expect(problemsOf({ [attribute]: value })).toMatchObject([
          {
            path: attribute,
            value: `"${value}"`,
            reason: `is ${limit + 1} characters long`,
            fix: `shorten it: RFC 5280 allows at most ${limit}`,
          },
        ]);
      },
    );

    it.each(TEXT_ATTRIBUTES)(
      "DistinguishedName.fromProps counts a %s in characters, not in bytes or UTF-16 units",
      (attribute, limit) => {
        for (const character of ["é", "例", "𝔐", "💡"]) {
          expect(problemsOf({ [attribute]: character.repeat(limit) })).toEqual([]);
          expect(problemsOf({ [attribute]: character.repeat(limit + 1) })).toMatchObject([
            { path: attribute, reason: `is ${limit + 1} characters long` },
          ]);
        }
      },
    );

    it("DistinguishedName.fromProps accepts an e-mail address of up to 255 characters", () => {
      expect(problemsOf({ emailAddress: email(255) })).toEqual([]);
      expect(problemsOf({ emailAddress: email(256) })).toMatchObject([
        { path: "emailAddress", reason: "is 256 characters long", fix: "shorten it: RFC 5280 allows at most 255" },
      ]);
    });
  });

  describe("country", () => {
    it.each([
      ["us", "US"],
      ["De", "DE"],
      ["GB", "GB"],
    ])("DistinguishedName.fromProps accepts the two letters %s as %s", (country, expected) => {
      expect(DistinguishedName.fromProps({ country }).attributes).toEqual({ country: expected });
    });

    it.each(["U", "USA", "U1", "U-", "ÜK", "ＵＳ", "ſı"])(
      "DistinguishedName.fromProps refuses %s, which is not two letters",
      (country) => {
        expect(problemsOf({ country })).toMatchObject([
          {
            path: "country",
            value: `"${country}"`,
            reason: "is not two letters",
            fix: 'write the ISO 3166 code, such as "US"',
          },
        ]);
      },
    );
  });

  describe("emailAddress", () => {
    it("DistinguishedName.fromProps refuses a too long e-mail address only for its length", () => {
      expect(problemsOf({ emailAddress: `${"@".repeat(300_000)} x` })).toMatchObject([
        { reason: "is 300002 characters long", fix: "shorten it: RFC 5280 allows at most 255" },
      ]);
    });

    it.each(["pki", "@example.com", "pki@", "pki@bücher.example", "pkí@example.com", "plant pki@example.com"])(
      "DistinguishedName.fromProps refuses %s, which is not an e-mail address in ASCII",
      (emailAddress) => {
        expect(problemsOf({ emailAddress })).toMatchObject([
          {
            path: "emailAddress",
            value: `"${emailAddress}"`,
            reason: "is not an e-mail address in ASCII",
            fix: 'write it as in "pki@example.com"',
          },
        ]);
      },
    );
  });

  describe.each<keyof DistinguishedNameProps>([
    "country",
    "province",
    "locality",
    "organization",
    "organizationalUnit",
    "commonName",
    "emailAddress",
  ])("any attribute, here %s", (attribute) => {
    it.each([
      ["empty text", ""],
      ["a blank", " "],
      ["nothing but blanks of all sorts", "\t\u00a0\u3000"],
    ])("DistinguishedName.fromProps refuses %s as empty", (_what, value) => {
      expect(problemsOf({ [attribute]: value })).toMatchObject([
        { path: attribute, reason: "is empty", fix: "leave the attribute out, or give it a value" },
      ]);
    });

    it.each([
      ["a line break", "U\nS"],
      ["a line break at the end", "US\n"],
      ["a tab", "U\tS"],
      ["a null character", "U\0S"],
      ["an escape", "U\u001bS"],
      ["a delete character", "U\u007fS"],
      ["a control character over ASCII", "U\u009bS"],
      ["a line separator", "U\u2028S"],
      ["a paragraph separator", "U\u2029S"],
      ["the first half of a surrogate pair", "U\ud835S"],
      ["the second half of a surrogate pair", "U\udd10S"],
    ])("DistinguishedName.fromProps refuses %s", (_what, value) => {
      expect(problemsOf({ [attribute]: value })).toMatchObject([
        { path: attribute, reason: "has control characters", fix: "write it in plain text, on one line" },
      ]);
    });

    it.each(["${var.organization}", "Example ${1 + 1}", "%{ if true }x%{ endif }", "$${escaped}", " ${x} "])(
      "DistinguishedName.fromProps refuses the Terraform expression in %s",
      (value) => {
        expect(problemsOf({ [attribute]: value })).toMatchObject([
          {
            path: attribute,
            value: `"${value}"`,
            reason: "contains a Terraform expression, whose value is not known at synth",
            fix: "write the concrete value",
          },
        ]);
      },
    );

    it.each([" US", "US ", " US ", "\u00a0US", "US\u3000", "\ufeffUS"])(
      "DistinguishedName.fromProps refuses spaces at the ends of %p",
      (value) => {
        expect(problemsOf({ [attribute]: value })).toMatchObject([
          { path: attribute, reason: "starts or ends with a space", fix: "remove it" },
        ]);
      },
    );

    it.each<[unknown]>([[42], [true], [null], [["US"]], [{ value: "US" }]])(
      "DistinguishedName.fromProps refuses %p, which is not text",
      (value) => {
        expect(problemsOf({ [attribute]: value })).toMatchObject([
          { path: attribute, reason: "is not text", fix: "write it as a string" },
        ]);
      },
    );
  });

  it.each(["organisation", "Country"])(
    "DistinguishedName.fromProps refuses %j, and suggests the attribute that was probably meant",
    (attribute) => {
      const fix = `did you mean ${attribute.toLowerCase().replace("isa", "iza")}?`;

      expect(problemsOf({ [attribute]: "x" })).toMatchObject([{ path: attribute, fix, kind: "unknown-property" }]);
    },
  );

  it.each(["CN", "serialNumber", "constructor", "", "a b\u009b"])(
    "DistinguishedName.fromProps refuses %j, which is not an attribute",
    (attribute) => {
      expect(problemsOf({ [attribute]: "x" })).toMatchObject([
        {
          path: /^\w+$/.test(attribute) ? attribute : JSON.stringify(attribute).replace("\u009b", "\\u009b"),
          value: "(hidden text)",
          reason: "is not an attribute of a subject",
          fix: "choose from country, province, locality, organization, organizationalUnit, commonName, emailAddress",
        },
      ]);
    },
  );

  it("DistinguishedName.fromProps requires attributes", () => {
    expect(problemsOf(undefined)).toMatchObject([{ path: "", reason: "is required", kind: "required" }]);
  });

  it.each<[unknown, string]>([
    [null, "null"],
    ["CN=Plant MQTT CA", '"CN=Plant MQTT CA"'],
    [42, "42"],
    [[], "[]"],
    [["Plant MQTT CA"], "(a list of 1)"],
    [[{ commonName: "Plant MQTT CA" }], "(a list of 1)"],
    [() => ({ commonName: "Plant MQTT CA" }), "(a function)"],
  ])("DistinguishedName.fromProps refuses %p, which is not a set of attributes", (given, value) => {
    expect(problemsOf(given)).toMatchObject([
      { path: "", value, reason: "is not a set of attributes", fix: 'write it as in { organization: "Example Ltd" }' },
    ]);
  });

  it("DistinguishedName.fromProps reports every problem at once, in the order of the given attributes", () => {
    const problems = problemsOf({
      emailAddress: "pki",
      country: "USA",
      organization: "",
      organisation: "Example Ltd",
      province: "Texas",
      commonName: "x".repeat(65),
    });

    expect(problems.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      "emailAddress is not an e-mail address in ASCII",
      "country is not two letters",
      "organization is empty",
      "organisation is not an attribute of a subject",
      "commonName is 65 characters long",
    ]);
  });
});

describe("DistinguishedName.withCommonName", () => {
  const name = DistinguishedName.fromProps({ organization: "Example Ltd", commonName: "old" });

  it("DistinguishedName.withCommonName replaces the common name", () => {
    expect(name.withCommonName("new").attributes).toEqual({ organization: "Example Ltd", commonName: "new" });
  });

  it("DistinguishedName.withCommonName adds a missing common name", () => {
    expect(DistinguishedName.fromProps({}).withCommonName("new").attributes).toEqual({ commonName: "new" });
  });

  it("DistinguishedName.withCommonName removes the common name", () => {
    expect(name.withCommonName(undefined).attributes).toEqual({ organization: "Example Ltd" });
  });

  it("DistinguishedName.withCommonName does not change the original", () => {
    name.withCommonName("new");

    expect(name.attributes).toEqual({ organization: "Example Ltd", commonName: "old" });
  });
});

describe("DistinguishedName.equals", () => {
  const name = DistinguishedName.fromProps({ organization: "Example Ltd", commonName: "Plant MQTT CA" });

  it.each<[string, DistinguishedNameProps]>([
    ["in the same words", { organization: "Example Ltd", commonName: "Plant MQTT CA" }],
    ["in another order", { commonName: "Plant MQTT CA", organization: "Example Ltd" }],
    ["in another letter case", { organization: "EXAMPLE LTD", commonName: "plant mqtt ca" }],
    ["with more blanks", { organization: "Example  Ltd", commonName: "Plant   MQTT CA" }],
    ["with blanks of another width", { organization: "Example\u00a0Ltd", commonName: "Plant\u3000MQTT CA" }],
    ["with letters of another width", { organization: "Ｅxample Ltd", commonName: "Plant MQTT CA" }],
  ])("DistinguishedName.equals is true for a name %s", (_what, props) => {
    const other = DistinguishedName.fromProps(props);

    expect(name.equals(other)).toBe(true);
    expect(other.equals(name)).toBe(true);
  });

  it.each<[string, DistinguishedNameProps]>([
    ["another value", { organization: "Example Inc", commonName: "Plant MQTT CA" }],
    ["an attribute less", { commonName: "Plant MQTT CA" }],
    ["an attribute more", { organization: "Example Ltd", commonName: "Plant MQTT CA", country: "US" }],
    ["its values swapped", { organization: "Plant MQTT CA", commonName: "Example Ltd" }],
    ["a value in another attribute", { organizationalUnit: "Example Ltd", commonName: "Plant MQTT CA" }],
    ["its common name written into another attribute", { organization: "Example Ltd, commonName=Plant MQTT CA" }],
    ["its organization written into the common name", { commonName: "Plant MQTT CA, organization=Example Ltd" }],
    [
      "its organization written into the common name in JSON",
      { commonName: 'Plant MQTT CA"],["organization","Example Ltd' },
    ],
    ["its blanks left out", { organization: "ExampleLtd", commonName: "PlantMQTTCA" }],
    ["nothing", {}],
  ])("DistinguishedName.equals is false for a name with %s", (_what, props) => {
    expect(name.equals(DistinguishedName.fromProps(props))).toBe(false);
  });

  it("DistinguishedName.equals is not misled by a separator in an attribute", () => {
    const one = DistinguishedName.fromProps({ organization: "A, commonName=B" });
    const other = DistinguishedName.fromProps({ organization: "A", commonName: "B" });

    expect(one.toString()).toBe(other.toString());
    expect(one.equals(other)).toBe(false);
    expect(other.equals(one)).toBe(false);
  });

  it("DistinguishedName.equals treats precomposed and decomposed letters as the same", () => {
    const precomposed = DistinguishedName.fromProps({ organization: "Caf\u00e9" });
    const decomposed = DistinguishedName.fromProps({ organization: "Cafe\u0301" });

    expect(precomposed.equals(decomposed)).toBe(true);
  });
});

describe("DistinguishedName.toString", () => {
  it("DistinguishedName.toString has its attributes in the order of a certificate, in any given order", () => {
    const name = DistinguishedName.fromProps({ commonName: "a.b", organization: "Example Ltd", country: "de" });

    expect(Object.entries(name.withCommonName("c.d").attributes)).toEqual([
      ["country", "DE"],
      ["organization", "Example Ltd"],
      ["commonName", "c.d"],
    ]);
    expect(name.shortText).toBe("C=DE, O=Example Ltd, CN=a.b");
    expect(DistinguishedName.fromProps({}).shortText).toBe("");
  });

  it("DistinguishedName.toString lists attributes from the country to the e-mail address, in any given order", () => {
    const name = DistinguishedName.fromProps({
      emailAddress: "pki@example.com",
      commonName: "Plant MQTT CA",
      organizationalUnit: "Plant 7",
      organization: "Example Ltd",
      locality: "Austin",
      province: "Texas",
      country: "us",
    });

    expect(name.toString()).toBe(
      "country=US, province=Texas, locality=Austin, organization=Example Ltd, organizationalUnit=Plant 7, " +
        "commonName=Plant MQTT CA, emailAddress=pki@example.com",
    );
  });

  it("DistinguishedName.toString is empty for an empty name", () => {
    expect(DistinguishedName.fromProps({}).toString()).toBe("");
  });
});

describe("readShortText", () => {
  it.each<DistinguishedNameProps>([
    { commonName: "mqtt-1.example.com" },
    { organization: "Example, Ltd", commonName: "A, B + C" },
    { country: "US", province: "Texas", organization: "a = b, c", commonName: "x, O=y, z=1", emailAddress: "a@b" },
    {},
  ])("readShortText reads what DistinguishedName.shortText writes: %j", (props) => {
    const name = DistinguishedName.fromProps(props);

    expect(readShortText(name.shortText)).toEqual(name.shortAttributes);
  });
});
