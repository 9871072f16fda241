import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith, machine } from "./support/machine";
import { run, succeed } from "./support/run";

const REPOSITORY = join(__dirname, "../..");
const { version, peerDependencies, devDependencies } = JSON.parse(
  readFileSync(join(REPOSITORY, "package.json"), "utf8"),
) as Record<"peerDependencies" | "devDependencies", Record<string, string>> & { version: string };

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

describe("the package", () => {
  it("holds the compiled library and its types, and nothing of this repository's own app", async () => {
    const [listing] = JSON.parse(
      await succeed("npm", ["pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=error"], {
        cwd: REPOSITORY,
      }),
    ) as { files: { path: string }[] }[];
    const files = listing?.files.map((file) => file.path) ?? [];

    expect(files).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "dist/index.js",
        "dist/index.d.ts",
        "dist/custody/machine/program.cjs",
        "dist/key-password.sh",
        "dist/cli/cli.js",
        "schema/fleet.schema.json",
      ]),
    );
    expect(
      files.filter(
        (path) =>
          !/^(dist\/(.*\.(js|d\.ts)|custody\/machine\/program\.cjs|key-password\.sh)|schema\/\w+\.schema\.json|LICENSE|README\.md|package\.json)$/.test(
            path,
          ),
      ),
    ).toEqual([]);
  });
});

describeWith([machine().npm], "the package alone, for its command", () => {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "command-"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "command", private: true }));
    await succeed("npm", ["install", "--no-audit", tarball], { cwd: folder });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("brings no CDK, and runs", async () => {
    const installed = readdirSync(join(folder, "node_modules"));

    expect(installed).toContain("cdktf-mqtt-pki");
    expect(installed.filter((name) => ["cdktf", "@cdktf", "constructs"].includes(name))).toEqual([]);
    expect(await succeed("npx", ["mqtt-pki", "--version"], { cwd: folder })).toBe(`${version}\n`);
  });

  it("says which peer a program lacks", async () => {
    const { status, stderr } = await run(process.execPath, ["--eval", 'require("cdktf-mqtt-pki")'], { cwd: folder });

    expect(status).toBe(1);
    expect(stderr).toMatch(/Cannot find module '(cdktf|constructs|@cdktf\/provider-\w+)'/);
  });
});

describeWith([machine().npm], "the package, in a project of its own", () => {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "consumer-"));
    const pinned = [...Object.keys(peerDependencies), "typescript", "@types/node"].map(
      (name) => `${name}@${devDependencies[name]}`,
    );
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true }));
    await succeed("npm", ["install", "--no-audit", tarball, ...pinned], { cwd: folder });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(["Node16", "CommonJS"])(
    "compiles in strict TypeScript and synthesizes a fleet: module %s",
    async (module) => {
      writeFileSync(
        join(folder, "main.ts"),
        `import { App } from "cdktf";
       import { BrokerPki, Duration, InvalidInputError, KeyAlgorithm } from "cdktf-mqtt-pki";
       const app = new App();
       const fleet = new BrokerPki(app, "plant", {
         authority: { subject: { commonName: "Plant CA" } },
         passwordVariable: "broker_password",
         brokers: [{ address: "mqtt-1.example.com", duration: Duration.days(90), keyAlgorithm: KeyAlgorithm.ED25519 }],
       });
       new BrokerPki(app, "line", {
         authority: { subject: { commonName: "Line CA" } },
         custody: "machine",
         directory: "line",
         brokers: [{ address: "mqtt-2.example.com" }],
       });
       const name: string = fleet.servers[0]!.spec.address.text;
       console.log(name, InvalidInputError.name);
       app.synth();`,
      );
      const resolution = module === "CommonJS" ? "node10" : module;
      const options = [
        "--strict",
        "--module",
        module,
        "--moduleResolution",
        resolution,
        "--target",
        "es2022",
        "--types",
        "node",
      ];
      const ignored = module === "CommonJS" ? ["--ignoreDeprecations", "6.0"] : [];
      await succeed("npx", ["tsc", ...options, ...ignored, "--skipLibCheck", "main.ts"], { cwd: folder });
      const printed = await succeed(process.execPath, ["main.js"], { cwd: folder });
      const stack = readFileSync(join(folder, "cdktf.out/stacks/plant/cdk.tf.json"), "utf8");
      const line = readdirSync(join(folder, "cdktf.out/stacks/line"), { recursive: true, encoding: "utf8" });

      expect(line).toContainEqual(expect.stringMatching(/mqtt-pki\.cjs$/));
      expect(printed).toBe("mqtt-1.example.com InvalidInputError\n");
      expect(JSON.parse(stack)).toMatchObject({
        resource: { tls_private_key: { "broker_mqtt-1_example_com": { algorithm: "ED25519" } } },
      });
    },
  );
});
