import "reflect-metadata"; // @peculiar/x509 needs it, first
import { existsSync, readdirSync, rmSync } from "node:fs";
import { X509Certificate as ParsedCertificate } from "@peculiar/x509";
import { describeOneBareEngine, letEnd } from "./support/custodies";
import { machine, type Tool } from "./support/machine";
import { Project } from "./support/project";
import { type Result, succeed, allOf } from "./support/run";
import { find, type Processes, secretsOf, unpackPlan, watching } from "./support/secrets";

/** Text with special characters of shells, openssl.cnf, openssl's -subj and Terraform. */
const HOSTILE = {
  province: "$HOME $ENV::PATH %n ~ * ? [a] {b,c} !! \\n Zürich 東京 🔑",
  locality: "-subj /CN=evil/O=x+OU=y back\\slash\\ end=, #comment",
  organization: `"double" 'single' $(touch pwned) \`touch pwned\``,
  organizationalUnit: "; touch pwned && touch pwned | touch pwned > pwned",
};

const BROKERS = ["mqtt-1", "mqtt-2", "mqtt-3"].map((name) => `{ address: "${name}.example.com" }`);

const MARKER = "PRIVATE KEY";

const { python } = machine();
const proc: Tool = { program: "/proc", ...(!existsSync("/proc/self/environ") && { missing: "no /proc to watch" }) };

describeOneBareEngine(
  "private keys",
  (engine) => {
    const project = new Project(engine, { withoutProviders: true });
    const secrets = new Set([MARKER]);
    const printed: string[] = [];
    const files: Record<string, string> = {};
    const processes: Processes = { commandLines: new Set(), environments: new Set() };

    const keys = (): string[] => Object.keys(project.files("pki")).filter((path) => path.endsWith(".key"));

    /** Collects the present keys, and the text of all other files. */
    function gather(): void {
      for (const path of keys()) {
        for (const secret of secretsOf(project.read("pki", path))) {
          secrets.add(secret);
        }
      }
      for (const [path, { content }] of Object.entries(project.files(""))) {
        if (!/^pki\/.*\.key$/.test(path)) {
          files[path] = `${files[path] ?? ""}${content}`;
        }
      }
    }

    function expectNoneIn(texts: Readonly<Record<string, string>>): void {
      for (const [path, text] of Object.entries(texts)) {
        // The program prints what it writes.
        const sought = path.endsWith("/mqtt-pki.cjs") ? [...secrets].filter((secret) => secret !== MARKER) : secrets;
        expect([path, find(sought, text)]).toEqual([path, []]);
      }
    }

    async function print(work: Promise<Result>): Promise<void> {
      const result = await work;
      if (result.status === null || ![0, 2].includes(result.status)) {
        throw new Error(`It ended with ${result.status}:\n${allOf(result)}`);
      }
      printed.push(allOf(result));
    }

    beforeAll(async () => {
      project.declareFleet(
        ['{ address: "rsa.example.com", keyAlgorithm: KeyAlgorithm.RSA_4096 }', ...BROKERS],
        `custody: "machine", subject: ${JSON.stringify(HOSTILE)}`,
      );
      await watching(async () => {
        process.env["TF_LOG"] = "trace";
        process.env["TF_LOG_PATH"] = project.path("trace.log");
        printed.push(await project.deploy());
        gather();

        // A new key, and a renewal with the existing key; the trace is printed.
        delete process.env["TF_LOG_PATH"];
        rmSync(project.path("pki/brokers/mqtt-1.example.com/server.pem"));
        letEnd(project, "machine", "mqtt-2.example.com", 1);
        await print(project.plan("-out=saved.plan"));
        await print(project.run("show", "-json", "saved.plan"));
        await print(project.run("apply", "-no-color", "saved.plan"));
        await print(project.run("show", "-json"));
        delete process.env["TF_LOG"];
        await print(project.run("show", "-no-color", "saved.plan"));
        await print(project.cdktf(["diff"]));
        gather();
      }, processes);
      await unpackPlan(project, "saved.plan", "unpacked");
      gather();
    });
    afterAll(() => {
      project.remove();
    });

    it("The search for private keys finds them in their own files, in each encoding", async () => {
      expect(keys()).toHaveLength(5);
      expect(secrets.size).toBeGreaterThanOrEqual(1 + 5 * 3);
      for (const path of keys()) {
        const text = project.read("pki", path);
        const asText = ["pkey", "-in", project.path("pki", path), "-noout", "-text"];

        expect(find(secrets, text)).toEqual([MARKER, ...secretsOf(text).slice(0, -1)]);
        expect(find(secrets, await succeed("openssl", asText))).toContain(secretsOf(text).at(-1));
        expect(find(secrets, JSON.stringify({ content: text }))).toContain(secretsOf(text)[0]);
      }
    });

    it("Private keys are in no output, also at the highest log level", () => {
      const all = printed.join("\n");

      expect(all).toContain("brokers/rsa.example.com");
      expect(all).toContain("[TRACE]");
      expect(all).toContain("new certificate, same key: the old one is due");
      expect(find(secrets, all)).toEqual([]);
    });

    it("Private keys are in no file but their own: not in stack, state, backup, plan, log or records", () => {
      expect(Object.keys(files)).toEqual(
        expect.arrayContaining([
          "cdktf.out/stacks/mqtt/cdk.tf.json",
          "cdktf.out/stacks/mqtt/saved.plan",
          "pki/authorities.records",
          "pki/brokers.records",
          "pki/brokers/rsa.example.com/server.pem",
          "pki/owner.json",
          "terraform.mqtt.tfstate",
          "terraform.mqtt.tfstate.backup",
          "trace.log",
          "unpacked/tfplan",
          "unpacked/tfstate",
        ]),
      );
      expect(files["trace.log"]).toContain("[TRACE]");
      expect(files["unpacked/tfplan"]).toContain("the old one is due");
      expect(Object.keys(files)).toContainEqual(expect.stringMatching(/\/declared\.json$/));
      expectNoneIn(files);
    });

    it("Private keys are in no command line and no environment", () => {
      const all = [...processes.commandLines, ...processes.environments].join("\n");

      expect(all).toMatch(/\bnode\0[^\0]*\/mqtt-pki\.cjs\0authority\0/);
      expect(all).toMatch(/\bnode\0[^\0]*\/mqtt-pki\.cjs\0brokers\0/);
      expect(all).toMatch(/\0MQTT_PKI_TIME=\d{4}-/);
      expect(find(secrets, all)).toEqual([]);
    });

    it("A destroy deletes private keys without a copy", async () => {
      await print(project.cdktf(["destroy", "--auto-approve"]));
      gather();

      expect(keys()).toEqual(["ca.key"]);
      expect(find(secrets, printed.join("\n"))).toEqual([]);
      expectNoneIn(files);
    });
  },
  [python, proc],
);

describeOneBareEngine("a subject with text that shells and Terraform read", (engine) => {
  const project = new Project(engine, { withoutProviders: true });

  beforeAll(async () => {
    project.declare(`new BrokerPki(app, "mqtt", {
      custody: "machine",
      authority: {
        subject: ${JSON.stringify({ ...HOSTILE, commonName: "-CA `touch pwned`" })},
        keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      },
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      subject: ${JSON.stringify(HOSTILE)},
      brokers: [${BROKERS.join(", ")}],
    });`);
    await project.synth();
    await project.apply();
  });
  afterAll(() => {
    project.remove();
  });

  it.each([
    ["ca.pem", "-CA `touch pwned`"],
    ["brokers/mqtt-1.example.com/server.pem", "mqtt-1.example.com"],
  ])("A subject with text for shells and Terraform is in the certificate as declared: %s", (path, commonName) => {
    expect(new ParsedCertificate(project.read("pki", path)).subjectName.toJSON()).toEqual([
      { ST: [HOSTILE.province] },
      { L: [HOSTILE.locality] },
      { O: [HOSTILE.organization] },
      { OU: [HOSTILE.organizationalUnit] },
      { CN: [commonName] },
    ]);
  });

  it("A subject with text for shells and Terraform runs nothing, and the next plan is empty", async () => {
    const paths = [...Object.keys(project.files("")), ...readdirSync(".")];

    expect(paths).toContain("pki/ca.key");
    expect(paths.filter((path) => path.includes("pwned"))).toEqual([]);
    expect(await project.planned()).toEqual({});
  });

  it.each(["${HOME}", "%{if true}x%{endif}"])(
    "A synth refuses a subject with an expression of Terraform: %s",
    async (text) => {
      project.declareFleet(["a.example.com"], `custody: "machine", subject: ${JSON.stringify({ organization: text })}`);

      await expect(project.synth()).rejects.toThrow("subject.organization");
    },
  );
});
