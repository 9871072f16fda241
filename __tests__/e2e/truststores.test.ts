import { cpSync, mkdirSync, rmSync } from "node:fs";
import { describeOneBareEngine } from "./support/custodies";
import { machine } from "./support/machine";
import { blocksBelow, commandsBelow } from "./support/pages";
import { Project } from "./support/project";
import { allOf, run, succeed, type Result } from "./support/run";
import { CompiledClients } from "./support/tls-clients";
import { TlsServer } from "./support/tls-server";

const BROKER = "mqtt-1.example.com";
const PASSWORD = "changeit";

const [TRAP = "", LOOP = ""] = blocksBelow("how-to/roll-over.md", "Java's truststores", "sh");
const COUNT = commandsBelow("how-to/roll-over.md", "1. Add the new generation");

const { java } = machine();

/** A project in the middle of a rollover: its ca.pem has two generations, one of which signs. */
async function apply(project: Project, signingGeneration: number): Promise<void> {
  project.declare(`new BrokerPki(app, "mqtt", {
    custody: "machine",
    authority: [
      { subject: { commonName: "First CA" }, keyAlgorithm: KeyAlgorithm.ECDSA_P256 },
      { generation: 2, subject: { commonName: "Second CA" }, keyAlgorithm: KeyAlgorithm.ECDSA_P256 },
    ],
    signingGeneration: ${signingGeneration},
    keyAlgorithm: KeyAlgorithm.ECDSA_P256,
    trustForms: ["pem", "pkcs12"],
    truststorePasswordVariable: "truststore_password",
    brokers: [{ address: "${BROKER}" }],
  });`);
  await project.synth();
  await project.apply();
}

describeOneBareEngine(
  "a Java truststore in a rollover",
  (engine) => {
    const project = new Project(engine, { withoutProviders: true });
    const clients = new CompiledClients();
    const truststore = (): string => project.path("java/truststore.p12");

    /** Makes a truststore from the ca.pem of step 1, and counts its entries. */
    const make = async (commands: string): Promise<string> => {
      const options = { cwd: project.path("java"), env: { TRUSTSTORE_PASSWORD: PASSWORD } };
      const made = await run("/bin/sh", ["-e", "-c", commands], options);
      expect(made.status).toBe(0);
      const list = ["-list", "-keystore", truststore(), "-storepass:env", "TRUSTSTORE_PASSWORD"];
      return `${allOf(made)}\n${await succeed("keytool", list, options)}`;
    };

    /** The result of a Java client with that truststore at the broker of a step. */
    const dial = async (step: number, store = truststore()): Promise<Result> => {
      const server = await TlsServer.start(project.path("steps", String(step)));
      try {
        return await clients.javaWithTruststore(
          { host: "127.0.0.1", port: server.port, name: BROKER },
          store,
          PASSWORD,
        );
      } finally {
        await server.stop();
      }
    };

    beforeAll(async () => {
      project.variables = { truststore_password: PASSWORD };
      await clients.compile();
      for (const step of [1, 2]) {
        await apply(project, step);
        cpSync(project.path("pki/brokers", BROKER), project.path("steps", String(step)), { recursive: true });
        if (step === 1) {
          cpSync(project.path("pki"), project.path("given"), { recursive: true });
        }
      }
    });
    beforeEach(() => {
      mkdirSync(project.path("java"));
      cpSync(project.path("given/ca.pem"), project.path("java/ca.pem"));
    });
    afterEach(() => {
      rmSync(project.path("java"), { recursive: true });
    });
    afterAll(() => {
      clients.remove();
      project.remove();
    });

    it("The command of docs/how-to/roll-over.md counts two certificates in the ca.pem of step 1", async () => {
      expect(await succeed("sh", ["-ec", COUNT], { cwd: project.path("java") })).toBe("2\n");
    });

    it("A Java truststore has one generation after one import, and refuses the broker of step 2", async () => {
      const said = await make(TRAP);

      expect(said).toContain("Certificate was added to keystore");
      expect(said).toContain("Your keystore contains 1 entry");
      expect(await dial(1)).toMatchObject({ status: 0 });
      const refused = await dial(2);
      expect(refused.status).toBe(1);
      expect(refused.stdout).toContain("PKIX path building failed");
    });

    it("A Java truststore from the loop of docs/how-to/roll-over.md accepts brokers of both steps", async () => {
      expect(await make(LOOP)).toContain("Your keystore contains 2 entries");

      expect(await dial(1)).toMatchObject({ status: 0 });
      expect(await dial(2)).toMatchObject({ status: 0 });
    });

    it("A Java truststore from before a rollover keeps no old entry when the loop of docs/how-to/roll-over.md runs", async () => {
      cpSync(project.path("given/trust/ca-1.pem"), project.path("java/ca.pem"));
      await make(TRAP);
      cpSync(project.path("given/ca.pem"), project.path("java/ca.pem"));
      expect(await make(LOOP)).toContain("Your keystore contains 2 entries");
      cpSync(project.path("given/trust/ca-2.pem"), project.path("java/ca.pem"));
      expect(await make(LOOP)).toContain("Your keystore contains 1 entry");

      expect(await dial(1)).toMatchObject({ status: 1 });
      expect(await dial(2)).toMatchObject({ status: 0 });
    });

    it("A Java truststore with each PEM file of trustForms accepts brokers of both steps", async () => {
      for (const file of ["ca-1.pem", "ca-2.pem"]) {
        cpSync(project.path("given/trust", file), project.path("java", file));
      }
      const imports = LOOP.replace(/^(rm|csplit) .*\n/gm, "").replace("ca-[0-9]*", "ca-*.pem");
      expect(await make(imports)).toContain("Your keystore contains 2 entries");

      expect(await dial(1)).toMatchObject({ status: 0 });
      expect(await dial(2)).toMatchObject({ status: 0 });
    });

    it("A deployed truststore.p12 accepts brokers of both steps", async () => {
      const deployed = project.path("given/trust/truststore.p12");

      expect(await dial(1, deployed)).toMatchObject({ status: 0 });
      expect(await dial(2, deployed)).toMatchObject({ status: 0 });
    });
  },
  [java],
);
