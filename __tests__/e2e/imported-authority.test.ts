import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { openssl } from "../support/authorities";
import { CUSTODIES, trySynth } from "./support/custodies";
import {
  FIRST,
  SECOND,
  give,
  forget,
  type Run,
  stackOf,
  expectStatus,
  deploy,
  fleet,
  namesOf,
  fileNames,
  clientsOf,
} from "./support/imported";
import { describeWith, machine } from "./support/machine";
import { type FileFacts, Project } from "./support/project";
import { run, allOf } from "./support/run";
import { CompiledClients, type Target } from "./support/tls-clients";
import { TlsServer } from "./support/tls-server";

const tools = machine();
const compiled = new CompiledClients();

beforeAll(async () => {
  await compiled.compile();
});
afterAll(() => {
  compiled.remove();
});

const CLIENTS = clientsOf(compiled);

/** The secret lines of an RSA key. The modulus comes first and is not secret: the certificate has it too. */
function secretLinesOf(key: string): string[] {
  return key
    .split("\n")
    .filter((line) => line.length === 64)
    .slice(7);
}

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  const withoutProviders = custody === "machine";

  describeEach(
    "an imported authority, made with the usual openssl commands",
    (engine) => {
      const project = new Project(engine, { withoutProviders });
      const log = (): string => project.path("trace.log");
      const stacks = (): [name: string, engine: Run][] => [
        ["plain", stackOf(project, engine, "plain")],
        ["protected", stackOf(project, engine, "protected", { TF_LOG: "trace", TF_LOG_PATH: log() })],
        ["variable", stackOf(project, engine, "variable")],
      ];
      let given: Record<string, FileFacts>;

      beforeAll(async () => {
        const subject = "/C=US/ST=Texas/L=Austin/O=Example Ltd/OU=Plant/CN=Classic CA/emailAddress=pki@example.com";
        const password = ["-passout", "pass:correct horse"];
        mkdirSync(project.path("ca"));
        for (const [name, options] of [
          ["plain", []],
          ["protected", ["-aes256", ...password]],
          // In PKCS#1, as openssl wrote it before version 3.
          ["variable", ["-traditional"]],
        ] as const) {
          const [key, pem] = [project.path(`ca/${name}.key`), project.path(`ca/${name}.pem`)];
          const signing = ["-key", key, "-passin", "pass:correct horse", "-out", pem];
          openssl(["genrsa", ...options, "-out", key, "2048"]);
          openssl(["req", "-new", "-x509", "-days", "3650", "-extensions", "v3_ca", ...signing, "-subj", subject]);
        }
        given = project.files("ca");
        give({ ca_password: "correct horse", ca_key: project.read("ca/variable.key") });
        const files = (name: string): string => `certificateFile: "ca/${name}.pem", keyFile: "ca/${name}.key"`;
        project.declare(
          [
            fleet(custody, "plain", files("plain")),
            fleet(custody, "protected", `${files("protected")}, passwordVariable: "ca_password"`),
            fleet(custody, "variable", 'certificateFile: "ca/variable.pem", keyVariable: "ca_key"'),
          ].join("\n"),
        );
        await expectStatus(0, trySynth(project));
        await deploy(stacks().map(([, each]) => each));
      });
      afterAll(() => {
        forget();
        project.remove();
      });

      it.each(["plain", "protected", "variable"])(
        "An imported authority signs what openssl verifies; its certificate is written, its key is not: %s",
        async (name) => {
          expect(namesOf(project.files(name))).toEqual(fileNames(custody));
          expect(project.read(name, "ca.pem")).toBe(project.read("ca", `${name}.pem`));
          for (const address of [FIRST, SECOND]) {
            const pem = project.path(name, "brokers", address, "server.pem");
            const options = ["-purpose", "sslserver", "-CAfile", project.path("ca", `${name}.pem`)];
            const key = createPrivateKey(project.read(name, "brokers", address, "server.key"));

            expect(await run("openssl", ["verify", ...options, "-verify_hostname", address, pem])).toMatchObject({
              status: 0,
              stdout: `${pem}: OK\n`,
            });
            expect(new X509Certificate(readFileSync(pem)).checkPrivateKey(key)).toBe(true);
          }
        },
      );

      it("A deployment leaves the files of an imported authority as they are", () => {
        expect(project.files("ca")).toEqual(given);
      });

      it("A plan is empty after a deployment with an imported authority", async () => {
        await Promise.all(
          stacks().map(([, each]) => expectStatus(0, each("plan", "-input=false", "-detailed-exitcode"))),
        );
      });

      describe("an imported key with a password", () => {
        const key = (): string[] =>
          secretLinesOf(openssl(["pkey", "-in", project.path("ca/protected.key"), "-passin", "pass:correct horse"]));
        /** The key that encrypts the authority's key within the engine. Only the state has it. */
        const transportKey = (): string[] => {
          const state = project.read("terraform.protected.tfstate");
          const [, pem = ""] = /"name": "authority_transport",[^]*?"private_key_pem": "([^"]*)"/.exec(state) ?? [];
          return secretLinesOf(pem.replaceAll("\\n", "\n"));
        };
        /** The lines that contain a secret. An expectation of jest would print them. */
        const linesWith = (secrets: readonly string[], text: string): string[] =>
          text.split("\n").filter((line) => secrets.some((secret) => line.includes(secret)));

        it(`A key with a password is ${custody === "state" ? "in the state" : "not in the state"}, and in no plan output`, async () => {
          const protectedStack = stackOf(project, engine, "protected");
          const planned = await expectStatus(0, protectedStack("plan", "-input=false", "-out=saved"));
          const shown = [await protectedStack("show"), await protectedStack("show", "saved")];
          const secrets = [...key(), ...transportKey(), "correct horse"];

          expect(key().length).toBeGreaterThan(10);
          expect(transportKey().length > 10).toBe(custody === "state");
          expect(linesWith(key(), project.read("terraform.protected.tfstate")).length > 0).toBe(custody === "state");
          expect(shown[0]?.stdout).toContain(FIRST);
          for (const text of [planned, ...shown.map(allOf)]) {
            expect(linesWith(secrets, text)).toHaveLength(0);
          }
        });

        it("A plan log of any level has neither the imported key nor its password", async () => {
          const env = { TF_LOG: "trace", TF_LOG_PATH: project.path("plan.log") };
          await expectStatus(0, stackOf(project, engine, "protected", env)("plan", "-input=false"));
          const log = project.read("plan.log");

          expect(log).toContain("[TRACE]");
          expect(linesWith([...key(), ...transportKey(), "correct horse"], log)).toHaveLength(0);
        });

        if (custody === "state") {
          it("An apply log has the imported key only in the debug lines of the tls provider", () => {
            const log = project.read("trace.log");
            const lines = linesWith(key(), log);

            expect(lines.length).toBeGreaterThan(0);
            expect(
              lines.filter((line) => !/\[DEBUG\] provider\.terraform-provider-tls.*: Loaded /.test(line)),
            ).toHaveLength(0);
            expect(linesWith([...transportKey(), "correct horse"], log)).toHaveLength(0);
          });
        } else {
          it("An apply log of any level has neither the imported key nor its password", () => {
            const log = project.read("trace.log");

            expect(log).toContain("[TRACE]");
            expect(linesWith([...key(), "correct horse"], log)).toHaveLength(0);
          });
        }
      });

      describe("real clients", () => {
        let server: TlsServer;

        beforeAll(async () => {
          server = await TlsServer.start(project.path("protected/brokers", FIRST));
        });
        afterAll(() => server.stop());

        for (const { name, tools: needed, connect, isStrict } of CLIENTS) {
          describeWith(needed, name, () => {
            it(
              isStrict
                ? "A strict client refuses an authority without key usages"
                : "A client accepts an authority without key usages",
              async () => {
                const target: Target = { host: "127.0.0.1", port: server.port, name: FIRST };
                const result = await connect(target, project.path("protected/ca.pem"));

                expect(allOf(result)).toContain(isStrict ? "CA cert does not include key usage extension" : "verified");
                expect(result.status === 0).toBe(!isStrict);
              },
            );
          });
        }
      });
    },
    [tools.openssl],
  );
});
