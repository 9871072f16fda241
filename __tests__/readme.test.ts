import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { intersects } from "semver";
import { BrokerPki } from "../lib";
import { fixture } from "./cli/fixtures";
import { mqttPki } from "./cli/inventory/support";
import { blocksBelow } from "./e2e/support/pages";
import { inNewDirectory, refusal, Synthesized } from "./support/synth";

const REPOSITORY = join(__dirname, "..");
const README = readFileSync(join(REPOSITORY, "README.md"), "utf8");
const PACKAGE = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
  peerDependencies: Record<string, string>;
};

const EXAMPLES = [...README.matchAll(/^```ts\n([^]*?)^```$/gm)].map((match) => match[1] ?? "");

/** Compiles and runs examples in a project with this repository as its package. */
function runExamples(examples: readonly string[]): Synthesized[][] {
  return inNewDirectory((directory) => {
    symlinkSync(join(REPOSITORY, "node_modules"), "node_modules");
    mkdirSync("examples");
    writeFileSync("brokers.yaml", "brokers:\n  - address: mqtt-1.plant.example.com\n");
    const tsconfig = {
      extends: join(REPOSITORY, "tsconfig.json"),
      compilerOptions: {
        paths: { "cdktf-mqtt-pki": [join(REPOSITORY, "lib/index.ts")] },
        types: ["node"],
        typeRoots: [join(REPOSITORY, "node_modules/@types")],
      },
      include: ["examples"],
    };
    writeFileSync("tsconfig.json", JSON.stringify(tsconfig));
    examples.forEach((example, index) => {
      writeFileSync(`examples/${index}.ts`, example);
    });
    execFileSync(process.execPath, [join(REPOSITORY, "node_modules/typescript/bin/tsc")], { stdio: "pipe" });
    return examples.map((_example, index) => {
      const env = { ...process.env, CDKTF_OUTDIR: `out-${index}` };
      execFileSync(process.execPath, ["--import", "tsx", `examples/${index}.ts`], { env, stdio: "pipe" });
      const manifest = JSON.parse(readFileSync(join(directory, `out-${index}/manifest.json`), "utf8")) as {
        stacks: Record<string, { synthesizedStackPath: string }>;
      };
      const texts = Object.values(manifest.stacks).map(({ synthesizedStackPath }) =>
        readFileSync(join(directory, `out-${index}`, synthesizedStackPath), "utf8"),
      );
      return texts.map((text) => new Synthesized(text));
    });
  });
}

describe("README.md", () => {
  it("README.md has examples that compile in strict TypeScript and make the files that it lists", () => {
    const [first = [], second = []] = runExamples(EXAMPLES);
    const made = Object.values(first[0]?.resources ?? {}).map((block) => block["filename"]);
    const listed = Array.from(README.matchAll(/^(pki\/\S+) /gm), ([, path = ""]) => `../../../${path}`);

    expect(EXAMPLES).toHaveLength(2);
    expect(listed).toHaveLength(5);
    expect(made).toEqual(expect.arrayContaining(listed));
    expect(first).toHaveLength(1);
    expect(Object.keys(first[0]?.resources ?? {})).toEqual(
      expect.arrayContaining([
        "tls_locally_signed_cert.broker_mqtt-1_plant_example_com",
        "local_file.broker_192_0_2_10",
        "local_sensitive_file.broker_ipv6__2001-db8--10",
      ]),
    );
    expect(second).toHaveLength(21);
    expect(second.map(({ json }) => json.terraform.backend)).toEqual(
      second.map(() => ({ s3: expect.objectContaining({ bucket: "states" }) as unknown })),
    );
    expect(second.flatMap(({ resources }) => Object.keys(resources))).toEqual(
      expect.arrayContaining([
        "tls_private_key.broker_wildcard__plant_example_com",
        "tls_private_key.broker_mqtt-1_plant_example_com",
      ]),
    );
  });

  it("README.md shows the error that a port in an address gives", () => {
    const { message } = inNewDirectory(() =>
      refusal(
        (app) =>
          new BrokerPki(app, "mqtt", {
            authority: { subject: { commonName: "Plant MQTT CA" } },
            brokers: [{ address: "mqtt-1.plant.example.com" }, { address: "192.0.2.10:8883" }],
          }),
      ),
    );

    expect(README).toContain(message);
  });

  it("README.md names two commands, whose scripts package.json has", () => {
    const commands = blocksBelow("../README.md", "Try it in a clone", "sh");

    expect(commands).toEqual(["npm ci && npm run deploy\n", "npm ci && npm test\n"]);
    expect(Object.keys(PACKAGE.scripts)).toEqual(expect.arrayContaining(["deploy", "test"]));
    for (const [, name = ""] of README.matchAll(/npm run (\w+)/g)) {
      expect(PACKAGE.scripts).toHaveProperty(name);
    }
  });

  it("README.md installs the peer dependencies of each CDK, in versions that the package takes", () => {
    const [commands = ""] = blocksBelow("../README.md", "In a project of yours", "sh");
    const installed = Array.from(commands.matchAll(/ (@?[\w/-]+)@([\d.]+)/g), ([, name = "", version = ""]) => ({
      name,
      isTaken: intersects(version, PACKAGE.peerDependencies[name] ?? "<0.0.0-0"),
    }));

    expect(installed.filter(({ isTaken }) => !isTaken)).toEqual([]);
    expect(new Set(installed.map(({ name }) => name))).toEqual(new Set(Object.keys(PACKAGE.peerDependencies)));
  });

  it("README.md has a command that reviews a plan", async () => {
    const [commands = ""] = blocksBelow("../README.md", "Review a change", "sh");
    const [, parameters = ""] = /^npx mqtt-pki (.*)$/m.exec(commands) ?? [];
    const plan = fixture("terraform", "state", "broker-removed");
    const { output, status } = await mqttPki({ "plan.json": plan }, parameters.split(" "));

    expect(status).toBe(0);
    expect(output).toMatch(/1 removed/);
  });

  it("README.md links to files that exist", () => {
    for (const [, path = ""] of README.matchAll(/\]\((?!http|#)([^)#]+)\)/g)) {
      expect(readFileSync(join(REPOSITORY, path), "utf8")).not.toBe("");
    }
  });

  it("README.md has at most 150 lines", () => {
    expect(README.split("\n").length - 1).toBeLessThanOrEqual(150);
  });
});
