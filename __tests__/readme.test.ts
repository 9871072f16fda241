import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { BrokerPki, requestCommand } from "../lib";
import { inNewDirectory, refusal, Synthesized } from "./support/synth";

const REPOSITORY = join(__dirname, "..");
const README = readFileSync(join(REPOSITORY, "README.md"), "utf8");

const EXAMPLES = [...README.matchAll(/^```ts\n([^]*?)^```$/gm)].map((match) => match[1] ?? "");

/** Compiles and runs the examples in a project that has this repository as its package. */
function runExamples(examples: readonly string[]): Synthesized[][] {
  return inNewDirectory((directory) => {
    symlinkSync(join(REPOSITORY, "node_modules"), "node_modules");
    mkdirSync("examples");
    mkdirSync("csr");
    writeFileSync("brokers.yaml", "brokers:\n  - address: mqtt-1.plant.example.com\n");
    execFileSync("sh", ["-c", requestCommand({ address: "edge-7.example.com" })], { cwd: "csr", stdio: "pipe" });
    renameSync("csr/server.csr", "csr/edge-7.csr");
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

describe("the README", () => {
  it("has examples that compile in strict TypeScript and synthesize what they say", () => {
    const stacks = runExamples(EXAMPLES);
    const [[first], , [third], [fourth], [fifth]] = stacks as [
      Synthesized[],
      Synthesized[],
      Synthesized[],
      Synthesized[],
      Synthesized[],
    ];

    expect(EXAMPLES).toHaveLength(5);
    expect(Object.keys(first?.resources ?? {})).toEqual(
      expect.arrayContaining([
        "tls_locally_signed_cert.broker_mqtt-1_plant_example_com",
        "local_file.broker_192_0_2_10",
        "local_sensitive_file.broker_ipv6__2001-db8--10",
      ]),
    );
    expect(stacks[1]).toHaveLength(21);
    expect(stacks[1]?.map(({ json }) => json.terraform.backend)).toEqual(
      stacks[1]?.map(() => ({ s3: expect.objectContaining({ bucket: "states" }) as unknown })),
    );
    const spread = stacks[1]?.flatMap(({ resources }) => Object.keys(resources));
    expect(spread).toEqual(
      expect.arrayContaining([
        "tls_private_key.broker_wildcard__plant_example_com",
        "tls_private_key.broker_mqtt-1_plant_example_com",
      ]),
    );
    const written = (stack: Synthesized | undefined) =>
      Object.values(stack?.resources ?? {}).map((block) => block["filename"]);
    expect(written(third)).toContain("../../../pki/ca.pem");
    expect(written(fourth)).toContain("../../../pki/brokers/edge-7.example.com/server.pem");
    expect(written(fourth)).not.toContain("../../../pki/brokers/edge-7.example.com/server.key");
    expect(Object.keys(fourth?.json.variable ?? {})).toEqual(["broker_password", "ca_password"]);
    expect(fifth?.resources["tls_locally_signed_cert.broker_mqtt-1_plant_example_com"]).toMatchObject({
      ca_private_key_pem: "${tls_private_key.authority_2.private_key_pem_pkcs8}",
    });
    expect(fifth?.resources["local_file.authority"]).toMatchObject({
      content: "${tls_self_signed_cert.authority.cert_pem}${tls_self_signed_cert.authority_2.cert_pem}",
    });
  });

  it("shows the error that a port in an address gives", () => {
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

  it("names the commands that there are", () => {
    const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };

    for (const [, name = ""] of README.matchAll(/npm run (\w+)/g)) {
      expect(scripts).toHaveProperty(name);
    }
  });

  it("links to files that there are", () => {
    for (const [, path = ""] of README.matchAll(/\]\((?!http|#)([^)#]+)\)/g)) {
      expect(readFileSync(join(REPOSITORY, path), "utf8")).not.toBe("");
    }
  });
});
