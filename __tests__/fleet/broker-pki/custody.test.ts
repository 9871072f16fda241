import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { App } from "cdktf";
import { type BrokerPkiProps, type Custody, CUSTODY_CONTEXT } from "../../../lib";
import { inNewDirectory, reasons, refusal, synthesize } from "../../support/synth";
import { AUTHORITY, AWKWARD, fleet, declared, brokers, refused, create } from "./support";

describe.each<[Custody, boolean, number]>([
  ["state", true, 5],
  ["machine", false, 0],
])('The synthesized text with custody "%s"', (custody, outputs, resourcesPerBroker) => {
  const props: BrokerPkiProps = { authority: AUTHORITY, brokers: brokers(...AWKWARD), custody, outputs };

  it("The synthesized text is the same in any order of declaration", () => {
    const reversed = fleet({
      ...props,
      brokers: brokers(...AWKWARD)
        .reverse()
        .map((broker) => ({ ...broker, alternativeAddresses: ["y.z", "x.z"] })),
    });
    const ordered = fleet({
      ...props,
      brokers: brokers(...AWKWARD).map((broker) => ({ alternativeAddresses: ["x.z", "y.z"], ...broker })),
    });

    expect(reversed).toEqual(ordered);
  });

  it("The synthesized text is the same in any directory, and names none", () => {
    expect(fleet(props)).toEqual(fleet(props));
    inNewDirectory((directory) => {
      expect(declared(props).wholeText).not.toContain(directory);
    });
  });

  it("The synthesized text is the same for other spellings of the same addresses", () => {
    const other = fleet({
      ...props,
      brokers: brokers("A.B.", "AB", ...AWKWARD.slice(2).map((text) => text.toUpperCase())),
    });

    expect(other).toEqual(fleet(props));
  });

  it("The synthesized text changes for an added broker only in that broker's own resources", () => {
    const before = fleet({ ...props, brokers: brokers(...AWKWARD) }).resources;
    const after = fleet({ ...props, brokers: brokers("added.example.com", ...AWKWARD) }).resources;

    expect(Object.keys(after).filter((address) => !(address in before))).toHaveLength(resourcesPerBroker);
    for (const address of Object.keys(before)) {
      expect(after[address]).toEqual(before[address]);
    }
  });

  it("The synthesized text contains no key, not even an existing one", () => {
    inNewDirectory(() => {
      const { privateKey } = generateKeyPairSync("ed25519");
      const pem = privateKey.export({ type: "pkcs8", format: "pem" });
      const base64 = privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");
      const [, body = ""] = String(pem).split("\n");
      mkdirSync("pki/brokers/a.b", { recursive: true });
      for (const path of ["pki/ca.key", "pki/brokers/a.b/server.key"]) {
        writeFileSync(path, pem, { mode: 0o600 });
      }
      const { wholeText } = declared(props);

      expect(wholeText).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY-----/);
      expect(wholeText).not.toContain(body);
      expect(wholeText).not.toContain(base64);
    });
  });
});

describe('custody "state"', () => {
  it('Custody "state" pins the versions of the providers', () => {
    expect(fleet({ brokers: brokers("a.b") }).json.terraform.required_providers).toEqual({
      local: { source: "hashicorp/local", version: "2.6.1" },
      tls: { source: "hashicorp/tls", version: "4.1.0" },
    });
  });
});

describe("The custody in the app's context", () => {
  const inContext =
    (custody: unknown, props: Partial<BrokerPkiProps> = {}) =>
    (app: App) => {
      app.node.setContext(CUSTODY_CONTEXT, custody);
      create(app, props);
    };
  const typesOf = (declare: (app: App) => void): string[] =>
    inNewDirectory(() => Object.keys(synthesize(declare)["mqtt"]?.json.resource ?? {}));

  it("The custody of the app's context applies to a fleet without a declared one", () => {
    expect(typesOf(inContext("machine"))).toEqual(["terraform_data"]);
    expect(typesOf(inContext("machine", { custody: undefined as never }))).toEqual(["terraform_data"]);
  });

  it("The custody of the app's context does not apply to a fleet with a declared one", () => {
    expect(typesOf(inContext("machine", { custody: "state" }))).toContain("tls_private_key");
  });

  it("The custody of the app's context is refused if it is invalid", () => {
    expect(inNewDirectory(() => reasons(refusal(inContext("file"))))).toEqual(["custody: is not a custody"]);
  });
});

describe('custody "machine"', () => {
  const IN_ONE_STACK =
    'would spread the fleet over several stacks, which custody "machine" does not support: one stack holds ten thousand brokers';

  it('Custody "machine" needs no provider, and no variable', () => {
    const { json } = fleet({ custody: "machine", brokers: brokers(...AWKWARD) });

    expect(json.terraform).not.toHaveProperty("required_providers");
    expect(json).not.toHaveProperty("provider");
    expect(json).not.toHaveProperty("variable");
    expect(Object.keys(json.resource ?? {})).toEqual(["terraform_data"]);
  });

  it.each<[string, Partial<BrokerPkiProps>, string]>([
    [
      "outputs",
      { outputs: true },
      'outputs: would put private keys into the state: custody "machine" keeps them out of it',
    ],
    [
      "to write no files",
      { files: false },
      'files: leaves no place for the keys: custody "machine" keeps them only in files',
    ],
    [
      "to keep the authority's key back",
      { exportAuthorityKey: false },
      `exportAuthorityKey: leaves no place for the authority's key: custody "machine" keeps it only in ca.key`,
    ],
    ["a number of shards", { shards: 3 }, `shards: ${IN_ONE_STACK}`],
    [
      "brokers that name shards",
      { brokers: [{ address: "a.b", shard: "north" }] },
      `brokers[0].shard: ${IN_ONE_STACK}`,
    ],
    [
      "a broker that names a shard, and one that does not",
      { brokers: [{ address: "c.d" }, { address: "a.b", shard: "north" }] },
      `brokers[1].shard: ${IN_ONE_STACK}`,
    ],
    [
      "both, which it says once",
      { shards: 1, brokers: [{ address: "a.b", shard: "north" }, { address: "c.d" }] },
      `shards: ${IN_ONE_STACK}`,
    ],
  ])('Custody "machine" refuses %s', (_what, props, problem) => {
    expect(refused({ custody: "machine", ...props })).toEqual([problem]);
  });

  it('Custody "machine" accepts options that declare what it does anyway', () => {
    const declaration = { custody: "machine", brokers: brokers("a.b") } as const;

    expect(fleet({ ...declaration, outputs: false, files: true, exportAuthorityKey: true })).toEqual(
      fleet(declaration),
    );
  });

  it('Custody "machine" reports its problems with those of the fleet', () => {
    const problems = refused({
      custody: "machine",
      authority: { ...AUTHORITY, permittedDomains: ["plant.example.com"] },
      brokers: brokers("a_b", "c.d"),
      outputs: true,
      exportAuthorityKey: false,
      shards: 2,
    });

    expect(problems.map((problem) => problem.split(":")[0]).sort()).toEqual([
      "brokers[0].address",
      "brokers[1].address",
      "exportAuthorityKey",
      "outputs",
      "shards",
    ]);
  });
});
