import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Problem, Problems } from "../../lib/errors";
import { Address } from "../../lib/values/address";
import { Duration } from "../../lib/values/duration";
import { brokersFromFile } from "../../lib/fleet-file/fleet-file";
import { withOrigin } from "../../lib/fleet-file/origin";
import { readFleet } from "../../lib/spec/fleet";
import type { BrokerProps } from "../../lib/spec/fleet-props";
import { KeyAlgorithm } from "../../lib/values/key-algorithm";
import { BROKER } from "../../lib/spec/properties/broker";
import { namesIn } from "../../lib/spec/properties/property";
import { problemsOf } from "../support/problems";
import { inNewDirectory } from "../support/synth";

const REPOSITORY = join(__dirname, "../..");

/** A file's text as lines, or as it is. */
type Text = string | Buffer | readonly string[];

/** Runs `body` where there is that file. */
function withFile<T>(file: string, text: Text, body: () => T): T {
  return inNewDirectory(() => {
    writeFileSync(file, typeof text === "string" || Buffer.isBuffer(text) ? text : text.join("\n"));
    return body();
  });
}

/** The brokers that a file has. */
function read(file: string, text: Text): BrokerProps[] {
  return withFile(file, text, () => brokersFromFile(file));
}

/** What is wrong with a file. */
function problems(file: string, text: Text): readonly Problem[] {
  return withFile(file, text, () => problemsOf(() => brokersFromFile(file)));
}

/** The same, each with what a reader sees of it but the fix. */
function lines(file: string, text: Text): string[] {
  return problems(file, text).map(({ path, value, reason }) => `${path}: ${value} ${reason}`);
}

/** All that can be said of a broker: the compiler sees to it that nothing is missing. */
const FULL: Required<BrokerProps> = {
  address: "mqtt-1.plant.example.com",
  alternativeAddresses: ["mqtt.example.com", "192.0.2.10"],
  ipAddressesAsDnsNames: true,
  clientAuth: true,
  subject: {
    country: "US",
    province: "Ohio",
    locality: "Springfield",
    organization: 'Example, "Ltd"',
    organizationalUnit: "Plant 7",
  } satisfies Required<BrokerProps["subject"]>,
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  keyVersion: 2,
  duration: Duration.days(90),
  renewBefore: Duration.hours(36),
  passwordVariable: "broker_password",
  passwordVersion: 3,
  passwordIterations: 100_000,
  reloadCommand: "systemctl reload mosquitto",
  forms: ["pkcs12", "pem-key"],
  keystorePasswordVariable: "keystore_password",
  keystorePasswordVersion: 2,
  fileOwner: "mosquitto",
  fileGroup: "1883",
  keyMode: "0440",
  folderMode: "0710",
  csrFile: "csr/mqtt-1.csr",
  csrPem: "a request\nin two lines",
  signingGeneration: 4,
  shard: "site-a",
};

/** The same as a file says it. */
const FULL_IN_FILE = { ...FULL, keyAlgorithm: "ECDSA-P256", duration: "90 days", renewBefore: "36 hours" };

describe("brokersFromFile", () => {
  it.each(["brokers.yaml", "brokers.yml", "brokers.json", "BROKERS.JSON"])("reads all of a broker from %s", (file) => {
    const text = JSON.stringify({ $schema: "./fleet.schema.json", brokers: [FULL_IN_FILE, { address: "::1" }] });

    expect(read(file, text)).toStrictEqual([FULL, { address: "::1" }]);
  });

  it("reads all of a broker from CSV", () => {
    const text = [
      "address,alternativeAddresses,subject.country,subject.province,subject.locality,subject.organization," +
        "subject.organizationalUnit,keyAlgorithm,keyVersion,duration,renewBefore,passwordVariable,passwordVersion," +
        "passwordIterations,csrFile,csrPem,signingGeneration,shard,ipAddressesAsDnsNames,clientAuth,reloadCommand," +
        "forms,keystorePasswordVariable,keystorePasswordVersion,fileOwner,fileGroup,keyMode,folderMode",
      'mqtt-1.plant.example.com,mqtt.example.com 192.0.2.10,US,Ohio,Springfield,"Example, ""Ltd""",' +
        'Plant 7,ECDSA-P256,2,90 days,36 hours,broker_password,3,100000,csr/mqtt-1.csr,"a request\nin two lines",4,site-a,true,true,systemctl reload mosquitto,pkcs12 pem-key,keystore_password,2,mosquitto,1883,0440,0710',
      "::1,,,,,,,,,,,,,,,,,,,,,,,,,,,",
    ];

    expect(read("brokers.csv", text)).toStrictEqual([FULL, { address: "::1" }]);
  });

  it.each<[string, Duration]>([
    ["1 hour", Duration.hours(1)],
    ["36 hours", Duration.hours(36)],
    ["1 day", Duration.days(1)],
    ["0.5 days", Duration.days(0.5)],
  ])("reads %s", (duration, expected) => {
    const text = JSON.stringify({ brokers: [{ address: "a.example.com", duration }] });

    expect(read("brokers.json", text)).toEqual([{ address: "a.example.com", duration: expected }]);
  });

  it.each([[KeyAlgorithm.RSA_2048], [KeyAlgorithm.ECDSA_P384], [KeyAlgorithm.ED25519]])("reads %s", (keyAlgorithm) => {
    const text = ["brokers:", `  - { address: a.example.com, keyAlgorithm: ${keyAlgorithm.name} }`];

    expect(read("brokers.yaml", text)).toEqual([{ address: "a.example.com", keyAlgorithm }]);
  });

  it("leaves what makes a fleet to the fleet", () => {
    expect(read("brokers.yaml", "brokers: []")).toEqual([]);
    expect(read("brokers.yaml", "brokers: [{ address: 'a:8883' }]")).toEqual([{ address: "a:8883" }]);
  });

  it.each<[unknown, string]>([
    ["nothing.yaml", "does not exist"],
    ["folder.yaml/", "does not exist"],
    ["brokers.toml", "is not the name of a file of brokers"],
    ["brokers", "is not the name of a file of brokers"],
    [undefined, "is not the name of a file of brokers"],
  ])("refuses %p, which %s", (file, reason) => {
    inNewDirectory(() => {
      expect(problemsOf(() => brokersFromFile(file as string))).toMatchObject([{ reason }]);
    });
  });

  it("refuses a folder", () => {
    inNewDirectory(() => {
      mkdirSync("brokers.yaml");

      expect(problemsOf(() => brokersFromFile("brokers.yaml"))).toMatchObject([{ reason: "cannot be read" }]);
    });
  });

  it.each(["brokers.yaml", "brokers.json", "brokers.csv"])("refuses %s in another encoding than UTF-8", (file) => {
    expect(problems(file, Buffer.from("address\nmünchen.example.com", "latin1"))).toMatchObject([
      { value: `"${file}"`, reason: "is not in UTF-8", fix: "save it in UTF-8" },
    ]);
  });

  it("blames the caller", () => {
    const error = inNewDirectory(() => {
      try {
        return brokersFromFile("nothing.yaml");
      } catch (thrown) {
        return thrown;
      }
    });

    expect((error as Error).stack?.split("\n    at ")[1]).toContain("fleet-file.test.ts");
  });
});

describe("what is wrong with a file's content", () => {
  it("is said all at once, each with its place, its value, what is wrong and what to do", () => {
    const text = [
      "brokers:",
      "  - adress: mqtt-1.example.com",
      "    keyVersion: two",
      "  - address: 1.5",
      "    duration: 3 weeks",
      "    keyAlgorithm: RSA-1024",
      "    subject: Example Ltd",
      "    alternativeAddresses: [a.example.com, 3, '']",
      "    passwordVersion: 0",
      "  - mqtt-3.example.com",
      "fleet: north",
    ];
    const { message } = withFile("brokers.yaml", text, () => refusalOf("brokers.yaml"));

    expect(message.split("\n")).toEqual([
      '12 problems in the file "brokers.yaml":',
      '  brokers.yaml:2:5 brokers[0].address is required; add it, as in address: "mqtt-1.plant.example.com"',
      `  brokers.yaml:2:13 brokers[0].adress: (hidden text) is not a known property; did you mean address?`,
      '  brokers.yaml:3:17 brokers[0].keyVersion: "two" is not a whole number; write it as in 2',
      '  brokers.yaml:4:14 brokers[1].address: 1.5 is not text; write it as in "mqtt-1.plant.example.com"',
      '  brokers.yaml:5:15 brokers[1].duration: "3 weeks" is not a number of hours or days; write it as in "90 days"',
      '  brokers.yaml:6:19 brokers[1].keyAlgorithm: "RSA-1024" is not one of the allowed values; ' +
        "choose from RSA-2048, RSA-3072, RSA-4096, ECDSA-P256, ECDSA-P384, Ed25519",
      '  brokers.yaml:7:14 brokers[1].subject: "Example Ltd" is not a map of names and values; ' +
        'write it as in {"organization":"Example Ltd"}',
      '  brokers.yaml:8:43 brokers[1].alternativeAddresses[1]: 3 is not text; write it as in "mqtt.example.com"',
      '  brokers.yaml:8:46 brokers[1].alternativeAddresses[2]: "" is empty; write it as in "mqtt.example.com"',
      "  brokers.yaml:9:22 brokers[1].passwordVersion: 0 is less than 1; use a whole number, 1 or more",
      '  brokers.yaml:10:5 brokers[2]: "mqtt-3.example.com" is not a map of names and values; ' +
        'write it as in {"address":"mqtt-1.plant.example.com"}',
      "  brokers.yaml:11:8 fleet: (hidden text) is not a known property; choose from $schema, brokers",
    ]);
  });

  it("has the same places in JSON, whatever its line ends and indents", () => {
    const text =
      '{\r\n\t"brokers": [\r\n\t\t{ "address": 1 },\r\n\t\t{ "address": "a.example.com", "keyVersion": "2" }]}';

    expect(lines("brokers.json", text)).toEqual([
      "brokers.json:3:16 brokers[0].address: 1 is not text",
      'brokers.json:4:47 brokers[1].keyVersion: "2" is not a whole number',
    ]);
  });

  it("has its places in CSV, behind quotes, line ends in cells, empty lines and letters of several bytes", () => {
    const text =
      '\uFEFFaddress,subject.organization,keyVersion\r\n\r\na.example.com,"Müller,\r\n""Söhne""",x\r\n,Æ,1.5\n\n"b.example.com",ÆÆ,-1';

    expect(lines("brokers.csv", text)).toEqual([
      'brokers.csv:3 brokers[0].keyVersion: "x" is not a whole number',
      "brokers.csv:5 brokers[1].address: undefined is required",
      "brokers.csv:5 brokers[1].keyVersion: 1.5 is not a whole number",
      "brokers.csv:7 brokers[2].keyVersion: -1 is less than 1",
    ]);
  });

  it.each([
    ["brokers.yaml", "", "brokers.yaml:1:1: null is not a map of names and values"],
    ["brokers.yaml", "# nothing yet", "brokers.yaml:1:1: null is not a map of names and values"],
    ["brokers.yaml", "- address: a", "brokers.yaml:1:1: (a list of 1) is not a map of names and values"],
    ["brokers.yaml", "brokers:", "brokers.yaml:1:9 brokers: null is not a list"],
    ["brokers.json", "{}", "brokers.json:1:1 brokers: undefined is required"],
    ["brokers.json", "[]", "brokers.json:1:1: [] is not a map of names and values"],
    [
      "brokers.json",
      '{"brokers": [], "__proto__": {}}',
      "brokers.json:1:30 __proto__: (an object) is not a known property",
    ],
  ])("is said of %s with %j", (file, text, problem) => {
    expect(lines(file, text)).toEqual([problem]);
  });

  it("stands where the anchor is that an alias is for, and at the broker that merges it", () => {
    const text = [
      "brokers:",
      "  - &site",
      "    address: a.example.com",
      "    subject: &us { country: 1 }",
      "  - { address: b.example.com, subject: *us }",
      "  - <<: *site",
      "    address: c.example.com",
    ];

    expect(problems("brokers.yaml", text).map(({ path }) => path)).toEqual([
      "brokers.yaml:4:29 brokers[0].subject.country",
      "brokers.yaml:4:29 brokers[1].subject.country",
      "brokers.yaml:6:5 brokers[2].subject.country",
    ]);
  });

  it("is what is neither true nor false", () => {
    expect(read("brokers.csv", "address,ipAddressesAsDnsNames\na.b,false")).toEqual([
      { address: "a.b", ipAddressesAsDnsNames: false },
    ]);
    const reason = "is not true or false";
    expect(problems("brokers.csv", "address,ipAddressesAsDnsNames\na.b,yes")).toMatchObject([
      { value: '"yes"', reason },
    ]);
    expect(problems("brokers.yaml", "brokers: [{ address: a.b, ipAddressesAsDnsNames: 1 }]")).toMatchObject([
      { value: "1", reason, fix: "write it as in true" },
    ]);
  });

  it("is a number out of its bounds, with the bound", () => {
    const brokers = [999, 10_000_001].map((passwordIterations) => ({ address: "a", passwordIterations }));

    expect(problems("brokers.json", JSON.stringify({ brokers }))).toMatchObject([
      { value: "999", reason: "is less than 1000", fix: "write it as in 600000" },
      { value: "10000001", reason: "is more than 10000000", fix: "write it as in 600000" },
    ]);
  });

  it("shows nothing that may be a secret", () => {
    const pem = "-----BEGIN PRIVATE KEY-----\\nc2VjcmV0\\n-----END PRIVATE KEY-----";
    const { message } = withFile(
      "brokers.json",
      `{"brokers": [{"address": "a", "password": "secret", "passwordVariable": 73657, "duration": "${pem}"}]}`,
      () => refusalOf("brokers.json"),
    );

    expect(message).toContain("(a PEM)");
    expect(message).not.toMatch(/secret"|73657|c2VjcmV0/);
  });
});

describe("YAML", () => {
  it("has merge keys and aliases", () => {
    const text = [
      "brokers:",
      "  - &site",
      "    address: a.example.com",
      "    duration: 90 days",
      "  - { <<: *site, address: b.example.com }",
    ];

    expect(read("brokers.yaml", text)).toEqual([
      { address: "a.example.com", duration: Duration.days(90) },
      { address: "b.example.com", duration: Duration.days(90) },
    ]);
  });

  it("takes words as words: a country is no answer, and a version no date", () => {
    const text = "brokers: [{ address: a.example.com, subject: { country: NO, locality: 2020-01-01 } }]";

    expect(read("brokers.yaml", text)).toMatchObject([{ subject: { country: "NO", locality: "2020-01-01" } }]);
  });

  it.each<[string, string[], string[]]>([
    [
      "a key twice",
      ["brokers:", "  - address: a.example.com", "    address: b.example.com"],
      ["brokers.yaml:3:5: (hidden text) is a name that the map already has"],
    ],
    [
      "wildcards without quotes",
      ["brokers:", "  - address: *.example.com", "  - address: *.example.org"],
      [
        "brokers.yaml:2:14: (hidden text) starts with *, which refers to an anchor, but no anchor before it has this name",
        "brokers.yaml:3:14: (hidden text) starts with *, which refers to an anchor, but no anchor before it has this name",
      ],
    ],
    [
      "a second document",
      ["brokers: []", "---", "brokers: []"],
      ["brokers.yaml:2:1: (hidden text) begins a second document"],
    ],
    [
      "tags",
      ["brokers:", "  - !broker { address: !host a.example.com }"],
      ["brokers.yaml:2:5: (hidden text) has an unknown tag", "brokers.yaml:2:24: (hidden text) has an unknown tag"],
    ],
    [
      "a merge of what is no map",
      ["brokers:", "  - <<: 3", "    address: a.example.com"],
      ["brokers.yaml:2:5: (hidden text) merges something that is not a map, or has aliases for more than 10000 values"],
    ],
  ])("has not %s", (_, text, expected) => {
    expect(lines("brokers.yaml", text)).toEqual(expected);
  });

  it("has its syntax errors where they are, without the words of the file", () => {
    const found = problems("brokers.yaml", ["brokers:", "  - address: 'a.example.com", "    keyVersion: @secret"]);

    expect(found).toMatchObject([{ path: "brokers.yaml:3:24", value: "(hidden text)" }]);
    expect(JSON.stringify(problems("brokers.yaml", "brokers: []\nsecret"))).not.toContain("secret");
    expect(JSON.stringify(problems("brokers.yaml", "brokers: *secret"))).not.toContain("secret");
  });

  it.each(["address: [*a, *a, *a, *a, *a, *a, *a, *a, *a]", "<<: [*a, *a, *a, *a, *a, *a, *a, *a, *a]"])(
    "is not blown up: %s",
    (item) => {
      const bomb = Array.from({ length: 12 }, (_, index) => {
        return `  - &a${index + 1} { ${item.replaceAll("*a", `*a${index}`)} }`;
      });

      expect(lines("brokers.yaml", ["brokers:", "  - &a0 { address: a.example.com }", ...bomb])).toEqual([
        expect.stringMatching(/ aliases for more than 10000 values$/),
      ]);
    },
  );
});

describe("JSON", () => {
  it.each([
    ["a comma after the last", '{"brokers": [\n  {"address": "a"},\n]}', "3:1", '"]"'],
    ["a comma after the last property", '{"brokers": [\n  {"address": "a",}]}', "2:19", '"}"'],
    ["no comma", '{"brokers": [\n  {"address": "a"} {}]}', "2:20", '"{"'],
    ["a word without quotes", '{"brokers": [\n  {"address": abc}]}', "2:15", '"a"'],
    ["a name without quotes", '{"brokers": [\n  {address: "abc"}]}', "2:4", '"a"'],
    ["single quotes", "{'brokers': []}", "1:2", `"'"`],
    ["a comment", '{"brokers": [\n  // none\n]}', "2:3", '"/"'],
    ["a line end in a text", '{"brokers": [\n  {"address": "a\n"}]}', "2:17", '"\\n"'],
    ["something behind it", '{"brokers": []}\n}', "2:1", '"}"'],
    ["numbers before a word without quotes", `{"brokers": [-5, 0.5, true, null, "\\u0061", abc]}`, "1:45", '"a"'],
  ])("has not %s", (_, text, position, value) => {
    expect(problems("brokers.json", text)).toMatchObject([
      { path: `brokers.json:${position}`, value, reason: "is not valid JSON here" },
    ]);
  });

  it.each(["", "{", '{"brokers": [', '{"brokers": [{"address": "a'])("is not cut off: %j", (text) => {
    expect(lines("brokers.json", text)).toEqual([
      `brokers.json:1:${text.length + 1}: "" is an unexpected end of the JSON text`,
    ]);
  });

  it("has each name once in a map, however it is escaped, beside what else is wrong", () => {
    const text = '{"brokers": [\n{"address": "a:b", "\\u0061ddress": "c"},\n{"address": "\\"d\\":", "keyVersion": 0}]}';

    expect(lines("brokers.json", text)).toEqual([
      "brokers.json:2:20: (hidden text) is a name that the map already has",
      "brokers.json:3:37 brokers[1].keyVersion: 0 is less than 1",
    ]);
  });
});

describe("CSV", () => {
  it("is read with any line ends, and without a mark of its byte order or empty lines", () => {
    const expected = [{ address: "a.example.com", keyVersion: 2 }, { address: "b.example.com" }];

    for (const end of ["\n", "\r\n", "\r"]) {
      const text = ["\uFEFFaddress,keyVersion", "", '"a.example.com",2', "b.example.com,", "", ""].join(end);
      expect(read("brokers.csv", text)).toEqual(expected);
    }
  });

  it("separates addresses by blanks, and takes false for no password", () => {
    const text = ["passwordVariable,alternativeAddresses,address", 'false," b.example.com\n ::1",a.example.com'];

    expect(read("brokers.csv", text)).toStrictEqual([
      { passwordVariable: false, alternativeAddresses: ["b.example.com", "::1"], address: "a.example.com" },
    ]);
  });

  it("has its columns' names in the first row", () => {
    expect(lines("brokers.csv", "adress,keyVersion,keyVersion,__proto__\na.example.com,x,,")).toEqual([
      'brokers.csv:1: "adress" is not a known column',
      'brokers.csv:1: "keyVersion" is already a column',
      'brokers.csv:1: "__proto__" is not a known column',
      "brokers.csv:1: (a list of 4) has no column address",
    ]);
    expect(lines("brokers.csv", "")).toEqual(["brokers.csv:1: [] has no column address"]);
  });

  it("has 1,000 columns at most, of which no more is told", () => {
    const text = `address,${"a,".repeat(1_000)}\na.example.com\n`;

    expect(problems("brokers.csv", text)).toMatchObject([
      { path: "brokers.csv:1", reason: "has 1001 columns, but at most 1000 are read" },
      { path: "brokers.csv:2 brokers[0]" },
    ]);
  });

  it("has as many cells in each row; what follows from a lack of them is not told beside", () => {
    const text = ["keyVersion,keyAlgorithm,address", "1,RSA", "1,ECDSA-P256,a.example.com,", "x,,b.example.com"];

    expect(lines("brokers.csv", text)).toEqual([
      "brokers.csv:2 brokers[0]: (a list of 2) does not have as many cells as the first row, which has 3",
      "brokers.csv:3 brokers[1]: (a list of 4) does not have as many cells as the first row, which has 3",
      'brokers.csv:4 brokers[2].keyVersion: "x" is not a whole number',
    ]);
  });

  it.each([
    ['address,keyVersion\nä.example.com,1\nb.example.com,"2"3', "3", "has text after its closing quote"],
    ['address\r\n\r\nÄ"b"', "3", "has a quote in the middle"],
    ['address,csrPem\na,\n"b","c\n\n', "3", "has no closing quote"],
  ])("has whole quotes: not %j", (text, line, reason) => {
    expect(problems("brokers.csv", text)).toMatchObject([
      { path: `brokers.csv:${line}`, value: "(hidden text)", reason },
    ]);
  });
});

describe("what spreadsheets write", () => {
  const expected = [
    { address: "a.example.com", keyVersion: 2, subject: { organization: "A, B; C" } },
    { address: "b.example.com" },
  ];
  const rows = (separator: string): string[] => [
    ["address", "keyVersion", "subject.organization"].join(separator),
    ["a.example.com", "2", '"A, B; C"'].join(separator),
    ["b.example.com", "", ""].join(separator),
  ];

  it.each([",", ";", "\t"])("is read with %j between cells", (separator) => {
    expect(read("brokers.csv", rows(separator).join("\r\n"))).toStrictEqual(expected);
    expect(read("brokers.csv", Buffer.from(`\ufeff${rows(separator).join("\r\n")}`, "utf16le"))).toStrictEqual(
      expected,
    );
  });

  it.each([",", ";", "\t"])("is read where a line before the first row tells that this is %j", (separator) => {
    expect(read("brokers.csv", [`\ufeffsep=${separator}`, ...rows(separator)].join("\r\n"))).toStrictEqual(expected);
  });

  it("is read with rows of empty cells, which are none", () => {
    const [header = "", first = "", ...others] = rows(",");
    const text = ["", ",,", header, ",,", first, " ,,", ...others, ",,", ",,,,"].join("\r\n");

    expect(read("brokers.csv", text)).toStrictEqual(expected);
  });

  it("is read with columns that have neither a name nor anything in them, and with rows that leave these out", () => {
    const text = ["address,,keyVersion,,", "a.example.com,,2,,", "b.example.com, ,,,", "c.example.com,,"];

    expect(read("brokers.csv", text.join("\r\n"))).toStrictEqual([
      { address: "a.example.com", keyVersion: 2 },
      { address: "b.example.com" },
      { address: "c.example.com" },
    ]);
  });

  it("has a name for each column with something in it", () => {
    expect(lines("brokers.csv", "address,,\na.example.com,x,\n")).toEqual(['brokers.csv:1: "" is not a known column']);
  });

  it("has its problems where they are, in its own terms", () => {
    const text = ["sep=;", "address;keyVersion", ";", "a.example.com;x", "b.example.com"].join("\r\n");

    expect(problems("brokers.csv", text)).toMatchObject([
      { path: "brokers.csv:4 brokers[0].keyVersion", value: '"x"' },
      {
        path: "brokers.csv:5 brokers[1]",
        fix: "put a cell with a semicolon in quotes, and keep the semicolons of empty cells",
      },
    ]);
  });
});

describe("a file of any format", () => {
  const FILES = {
    "brokers.yaml": "brokers:\n- address: a.example.com\n  subject: { organization: Müller }\n",
    "brokers.json": '{"brokers": [\n{"address": "a.example.com", "subject": {"organization": "Müller"}}]}\n',
    "brokers.csv": "address,subject.organization\na.example.com,Müller\n",
  };
  const expected = [{ address: "a.example.com", subject: { organization: "Müller" } }];

  it.each(Object.entries(FILES))("may be in UTF-16 or UTF-8, with a mark and without: %s", (file, text) => {
    for (const written of [text, `\ufeff${text}`, text.replaceAll("\n", "\r\n")]) {
      expect(read(file, Buffer.from(written))).toStrictEqual(expected);
      expect(read(file, Buffer.from(written, "utf16le"))).toStrictEqual(expected);
      expect(read(file, Buffer.from(written, "utf16le").swap16())).toStrictEqual(expected);
    }
  });

  it.each(["brokers.yaml", "brokers.json"])("may have what is not read, in names that begin with x-: %s", (file) => {
    const text = '{"x-defaults": {"any": ["thing"]}, "x-": 1, "brokers": [{"address": "a.example.com"}]}';

    expect(read(file, text)).toStrictEqual([{ address: "a.example.com" }]);
    expect(lines(file, text.replace('"address"', '"x-note": 1, "address"'))).toEqual([
      `${file}:1:68 brokers[0]."x-note": 1 is not a known property`,
    ]);
  });

  it("has room for anchors there, in YAML", () => {
    const text = [
      "x-defaults: &defaults { keyVersion: 2 }",
      "brokers:",
      "- <<: *defaults",
      "  address: a.example.com",
      "- { <<: *defaults, address: b.example.com, keyVersion: 3 }",
    ];

    expect(read("brokers.yaml", text)).toEqual([
      { keyVersion: 2, address: "a.example.com" },
      { keyVersion: 3, address: "b.example.com" },
    ]);
  });

  it("has no more than 32 MiB", () => {
    expect(lines("brokers.csv", Buffer.alloc(32 * 1024 * 1024 + 1, "a"))).toEqual([
      ': "brokers.csv" has 33554433 bytes, but at most 33554432 are read',
    ]);
  });

  it("may have a long text, which is refused as an address", () => {
    const [broker] = read("brokers.json", JSON.stringify({ brokers: [{ address: "a".repeat(30_000_000) }] }));

    expect(broker?.address).toHaveLength(30_000_000);
    expect(problemsOf(() => Address.parse(broker?.address ?? ""))).toMatchObject([
      { reason: "is 30000000 characters long" },
    ]);
  });

  it.each<[file: string, text: string, place: string]>([
    ["brokers.json", `{"brokers":${"[".repeat(100_000)}`, "brokers.json:1:111"],
    ["brokers.json", `{"brokers":${'{"a":'.repeat(100_000)}1${"}".repeat(100_001)}`, "brokers.json:1:507"],
    ["brokers.yaml", `brokers: ${"[".repeat(100_000)}`, "brokers.yaml:1:"],
  ])("is not nested without end: %s", (file, text, place) => {
    const [problem, ...others] = problems(file, text).filter(({ reason }) => reason === "is nested too deeply");

    expect(others).toEqual([]);
    expect(problem?.path).toMatch(new RegExp(`^${place}`));
  });

  it.each(["brokers.yaml", "brokers.json"])("may have 20,000 unknown names, all of which are told: %s", (file) => {
    const names = Array.from({ length: 20_000 }, (_, index) => `"k${index}": 0`);
    const found = problems(file, `{"brokers": [{\n${names.join(",\n")},\n"address": "a.example.com"}]}`);

    expect(found).toHaveLength(20_000);
    expect(found.at(-1)).toMatchObject({ path: `${file}:20001:11 brokers[0].k19999`, value: "0" });
  });

  it("may have 9,000 aliases, of which each is where its anchor is", () => {
    const text = [
      "x-one: &one { address: a.example.com, keyVersion: x }",
      "brokers:",
      ...Array<string>(9_000).fill("- *one"),
    ];
    const found = problems("brokers.yaml", text);

    expect(found).toHaveLength(9_000);
    expect(found.at(-1)?.path).toBe("brokers.yaml:1:51 brokers[8999].keyVersion");
  });
});

describe("a fleet of brokers from files", () => {
  const authority = { subject: { commonName: "Plant MQTT CA" } };

  /** The places of a fleet's problems. */
  function places(brokers: readonly BrokerProps[]): string[] {
    const found = new Problems();
    readFleet({ authority, brokers }, found);
    return found.toError("the fleet").problems.map(({ path }) => withOrigin(path, brokers));
  }

  it("has its problems with their places in the files, whichever of their brokers it takes, in any order", () => {
    const yaml = ["brokers:", "  - address: a.example.com", "  - address: b.example.com:8883", "    keyVersion: 2"];
    const csv = ["address,alternativeAddresses", "a.example.com,", "c.example.com,d.example.com e_.example.com"];
    const brokers = [...read("north.yaml", yaml), ...read("south.csv", csv), { address: "f:1" }];

    expect(places(brokers)).toEqual([
      "north.yaml:3:14 brokers[1].address",
      "south.csv:3 brokers[3].alternativeAddresses[1]",
      "brokers[4].address",
      "south.csv:2 brokers[2].address",
    ]);
    expect(places(brokers.slice(1, 2))).toEqual(["north.yaml:3:14 brokers[0].address"]);
  });

  it("has the broker's place for what is not there", () => {
    const [broker] = read("brokers.json", '{"brokers": [\n  {"address": "a.example.com"}]}');

    expect(withOrigin("brokers[0]", [broker ?? {}])).toBe("brokers.json:2:3 brokers[0]");
    expect(withOrigin("brokers[0].subject.country", [broker ?? {}])).toBe(
      "brokers.json:2:3 brokers[0].subject.country",
    );
  });

  it("has paths alone for other problems", () => {
    const brokers = read("brokers.json", '{"brokers": [{"address": "a.example.com"}]}');

    expect(withOrigin("duration", brokers)).toBe("duration");
    expect(withOrigin("brokers[1].address", brokers)).toBe("brokers[1].address");
    expect(
      withOrigin(
        "brokers[0].address",
        brokers.map((broker) => ({ ...broker })),
      ),
    ).toBe("brokers[0].address");
  });
});

describe("the schema", () => {
  interface Schema {
    readonly properties: Readonly<Record<string, Property>>;
  }
  interface Property extends Partial<Schema> {
    readonly description?: string;
    readonly examples?: readonly unknown[];
    readonly enum?: readonly string[];
    readonly items?: Property;
  }
  const schema = JSON.parse(readFileSync(join(REPOSITORY, "schema/fleet.schema.json"), "utf8")) as Schema;
  const broker = schema.properties["brokers"]?.items?.properties ?? {};

  it("has every property of a broker, and no other", () => {
    expect(Object.keys(broker)).toEqual(Object.keys(FULL));
    expect(Object.keys(broker).sort()).toEqual([...namesIn(BROKER)].sort());
    expect(Object.keys(broker["subject"]?.properties ?? {})).toEqual(Object.keys(FULL.subject));
  });

  it("has every key algorithm, and no other", () => {
    const fields: object = KeyAlgorithm;
    const algorithms = Object.values(fields).filter((value) => value instanceof KeyAlgorithm);

    expect(algorithms).not.toHaveLength(0);
    expect(broker["keyAlgorithm"]?.enum).toEqual(algorithms.map(String));
  });

  it.each(Object.entries({ ...schema.properties, ...broker, ...broker["subject"]?.properties }))(
    "describes %s, with examples",
    (_, { description, examples }) => {
      expect(description).toMatch(/\.$/);
      expect(examples).not.toHaveLength(0);
    },
  );

  it("takes its examples", () => {
    for (const [name, { examples = [] }] of Object.entries(broker)) {
      for (const example of examples) {
        const text = JSON.stringify({ brokers: [{ address: "a.example.com", [name]: example }] });
        expect(problems("brokers.json", text)).toEqual([]);
      }
    }
  });
});

describe("docs/how-to/fleet-files.md", () => {
  const page = readFileSync(join(REPOSITORY, "docs/how-to/fleet-files.md"), "utf8");

  /** The first block of a language below a heading. */
  function block(heading: string, language: string): string {
    const [, section = ""] = page.split(`\n## ${heading}\n`);
    const [, text = ""] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "ms").exec(section) ?? [];
    return text;
  }

  it("has the same brokers in all languages", () => {
    const [yaml, json, csv] = ["yaml", "json", "csv"].map((language) =>
      read(`brokers.${language}`, block("What is in it", language)),
    );

    expect(yaml).toHaveLength(2);
    expect(json).toEqual(yaml);
    expect(csv).toEqual(yaml);
  });

  it("shows what a file's problems look like", () => {
    const { message } = withFile("brokers.yaml", block("Errors", "yaml"), () => refusalOf("brokers.yaml"));

    expect(page).toContain(`\n\`\`\`\n${message}\n\`\`\`\n`);
  });
});

function refusalOf(file: string): Error {
  try {
    brokersFromFile(file);
  } catch (error) {
    if (error instanceof Error) {
      return error;
    }
  }
  throw new Error("Nothing was refused.");
}
