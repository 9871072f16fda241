import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CDKS, Consumer } from "./support/consumer";
import { describeWith, machine } from "./support/machine";
import { allOf, run, succeed } from "./support/run";

const REPOSITORY = join(__dirname, "../..");
const { version } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as { version: string };

/** The maximum size of the package in bytes, 5 % above its size when this was written. */
const SIZE_BUDGET = { size: 800_000, unpackedSize: 4_100_000 };

let packed: string;
let tarball: string;

beforeAll(async () => {
  packed = mkdtempSync(join(tmpdir(), "packed-"));
  tarball = join(packed, `cdktf-mqtt-pki-${version}.tgz`);
  await succeed("npm", ["pack", "--pack-destination", packed], { cwd: REPOSITORY });
});
afterAll(() => {
  rmSync(packed, { recursive: true });
});

/** The content of the package that `npm pack` would make. */
async function listPackage(): Promise<{ files: { path: string }[]; size: number; unpackedSize: number }> {
  const options = ["pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=error"];
  const [listing] = JSON.parse(await succeed("npm", options, { cwd: REPOSITORY })) as Awaited<
    ReturnType<typeof listPackage>
  >[];
  if (listing === undefined) {
    throw new Error("npm pack lists no package");
  }
  return listing;
}

describe("the package", () => {
  it("The package holds the compiled library and its types, and nothing of this repository's own app", async () => {
    const files = (await listPackage()).files.map((file) => file.path);

    expect(files).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "dist/cdktf/index.js",
        "dist/cdktf/index.d.ts",
        "dist/cdktf/custody/machine/program.cjs",
        "dist/cdktf/custody/state/password/key-password.sh",
        "dist/cdktf/custody/state/reload/reload.sh",
        "dist/cdktf/cli/cli.js",
        "dist/cdktf/cli/page/bundle/script.js",
        "dist/cdktf/cli/page/bundle/style.css",
        "dist/cdktn/index.js",
        "dist/cdktn/index.d.ts",
        "dist/cdktn/custody/machine/program.cjs",
        "dist/cdktn/custody/state/password/key-password.sh",
        "dist/cdktn/custody/state/reload/reload.sh",
        "monitoring/check.rules.yml",
        "monitoring/dashboard.json",
        "monitoring/inventory.rules.yml",
        "schema/fleet.schema.json",
      ]),
    );
    expect(
      files.filter(
        (path) =>
          !/^(dist\/cdkt[fn]\/(.*\.(js|d\.ts)|cli\/page\/bundle\/style\.css|custody\/(machine\/program\.cjs|state\/(password\/key-password|reload\/reload)\.sh))|monitoring\/(\w+\.rules\.yml|dashboard\.json)|schema\/\w+\.schema\.json|LICENSE|README\.md|package\.json)$/.test(
            path,
          ),
      ),
    ).toEqual([]);
  });

  it("The package stays within SIZE_BUDGET, packed and unpacked", async () => {
    const found = await listPackage();
    const over = (["size", "unpackedSize"] as const).flatMap((name) =>
      found[name] <= SIZE_BUDGET[name]
        ? []
        : [
            `${name} is ${found[name]} bytes, and the budget is ${SIZE_BUDGET[name]}. See what grew: npm pack --dry-run. ` +
              "If that is meant, raise SIZE_BUDGET in __tests__/e2e/package.test.ts, and say why in the commit.",
          ],
    );

    expect(over).toEqual([]);
  });
});

describeWith([machine().npm], "the package without a CDK", () => {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "command-"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "command", private: true }));
    await succeed("npm", ["install", "--no-audit", tarball], { cwd: folder });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("The package installs without a CDK, and its program runs", async () => {
    const installed = readdirSync(join(folder, "node_modules"));

    expect(installed).toContain("cdktf-mqtt-pki");
    expect(installed.filter((name) => ["cdktf", "cdktn", "@cdktf", "@cdktn", "constructs"].includes(name))).toEqual([]);
    expect(await succeed("npx", ["mqtt-pki", "--version"], { cwd: folder })).toBe(`${version}\n`);
  });

  it("cdktf-mqtt-pki/reports works without a CDK", async () => {
    const program =
      'console.log(require("cdktf-mqtt-pki/reports").inventory([{ name: "pki", files: {} }]).certificates.length)';

    expect(await succeed(process.execPath, ["--eval", program], { cwd: folder })).toBe("0\n");
  });

  it.each([
    ["cdktf-mqtt-pki", "cdktf"],
    ["cdktf-mqtt-pki/cdktn", "cdktn"],
  ])("An import without its peer names the missing one: %s", async (entry, cdk) => {
    const { status, stderr } = await run(process.execPath, ["--eval", `require("${entry}")`], { cwd: folder });

    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`Cannot find module '(${cdk}|constructs)'`));
  });
});

const ON_MACHINE = `new BrokerPki(app, "line", {
  authority: { subject: { commonName: "Line CA" } },
  custody: "machine",
  directory: "line",
  brokers: [{ address: "mqtt-2.example.com" }],
});`;

const IN_STATE = `const fleet = new BrokerPki(app, "plant", {
  authority: { subject: { commonName: "Plant CA" } },
  passwordVariable: "broker_password",
  shards: 2,
  brokers: [{ address: "mqtt-1.example.com", duration: Duration.days(90), keyAlgorithm: KeyAlgorithm.ED25519 }],
});
const other = new TerraformStack(app, "other");
new TerraformOutput(other, "ca", { value: fleet.authority.certificatePem });
const name: string = fleet.server("mqtt-1.example.com").address.text;
console.log(name, InvalidInputError.name);`;

describeWith([machine().npm], "the package in a new project", () => {
  const consumers = new Map(CDKS.map((cdk) => [cdk.name, new Consumer(cdk)]));

  beforeAll(async () => {
    await Promise.all([...consumers.values()].map((consumer) => consumer.install(tarball)));
  });
  afterAll(() => {
    for (const consumer of consumers.values()) {
      consumer.remove();
    }
  });

  function consumerOf(name: string): Consumer {
    const consumer = consumers.get(name);
    if (consumer === undefined) {
      throw new Error(`no consumer ${name}`);
    }
    return consumer;
  }

  async function synthesize(consumer: Consumer): Promise<Record<string, unknown>> {
    expect(await consumer.run()).toMatchObject({ status: 0 });
    return consumer.synthesized();
  }

  describe.each(CDKS)("the package with $name", ({ name }) => {
    const consumer = (): Consumer => consumerOf(name);

    it("An installation with one CDK has no other CDK", () => {
      const installed = readdirSync(join(consumer().folder, "node_modules"));
      const isCdk = (folder: string) => CDKS.some((cdk) => [cdk.name, `@${cdk.name}`].includes(folder));

      expect(installed.filter(isCdk)).toEqual(name === "cdktf" ? ["@cdktf", "cdktf"] : ["cdktn"]);
    });

    it.each(["CommonJS", "Node16"] as const)(
      "A program with the package compiles in strict mode with all types: module %s",
      async (module) => {
        consumer().declare(ON_MACHINE);
        await consumer().compile(module);

        expect(Object.keys(await synthesize(consumer()))).toContainEqual(
          expect.stringMatching(/^stacks\/line\/.*mqtt-pki\.cjs$/),
        );
      },
    );

    for (const engine of machine().engines) {
      describeWith([engine], engine.name, () => {
        it("The package's own command deploys, and the next plan is empty", async () => {
          consumer().declare(ON_MACHINE);
          await consumer().compile();
          const deployed = await consumer().command(engine, "deploy", "--auto-approve");
          expect({ status: deployed.status, said: allOf(deployed) }).toMatchObject({ status: 0 });
          const again = await consumer().command(engine, "diff");
          const pem = (path: string) => new X509Certificate(readFileSync(join(consumer().folder, "line", path)));
          const server = pem("brokers/mqtt-2.example.com/server.pem");
          const isVerified = server.verify(pem("ca.pem").publicKey);
          await consumer().command(engine, "destroy", "--auto-approve");

          expect(allOf(again)).toContain("No changes.");
          expect(isVerified).toBe(true);
        });
      });
    }
  });

  it.each([
    ["cdktf", "small-fleet"],
    ["cdktn", "cdk-terrain"],
  ])("A project of %s compiles and synthesizes examples/%s", async (cdk, example) => {
    const consumer = consumerOf(cdk);
    consumer.takeExample(example);
    await consumer.compile();

    expect(Object.keys(await synthesize(consumer))).toContain("stacks/mqtt/cdk.tf.json");
  });

  it("Custody state without bindings names the bindings that it needs", async () => {
    const consumer = consumerOf("cdktn");
    consumer.declare(IN_STATE);
    await consumer.compile();
    const { status, stderr } = await consumer.run();

    expect(status).toBe(1);
    expect(stderr).toContain('1 problem in custody "state":\n');
    expect(stderr).toContain(
      '"@cdktn/provider-tls" is not installed; run npm install @cdktn/provider-tls @cdktn/provider-local; or choose',
    );
  });

  it("Both CDKs synthesize the same text, except for versions and comments", async () => {
    const [first, second] = [consumerOf("cdktf"), consumerOf("cdktn")];
    second.giveBindings();
    for (const consumer of [first, second]) {
      consumer.declare(`${IN_STATE}\n${ON_MACHINE}`);
      await consumer.compile();
    }
    const synthesized = await synthesize(first);

    const key = { tls_private_key: { "broker_mqtt-1_example_com": { algorithm: "ED25519" } } };
    expect(Object.values(synthesized)).toContainEqual(
      expect.objectContaining({ resource: expect.objectContaining(key) as unknown }),
    );
    expect(await synthesize(second)).toEqual(synthesized);
  });
});
