import { mkdirSync } from "node:fs";
import { Problems } from "../../lib/errors";
import { Address } from "../../lib/values/address";
import { Duration } from "../../lib/values/duration";
import { brokersFromFile } from "../../lib/fleet-file/fleet-file";
import { withOrigin } from "../../lib/fleet-file/origin";
import { readFleet } from "../../lib/spec/fleet";
import type { BrokerProps } from "../../lib/spec/fleet-props";
import { KeyAlgorithm } from "../../lib/values/key-algorithm";
import { problemsOf } from "../support/problems";
import { inNewDirectory } from "../support/synth";
import { withFile, read, problems, lines, FULL, refusalOf } from "./support";

/** The same as a file says it. */
const FULL_IN_FILE = { ...FULL, keyAlgorithm: "ECDSA-P256", duration: "90 days", renewBefore: "36 hours" };

describe("brokersFromFile", () => {
  it.each(["brokers.yaml", "brokers.yml", "brokers.json", "BROKERS.JSON"])(
    "brokersFromFile reads every property of a broker from %s",
    (file) => {
      const text = JSON.stringify({ $schema: "./fleet.schema.json", brokers: [FULL_IN_FILE, { address: "::1" }] });

      expect(read(file, text)).toStrictEqual([FULL, { address: "::1" }]);
    },
  );

  it("brokersFromFile reads every property of a broker from CSV", () => {
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
  ])("brokersFromFile reads %s", (duration, expected) => {
    const text = JSON.stringify({ brokers: [{ address: "a.example.com", duration }] });

    expect(read("brokers.json", text)).toEqual([{ address: "a.example.com", duration: expected }]);
  });

  it.each([[KeyAlgorithm.RSA_2048], [KeyAlgorithm.ECDSA_P384], [KeyAlgorithm.ED25519]])(
    "brokersFromFile reads %s",
    (keyAlgorithm) => {
      const text = ["brokers:", `  - { address: a.example.com, keyAlgorithm: ${keyAlgorithm.name} }`];

      expect(read("brokers.yaml", text)).toEqual([{ address: "a.example.com", keyAlgorithm }]);
    },
  );

  it("brokersFromFile leaves checks between brokers to the fleet", () => {
    expect(read("brokers.yaml", "brokers: []")).toEqual([]);
    expect(read("brokers.yaml", "brokers: [{ address: 'a:8883' }]")).toEqual([{ address: "a:8883" }]);
  });

  it.each<[unknown, string]>([
    ["nothing.yaml", "does not exist"],
    ["folder.yaml/", "does not exist"],
    ["brokers.toml", "is not the name of a file of brokers"],
    ["brokers", "is not the name of a file of brokers"],
    [undefined, "is not the name of a file of brokers"],
  ])("brokersFromFile refuses %p, which %s", (file, reason) => {
    inNewDirectory(() => {
      expect(problemsOf(() => brokersFromFile(file as string))).toMatchObject([{ reason }]);
    });
  });

  it("brokersFromFile refuses a folder", () => {
    inNewDirectory(() => {
      mkdirSync("brokers.yaml");

      expect(problemsOf(() => brokersFromFile("brokers.yaml"))).toMatchObject([{ reason: "cannot be read" }]);
    });
  });

  it.each(["brokers.yaml", "brokers.json", "brokers.csv"])(
    "brokersFromFile refuses %s in another encoding than UTF-8",
    (file) => {
      expect(problems(file, Buffer.from("address\nmünchen.example.com", "latin1"))).toMatchObject([
        { value: `"${file}"`, reason: "is not in UTF-8", fix: "save it in UTF-8" },
      ]);
    },
  );

  it("brokersFromFile starts the stack trace at its caller", () => {
    const error = inNewDirectory(() => {
      try {
        return brokersFromFile("nothing.yaml");
      } catch (thrown) {
        return thrown;
      }
    });

    expect((error as Error).stack?.split("\n    at ")[1]).toContain("brokers-from-file.test.ts");
  });
});

describe("Problems of a fleet file's content", () => {
  it("brokersFromFile reports all problems at once, each with place, value, reason and fix", () => {
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

  it("brokersFromFile finds the same places in JSON with any line breaks and indents", () => {
    const text =
      '{\r\n\t"brokers": [\r\n\t\t{ "address": 1 },\r\n\t\t{ "address": "a.example.com", "keyVersion": "2" }]}';

    expect(lines("brokers.json", text)).toEqual([
      "brokers.json:3:16 brokers[0].address: 1 is not text",
      'brokers.json:4:47 brokers[1].keyVersion: "2" is not a whole number',
    ]);
  });

  it("brokersFromFile finds places in CSV after quotes, line breaks in cells, empty lines and multi-byte letters", () => {
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
  ])("brokersFromFile reports a problem of %s with %j", (file, text, problem) => {
    expect(lines(file, text)).toEqual([problem]);
  });

  it("brokersFromFile places the problem of an alias at its anchor, and of a merged broker at the broker", () => {
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

  it("brokersFromFile refuses a value that is neither true nor false", () => {
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

  it("brokersFromFile refuses a number outside its limits, and names the limit", () => {
    const brokers = [999, 10_000_001].map((passwordIterations) => ({ address: "a", passwordIterations }));

    expect(problems("brokers.json", JSON.stringify({ brokers }))).toMatchObject([
      { value: "999", reason: "is less than 1000", fix: "write it as in 600000" },
      { value: "10000001", reason: "is more than 10000000", fix: "write it as in 600000" },
    ]);
  });

  it("brokersFromFile shows no value that may be a secret", () => {
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

describe("Fleet files of any format", () => {
  const FILES = {
    "brokers.yaml": "brokers:\n- address: a.example.com\n  subject: { organization: Müller }\n",
    "brokers.json": '{"brokers": [\n{"address": "a.example.com", "subject": {"organization": "Müller"}}]}\n',
    "brokers.csv": "address,subject.organization\na.example.com,Müller\n",
  };
  const expected = [{ address: "a.example.com", subject: { organization: "Müller" } }];

  it.each(Object.entries(FILES))("A fleet file may be in UTF-16 or UTF-8, with or without a mark: %s", (file, text) => {
    for (const written of [text, `\ufeff${text}`, text.replaceAll("\n", "\r\n")]) {
      expect(read(file, Buffer.from(written))).toStrictEqual(expected);
      expect(read(file, Buffer.from(written, "utf16le"))).toStrictEqual(expected);
      expect(read(file, Buffer.from(written, "utf16le").swap16())).toStrictEqual(expected);
    }
  });

  it.each(["brokers.yaml", "brokers.json"])(
    "A fleet file may have names that begin with x-, which are not read: %s",
    (file) => {
      const text = '{"x-defaults": {"any": ["thing"]}, "x-": 1, "brokers": [{"address": "a.example.com"}]}';

      expect(read(file, text)).toStrictEqual([{ address: "a.example.com" }]);
      expect(lines(file, text.replace('"address"', '"x-note": 1, "address"'))).toEqual([
        `${file}:1:68 brokers[0]."x-note": 1 is not a known property`,
      ]);
    },
  );

  it("A YAML fleet file may have its anchors under x-", () => {
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

  it("A fleet file has at most 32 MiB", () => {
    expect(lines("brokers.csv", Buffer.alloc(32 * 1024 * 1024 + 1, "a"))).toEqual([
      ': "brokers.csv" has 33554433 bytes, but at most 33554432 are read',
    ]);
  });

  it("A fleet file may have a long text, which is refused as an address", () => {
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
  ])("A fleet file is refused if it is nested too deeply: %s", (file, text, place) => {
    const [problem, ...others] = problems(file, text).filter(({ reason }) => reason === "is nested too deeply");

    expect(others).toEqual([]);
    expect(problem?.path).toMatch(new RegExp(`^${place}`));
  });

  it.each(["brokers.yaml", "brokers.json"])(
    "A fleet file with 20,000 unknown names gets a problem for each: %s",
    (file) => {
      const names = Array.from({ length: 20_000 }, (_, index) => `"k${index}": 0`);
      const found = problems(file, `{"brokers": [{\n${names.join(",\n")},\n"address": "a.example.com"}]}`);

      expect(found).toHaveLength(20_000);
      expect(found.at(-1)).toMatchObject({ path: `${file}:20001:11 brokers[0].k19999`, value: "0" });
    },
  );

  it("A fleet file may have 9,000 aliases, each with the place of its anchor", () => {
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

describe("A fleet with brokers from files", () => {
  const authority = { subject: { commonName: "Plant MQTT CA" } };

  /** The places of a fleet's problems. */
  function places(brokers: readonly BrokerProps[]): string[] {
    const found = new Problems();
    readFleet({ authority, brokers }, found);
    return found.toError("the fleet").problems.map(({ path }) => withOrigin(path, brokers));
  }

  it("A fleet reports problems with their places in the files, for any of their brokers in any order", () => {
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

  it("A fleet reports a missing value at the place of its broker", () => {
    const [broker] = read("brokers.json", '{"brokers": [\n  {"address": "a.example.com"}]}');

    expect(withOrigin("brokers[0]", [broker ?? {}])).toBe("brokers.json:2:3 brokers[0]");
    expect(withOrigin("brokers[0].subject.country", [broker ?? {}])).toBe(
      "brokers.json:2:3 brokers[0].subject.country",
    );
  });

  it("A fleet reports other problems with the path alone", () => {
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
