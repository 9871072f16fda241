import type { FilePlace } from "../../../lib/cli/declared/file-place";
import { declarationsOf } from "../../../lib/cli/declared/declared-in-option";
import { InputError } from "../../../lib/cli/input-error";
import { InvalidInputError } from "../../../lib/errors";

const SCRIPT = `// { address: "mqtt-1.example.com" }
/* "mqtt-2.example.com" */
const pattern = /"mqtt-2.example.com"/;
const text = \`\${1 / 2} "mqtt-2.example.com" /\`;
const dialled = "mqtt-2.example.com";
new BrokerPki(app, "mqtt", {
  authority: { subject: { commonName: "Plant CA" } },
  brokers: [
    { address: "mqtt-1.example.com" },
    { "address": \`2001:DB8:0::10\` },
    { address: 'mqtt-2.example.com' },
    ...["mqtt-3.example.com"].map((name) => ({ address: name })),
    ...brokersFromFile("north.csv"),
  ],
});
`;

const YAML = `x-defaults: &defaults { duration: 90 days }
brokers:
  - address: "*.plant.example.com"
    <<: *defaults
  - { keyVersion: 2, address: MQTT-4.example.com }
`;

const JSON_TEXT = `{
  "brokers": [
    { "address": "mqtt-5.example.com" },
    { "keyVersion": 2,
      "address": "mqtt-6.example.com" }
  ]
}`;

const CSV = 'subject.organization,address\n"Two\nlines",mqtt-7.example.com\n,mqtt-8.example.com\n';

/** Where only these files are. */
function holding(files: Readonly<Record<string, string>>): Parameters<typeof declarationsOf>[0] {
  const find = (file: string) => Promise.resolve(files[file] === undefined ? undefined : Buffer.from(files[file]));
  return { find, read: async (file) => (await find(file)) ?? Buffer.of() };
}

/** Where each of names is declared. */
async function placesOf(
  files: Readonly<Record<string, string>>,
  names: readonly string[],
  declaredIn?: readonly string[],
): Promise<(FilePlace | undefined)[]> {
  const declarations = await declarationsOf(holding(files), declaredIn === undefined ? {} : { declaredIn });
  return names.map((name) => declarations.placeOf([name]));
}

describe("declarationsOf", () => {
  it("declarationsOf finds a string in TypeScript, not a comment, a pattern or a part of a text", async () => {
    const names = ["mqtt-1.example.com", "2001:db8::10", "mqtt-2.example.com", "mqtt-3.example.com", "Plant CA"];

    expect(await placesOf({ "main.ts": SCRIPT }, names)).toEqual([
      { file: "main.ts", line: 9, col: 16 },
      { file: "main.ts", line: 10, col: 18 },
      { file: "main.ts", line: 11, col: 16 },
      { file: "main.ts", line: 12, col: 9 },
      { file: "main.ts", line: 7, col: 39 },
    ]);
  });

  it.each([
    ["brokers.yaml", YAML, "*.plant.example.com", { line: 3, col: 14 }],
    ["brokers.yml", YAML, "mqtt-4.example.com", { line: 5, col: 31 }],
    ["brokers.json", JSON_TEXT, "mqtt-6.example.com", { line: 5, col: 18 }],
    ["brokers.csv", CSV, "mqtt-7.example.com", { line: 2 }],
    ["brokers.csv", CSV, "mqtt-8.example.com", { line: 4 }],
  ])("declarationsOf finds the address in %s", async (file, text, name, position) => {
    expect(await placesOf({ [file]: text }, [name])).toEqual([{ file, ...position }]);
    expect(await placesOf({ [`fleet/${file}`]: text }, [name], [`fleet/${file}`])).toEqual([
      { file: `fleet/${file}`, ...position },
    ]);
  });

  it("declarationsOf searches the files that a script reads", async () => {
    expect(await placesOf({ "main.ts": SCRIPT, "north.csv": CSV }, ["mqtt-8.example.com"])).toEqual([
      { file: "north.csv", line: 4 },
    ]);
  });

  it("declarationsOf searches such a file in the script's directory, too", async () => {
    expect(
      await placesOf({ "infra/main.ts": SCRIPT, "infra/north.csv": CSV }, ["mqtt-8.example.com"], ["infra/main.ts"]),
    ).toEqual([{ file: "infra/north.csv", line: 4 }]);
  });

  it("declarationsOf searches only the named files, if there are any", async () => {
    const files = { "main.ts": SCRIPT, "a.yaml": YAML, "b.ts": 'f("mqtt-9.example.com")' };

    expect(await placesOf(files, ["mqtt-1.example.com", "mqtt-9.example.com"], ["a.yaml", "b.ts"])).toEqual([
      undefined,
      { file: "b.ts", line: 1, col: 3 },
    ]);
  });

  it("declarationsOf finds nothing without files, or if a file is something else", async () => {
    const files = { "brokers.json": "[1, {]", "brokers.yaml": "brokers: [1, { address: 2 }]", "brokers.csv": "a" };

    expect(await placesOf({}, ["a"])).toEqual([undefined]);
    expect(await placesOf(files, ["a"])).toEqual([undefined]);
  });

  it.each([
    ["a.txt", "address", InputError],
    ["a.yaml", "brokers: [", InvalidInputError],
    ["mqtt-pki.yaml", "rules: []", InputError],
  ])("declarationsOf refuses a named file without brokers: %s", async (file, text, error) => {
    await expect(declarationsOf(holding({ [file]: text }), { declaredIn: [file] })).rejects.toThrow(error);
  });

  it("declarationsOf ignores a default file that cannot be read", async () => {
    const { find, read } = holding({ "brokers.yaml": YAML });
    const findOrFail = (file: string) =>
      file === "main.ts" ? Promise.reject(new InputError(file, "is a directory", "name a file")) : find(file);
    const declarations = await declarationsOf({ find: findOrFail, read }, {});

    expect(declarations.placeOf(["mqtt-4.example.com"])).toMatchObject({ file: "brokers.yaml" });
  });

  it("Declarations.mainFile is the file that declares the most names", async () => {
    const world = holding({ "main.ts": 'brokersFromFile("north.csv"); f({ address: "a" })', "north.csv": CSV });

    expect((await declarationsOf(world, {})).mainFile).toBe("north.csv");
    expect((await declarationsOf(holding({}), {})).mainFile).toBeUndefined();
  });

  it("declarationsOf takes linear time for many brokers", async () => {
    const count = 10_000;
    const brokers = Array.from({ length: count }, (_, at) => `  - address: mqtt-${at}.example.com\n`);
    const places = await placesOf(
      { "brokers.yaml": `brokers:\n${brokers.join("")}` },
      brokers.map((_, at) => `mqtt-${at}.example.com`),
    );

    expect(places.map((place) => place?.line)).toEqual(brokers.map((_, at) => at + 2));
  });
});
