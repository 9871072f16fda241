import { createPrivateKey, X509Certificate } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeOneBareEngine, describeOneEngine } from "./support/custodies";
import { Example } from "./support/example";
import { describeWith, type Engine, machine } from "./support/machine";
import { commandsBelow } from "./support/pages";
import { findPostgres, Postgres } from "./support/postgres";

const EXAMPLES = join(__dirname, "../../examples");
const NAMES = readdirSync(EXAMPLES, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

const MQTT = ["mqtt-1.plant.example.com", "mqtt-2.plant.example.com"];

/** The folders of the brokers of two examples. */
const SMALL = ["2001-db8--10", ...MQTT];

/** The commands below a heading of an example's README. */
function commandsOf(readme: "examples/broker-requests/README.md" | "examples/imported-authority/README.md"): string {
  const heading = readme.includes("requests") ? "On the broker" : "Make an authority to try it";
  return commandsBelow(`../${readme}`, heading);
}

/** An example that is copied before the tests of its `describe`, and removed after them. */
function exampleOf(name: string, engine: Engine, custody: "state" | "machine"): Example {
  const example = new Example(name, engine, custody);
  beforeAll(() => {
    example.copy();
  });
  afterAll(() => {
    example.project.remove();
  });
  return example;
}

describe("examples/", () => {
  const [engine] = machine().engines;
  if (engine === undefined) {
    throw new Error("no engine is known");
  }

  it.each(NAMES)("examples/%s has a README of at most 20 lines, and an app", (name) => {
    const readme = readFileSync(join(EXAMPLES, name, "README.md"), "utf8");

    expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(20);
    expect(JSON.parse(readFileSync(join(EXAMPLES, name, "cdktf.json"), "utf8"))).toMatchObject({
      app: "node --import tsx main.ts",
    });
    expect(readFileSync(join(EXAMPLES, "README.md"), "utf8")).toContain(`(${name}/)`);
  });

  it("examples/cdk-terrain declares the fleet of examples/small-fleet, with custody machine", () => {
    const [terrain, small] = ["cdk-terrain", "small-fleet"].map((name) =>
      readFileSync(join(EXAMPLES, name, "main.ts"), "utf8"),
    );

    expect(
      terrain
        ?.replace('"cdktn"', '"cdktf"')
        .replace('"cdktf-mqtt-pki/cdktn"', '"cdktf-mqtt-pki"')
        .replace('  custody: "machine",\n', ""),
    ).toBe(small);
  });

  describe("examples/yaml-shards-postgresql, synthesized", () => {
    const example = exampleOf("yaml-shards-postgresql", engine, "state");

    it("examples/yaml-shards-postgresql synthesizes three stacks, each with a schema of its database", async () => {
      const stacks = await example.synthesize();
      const schemas = stacks.map((stack) => {
        const text = example.read(`cdktf.out/stacks/${stack}/cdk.tf.json`);
        const { terraform } = JSON.parse(text) as { terraform: { backend: { pg: { schema_name: string } } } };
        return terraform.backend.pg.schema_name;
      });

      expect(stacks).toEqual(["mqtt", "mqtt-1", "mqtt-2"]);
      expect(schemas).toEqual(["mqtt", "mqtt_1", "mqtt_2"]);
    });
  });
});

describeOneBareEngine("examples that make keys without providers", (engine) => {
  describe.each(["small-fleet", "cdk-terrain"])("examples/%s", (name) => {
    const example = exampleOf(name, engine, "machine");

    it(`examples/${name} deploys certificates that clients accept, and has nothing to do afterwards`, async () => {
      await example.deploy();

      expect(await example.accepted()).toEqual(SMALL);
      expect(example.project.flaws()).toEqual([]);
      expect(await example.project.planned()).toEqual({});
    });
  });

  describe("examples/broker-requests", () => {
    const example = exampleOf("broker-requests", engine, "machine");
    const edge = "pki/brokers/edge-7.plant.example.com";

    it("examples/broker-requests certifies the sample request", async () => {
      await example.deploy();

      expect(await example.accepted()).toEqual(["edge-7.plant.example.com", "mqtt-1.plant.example.com"]);
    });

    it("examples/broker-requests certifies the key that its README's command makes, and has no such key", async () => {
      await example.follow(commandsOf("examples/broker-requests/README.md"));
      await example.deploy();
      const certificate = new X509Certificate(example.read(`${edge}/server.pem`));

      expect(certificate.checkPrivateKey(createPrivateKey(example.read("edge-7/server.key")))).toBe(true);
      expect(existsSync(example.project.path(edge, "server.key"))).toBe(false);
      expect(await example.accepted()).toEqual(["edge-7.plant.example.com", "mqtt-1.plant.example.com"]);
    });
  });

  describe("examples/imported-authority", () => {
    const example = exampleOf("imported-authority", engine, "machine");

    it("examples/imported-authority signs with the authority that its README's command makes", async () => {
      await example.follow(commandsOf("examples/imported-authority/README.md"));
      await example.deploy();

      expect(await example.accepted("ca/ca.pem")).toEqual(MQTT);
      expect(new X509Certificate(example.read("pki/ca.pem")).fingerprint256).toBe(
        new X509Certificate(example.read("ca/ca.pem")).fingerprint256,
      );
      expect(existsSync(example.project.path("pki/ca.key"))).toBe(false);
      expect(await example.project.planned()).toEqual({});
    });
  });

  describe("examples/rollover", () => {
    const example = exampleOf("rollover", engine, "machine");
    const keys = (): string[] => MQTT.map((broker) => example.read(`pki/brokers/${broker}/server.key`));

    /** Deploys a step, and keeps its ca.pem for clients that get no newer one. */
    async function deploy(step: string): Promise<string[]> {
      await example.deploy({ STEP: step });
      copyFileSync(example.project.path("pki/ca.pem"), example.project.path(`ca-${step}.pem`));
      return keys();
    }

    it("examples/rollover keeps every client that has the ca.pem of the step before, and every key", async () => {
      const before = await deploy("start");
      expect(await deploy("trust")).toEqual(before);
      expect(await example.accepted("ca-start.pem")).toEqual(MQTT);

      expect(await deploy("sign")).toEqual(before);
      expect(await example.accepted("ca-start.pem")).toEqual([]);
      expect(await example.accepted("ca-trust.pem")).toEqual(MQTT);

      expect(await deploy("finish")).toEqual(before);
      expect(await example.accepted("ca-trust.pem")).toEqual(MQTT);
      expect(await example.accepted("ca-finish.pem")).toEqual(MQTT);
      expect(example.read("ca-finish.pem").match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
    });
  });
});

describeOneEngine("examples with custody state", (engine) => {
  describe("examples/small-fleet", () => {
    const example = exampleOf("small-fleet", engine, "state");

    it("examples/small-fleet deploys certificates that clients accept, with custody state too", async () => {
      await example.deploy();

      expect(await example.accepted()).toEqual(SMALL);
      expect(example.project.flaws()).toEqual([]);
      expect(await example.project.planned()).toEqual({});
    });
  });

  describeWith([findPostgres()], "examples/yaml-shards-postgresql", () => {
    const example = exampleOf("yaml-shards-postgresql", engine, "state");
    let server: Postgres;

    beforeAll(async () => {
      server = await Postgres.start();
      Object.assign(process.env, server.credentials);
    });
    afterAll(async () => {
      for (const name of Object.keys(server.credentials)) {
        Reflect.deleteProperty(process.env, name);
      }
      await server.stop();
    });

    it("examples/yaml-shards-postgresql deploys its shards, with their states in the database", async () => {
      const database = await server.createDatabase("states");
      example.replace("postgres://db.example.com/states?sslmode=verify-full", database);
      await example.deploy();

      expect(await example.accepted()).toEqual(["192.0.2.10", ...MQTT, "mqtt-3.plant.example.com"]);
      expect(await server.psql(database, "SELECT count(*) FROM mqtt.states")).toBe("1");
      expect(await server.psql(database, "SELECT count(*) FROM mqtt_2.states")).toBe("1");
    });
  });
});
