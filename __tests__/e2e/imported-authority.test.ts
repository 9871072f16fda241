import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { type MadeAuthority, makeAuthority, openssl } from "../support/authorities";
import { changed, CUSTODIES, letEnd, trySynth, wordsOf, describeOneBareEngine } from "./support/custodies";
import { describeWith, type Engine, machine } from "./support/machine";
import { Mosquitto } from "./support/mosquitto";
import { type FileFacts, Project } from "./support/project";
import { run, type Result, succeed, allOf } from "./support/run";
import { CompiledClients, nodeClient, pythonClient, sClient, type Target } from "./support/tls-clients";
import { TlsServer } from "./support/tls-server";

const tools = machine();
const compiled = new CompiledClients();

beforeAll(async () => {
  await compiled.compile();
});
afterAll(() => {
  compiled.remove();
});

const FIRST = "mqtt-1.example.com";
const SECOND = "mqtt-2.example.com";

/** Strict ones want key usages of an authority (RFC 5280, section 4.2.1.3). */
const CLIENTS = [
  { name: "openssl s_client, strict", tools: [], connect: sClient, isStrict: true },
  { name: "Python's ssl, strict", tools: [tools.python], connect: pythonClient, isStrict: true },
  { name: "Node's tls", tools: [], connect: nodeClient, isStrict: false },
  { name: "Go's crypto/tls", tools: [tools.go], connect: compiled.go, isStrict: false },
  { name: "Java's JSSE", tools: [tools.java], connect: compiled.java, isStrict: false },
] as const;

/** Puts the values of Terraform variables into the environment. */
function give(variables: { readonly ca_key?: string; readonly ca_password?: string }): void {
  for (const [name, value] of Object.entries(variables)) {
    process.env[`TF_VAR_${name}`] = value;
  }
}

function forget(): void {
  delete process.env["TF_VAR_ca_key"];
  delete process.env["TF_VAR_ca_password"];
}

/** Runs the engine in the folder of one of the app's stacks. */
type Run = (...parameters: string[]) => Promise<Result>;

function stackOf(project: Project, engine: Engine, stack: string, env: NodeJS.ProcessEnv = {}): Run {
  return (command = "", ...parameters) =>
    run(engine.program, [command, "-no-color", ...parameters], {
      cwd: project.path("cdktf.out/stacks", stack),
      env: { ...project.env, ...env },
    });
}

/** @throws Error with what the engine said, unless it ends as it must */
async function expectStatus(status: number, running: Promise<Result>): Promise<string> {
  const result = await running;
  if (result.status !== status) {
    throw new Error(`ended with ${result.status}:\n${allOf(result)}`);
  }
  return allOf(result);
}

async function deploy(runs: readonly Run[]): Promise<void> {
  await Promise.all(
    runs.map(async (engine) => {
      await expectStatus(0, engine("init", "-input=false"));
      await expectStatus(0, engine("apply", "-input=false", "-auto-approve"));
    }),
  );
}

/** Has the project declare a fleet of two, whose files go into a folder of the fleet's own name. */
function fleet(custody: string, id: string, authority: string, brokers: readonly string[] = [FIRST, SECOND]): string {
  return `new BrokerPki(app, "${id}", {
    custody: "${custody}",
    directory: "${id === "mqtt" ? "pki" : id}",
    authority: { ${authority} },
    keyAlgorithm: KeyAlgorithm.ECDSA_P256,
    brokers: ${JSON.stringify(brokers.map((address) => ({ address })))},
  });`;
}

function namesOf(files: Readonly<Record<string, FileFacts>>): string[] {
  return Object.keys(files).sort();
}

/** What a fleet's folder has: no key of the authority's. */
function fileNames(custody: string, addresses: readonly string[] = [FIRST, SECOND]): string[] {
  return [
    ...(custody === "machine" ? ["authorities.records", "brokers.records", "owner.json"] : []),
    "ca.pem",
    ...addresses.flatMap((address) => ["server.key", "server.pem"].map((name) => `brokers/${address}/${name}`)),
  ].sort();
}

function certificatesIn(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\n/g) ?? [];
}

/** The lines of an RSA key that are secret: the modulus, which comes first, is in its certificate too. */
function secretLinesOf(key: string): string[] {
  return key
    .split("\n")
    .filter((line) => line.length === 64)
    .slice(7);
}

/** The authorities of a company: a root, one for all plants below it, and one for this plant, which signs. */
interface Company {
  readonly root: MadeAuthority;
  readonly middle: MadeAuthority;
  readonly signer: MadeAuthority;
}

function makeCompany(folder: string): Company {
  mkdirSync(folder, { recursive: true });
  const limited = (pathLength: number): Record<string, string> => ({
    basicConstraints: `critical, CA:TRUE, pathlen:${pathLength}`,
  });
  const root = makeAuthority(folder, "root", { subject: "/O=Example Ltd/CN=Root CA" });
  const middle = makeAuthority(folder, "middle", { subject: "/CN=Plants CA", issuer: root, extensions: limited(1) });
  const signer = makeAuthority(folder, "signer", { subject: "/CN=Plant CA", issuer: middle, extensions: limited(0) });
  return { root, middle, signer };
}

function chainOf(...authorities: readonly MadeAuthority[]): string {
  return authorities.map(({ certificatePem }) => certificatePem).join("");
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
        /** The key with which the authority's travels within the engine: the state alone has it. */
        const transportKey = (): string[] => {
          const state = project.read("terraform.protected.tfstate");
          const [, pem = ""] = /"name": "authority_transport",[^]*?"private_key_pem": "([^"]*)"/.exec(state) ?? [];
          return secretLinesOf(pem.replaceAll("\\n", "\n"));
        };
        /** The lines that have any of these; not with an expectation of jest's, which would show them. */
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

  describeEach(
    "an imported intermediate authority",
    (engine) => {
      const project = new Project(engine, { withoutProviders });
      let company: Company;
      let before: Record<string, FileFacts>;
      const chainFile = (): string => project.path("company/chain.pem");
      const pem = (address: string): string => project.read("pki/brokers", address, "server.pem");
      const records = custody === "machine" ? ["brokers.records"] : [];
      const pemOf = (address: string): string => `brokers/${address}/server.pem`;

      beforeAll(async () => {
        company = makeCompany(project.path("company"));
        const { root, middle, signer } = company;
        writeFileSync(chainFile(), chainOf(signer, root, middle));
        project.declare(fleet(custody, "mqtt", 'certificateFile: "company/chain.pem", keyFile: "company/signer.key"'));
        await project.synth();
        await project.apply();
        project.keep();
      });
      beforeEach(() => {
        project.restore();
        before = project.files("pki");
      });
      afterAll(() => {
        forget();
        project.remove();
      });

      it("An imported intermediate authority writes public files with mode 0644, and others with 0600", () => {
        for (const [path, { mode }] of Object.entries(before)) {
          expect(`${mode} ${path}`).toBe(`${path.endsWith(".pem") ? "644" : "600"} ${path}`);
        }
      });

      it("Brokers get their chain in order, and clients the root, of an intermediate authority", () => {
        const { root, middle, signer } = company;

        expect(namesOf(before)).toEqual(fileNames(custody));
        expect(project.read("pki/ca.pem")).toBe(root.certificatePem);
        for (const address of [FIRST, SECOND]) {
          const [own = "", ...others] = certificatesIn(pem(address));

          expect(others).toEqual([signer.certificatePem, middle.certificatePem]);
          expect(pem(address)).toBe(own + chainOf(signer, middle));
          expect(new X509Certificate(own).subject).toBe(`CN=${address}`);
        }
      });

      it("A plan is empty for the same chain in another order", async () => {
        const { root, middle, signer } = company;
        expect(await project.planned()).toEqual({});
        writeFileSync(chainFile(), chainOf(signer, middle, root));
        await project.synth();

        expect((await project.plan()).status).toBe(0);
      });

      it("A due certificate of an imported authority is renewed alone, with the same key", async () => {
        letEnd(project, custody, FIRST, 89.99);
        const planned = Object.keys(await project.planned());

        const isOfFirst = /\.broker_mqtt-1_example_com$|^brokers\/mqtt-1\.example\.com$/;
        expect(planned).not.toEqual([]);
        expect(planned.filter((name) => isOfFirst.test(name))).toEqual(planned);
        await project.apply();
        expect(changed(before, project.files("pki"))).toEqual([...records, pemOf(FIRST)]);
        expect(await project.planned()).toEqual({});
      });

      it("Another certificate of an imported authority re-issues all brokers' certificates with their keys", async () => {
        const { root, middle, signer } = company;
        const [request, again] = ["csr", "again.pem"].map((name) => project.path(`company/signer.${name}`));
        const issuer = ["-CA", middle.certificateFile, "-CAkey", middle.keyFile, "-set_serial", "4711"];
        const extensions = ["-extfile", project.path("company/signer.cnf"), "-extensions", "ext", "-days", "3000"];
        openssl(["x509", "-req", "-in", request ?? "", ...issuer, ...extensions, "-out", again ?? ""]);
        const reissued = readFileSync(again ?? "", "utf8");
        expect(reissued).not.toBe(signer.certificatePem);
        writeFileSync(chainFile(), reissued + chainOf(middle, root));
        await project.synth();
        await project.apply();

        const authority = custody === "machine" ? ["authorities.records"] : [];
        const isOther = changed(before, project.files("pki"));
        expect(isOther.filter((path) => !authority.includes(path))).toEqual([...records, pemOf(FIRST), pemOf(SECOND)]);
        for (const address of [FIRST, SECOND]) {
          const [own = "", ...others] = certificatesIn(pem(address));

          expect(others).toEqual([reissued, middle.certificatePem]);
          expect(own).not.toBe(certificatesIn(before[`brokers/${address}/server.pem`]?.content ?? "")[0]);
        }
        expect(await project.planned()).toEqual({});
      });

      it("A synth refuses a chain that is longer than a path length permits", async () => {
        const root = makeAuthority(project.path("company"), "short", {
          subject: "/O=Example Ltd/CN=Root CA",
          extensions: { basicConstraints: "critical, CA:TRUE, pathlen:1" },
        });
        const middle = makeAuthority(project.path("company"), "long", { subject: "/CN=Plants CA", issuer: root });
        const signer = makeAuthority(project.path("company"), "last", { subject: "/CN=Plant CA", issuer: middle });
        writeFileSync(chainFile(), chainOf(signer, middle, root));
        const { status, stderr } = await trySynth(project);

        expect(status).toBe(1);
        expect(stderr).toContain("has 2 authorities below it but permits 1");
      });

      describeWith([tools.mosquitto], "real clients at a real mosquitto", () => {
        let broker: Mosquitto;

        beforeAll(async () => {
          const files = (name: string): string => project.path("pki/brokers", FIRST, name);
          broker = await Mosquitto.start([
            { host: "127.0.0.1", certificate: files("server.pem"), key: files("server.key") },
          ]);
        });
        afterAll(() => broker.stop());

        for (const { name, tools: needed, connect } of CLIENTS) {
          describeWith(needed, name, () => {
            it("A client verifies the chain up to the root in ca.pem, and the name", async () => {
              const target: Target = { host: "127.0.0.1", port: broker.ports[0] ?? 0, name: FIRST };
              const ca = project.path("pki/ca.pem");

              expect((await connect(target, ca)).status).toBe(0);
              expect((await connect({ ...target, name: SECOND }, ca)).status).not.toBe(0);
            });
          });
        }
      });
    },
    [tools.openssl],
  );

  describeEach(
    "a missing or wrong key of an imported authority",
    (engine) => {
      const project = new Project(engine, { withoutProviders });
      let other: MadeAuthority;
      const byFile = stackOf(project, engine, "file");
      const byPassword = stackOf(project, engine, "password");
      const byVariable = stackOf(project, engine, "variable");

      /** Neither a plan nor an apply gets past it; both say these words. */
      const expectStop = async (engine_: Run, ...words: string[]): Promise<void> => {
        const results = [
          await engine_("plan", "-input=false"),
          await engine_("apply", "-input=false", "-auto-approve"),
        ];
        for (const result of results) {
          expect(result.status).toBe(1);
          for (const word of words) {
            expect(wordsOf(result.stderr)).toContain(word);
          }
        }
        expectNothing();
      };
      /** Of what the apply alone can find out: it says these words, and no broker gets a certificate. */
      const expectFailure = async (engine_: Run, folder: string, ...words: string[]): Promise<void> => {
        const result = await engine_("apply", "-input=false", "-auto-approve");
        expect(result.status).toBe(1);
        for (const word of words) {
          expect(wordsOf(result.stderr)).toContain(word);
        }
        const files = existsSync(project.path(folder)) ? Object.keys(project.files(folder)) : [];
        expect(files.filter((path) => path.endsWith("server.pem"))).toEqual([]);
      };
      const expectNothing = (): void => {
        for (const folder of ["file", "password", "variable"]) {
          expect(existsSync(project.path(folder))).toBe(false);
        }
      };
      const files = (name: string): string => `certificateFile: "ca/ours.pem", keyFile: "ca/${name}.key"`;

      beforeAll(async () => {
        mkdirSync(project.path("ca"));
        makeAuthority(project.path("ca"), "ours");
        other = makeAuthority(project.path("ca"), "other");
        const password = ["-aes-256-cbc", "-passout", "pass:correct horse"];
        openssl(["pkey", "-in", project.path("ca/ours.key"), ...password, "-out", project.path("ca/protected.key")]);
        project.declare(
          [
            fleet(custody, "file", files("elsewhere"), [FIRST]),
            fleet(custody, "password", `${files("protected")}, passwordVariable: "ca_password"`, [FIRST]),
            fleet(custody, "variable", 'certificateFile: "ca/ours.pem", keyVariable: "ca_key"', [FIRST]),
          ].join("\n"),
        );
        await expectStatus(0, trySynth(project));
        for (const each of [byFile, byPassword, byVariable]) {
          await expectStatus(0, each("init", "-input=false"));
        }
        project.keep();
      });
      beforeEach(() => {
        project.restore();
      });
      afterEach(forget);
      afterAll(() => {
        forget();
        project.remove();
      });

      it("A synth refuses a key or password that does not fit an imported authority's certificate", async () => {
        const fleets = [
          fleet(custody, "first", files("other")),
          fleet(custody, "second", 'certificateFile: "ca/ours.pem", keyVariable: "ca_key"'),
          fleet(custody, "third", `${files("protected")}, passwordVariable: "ca_password"`),
        ];
        project.declare(
          `for (const declare of [${fleets.map((text) => `() => { ${text} }`).join(", ")}]) {
             try { declare(); } catch (error) { console.error(String(error)); }
           }`,
        );
        give({ ca_key: readFileSync(other.keyFile, "utf8"), ca_password: "wrong horse" });
        const { stderr: text } = await trySynth(project);

        expect(text).toContain('authority.keyFile: "ca/other.key" has a key that does not belong to "CN=ours"');
        expect(text).toContain('authority.keyVariable: "ca_key" has a key that does not belong to "CN=ours"');
        expect(text).toContain(
          'authority.keyFile: "ca/protected.key" cannot be opened with the password in TF_VAR_ca_password',
        );
        expect(text.match(/1 problem in/g)).toHaveLength(3);
      });

      it("A missing key file of an imported authority stops the plan", async () => {
        await expectStop(byFile, "ca/elsewhere.key");
      });

      it.each([
        ["a key", "TF_VAR_ca_key", () => byVariable],
        ["a password", "TF_VAR_ca_password", () => byPassword],
      ])("A plan stops if %s is in no variable, and names the variable", async (_what, name, engine_) => {
        await expectStop(engine_(), `set the environment variable ${name}`);
      });

      const wrong = [
        [
          "file",
          () => {
            renameSync(other.keyFile, project.path("ca/elsewhere.key"));
            return byFile;
          },
        ],
        [
          "variable",
          () => {
            give({ ca_key: readFileSync(other.keyFile, "utf8") });
            return byVariable;
          },
        ],
        [
          "password",
          () => {
            give({ ca_password: "wrong horse" });
            return byPassword;
          },
        ],
      ] as const;

      if (custody === "state") {
        it.each(wrong.slice(0, 2))("A plan stops on the key of another authority: by %s", async (_way, prepare) => {
          await expectStop(prepare(), "is not the key of the authority's certificate");
        });

        it("A wrong password of an imported key fails the first apply before it signs, and plans after that", async () => {
          give({ ca_password: "wrong horse" });

          await expectFailure(
            byPassword,
            "password",
            "ca/protected.key cannot be read with the password in TF_VAR_ca_password",
          );
          const again = await byPassword("plan", "-input=false");
          expect(again.status).toBe(1);
          expect(wordsOf(again.stderr)).toContain("cannot be read with the password in TF_VAR_ca_password");
        });
      } else {
        it.each(wrong.slice(0, 2))(
          "An apply on the key of another authority fails before it signs: by %s",
          async (way, prepare) => {
            await expectFailure(prepare(), way, "is not the key of the authority's certificate");
          },
        );

        it("A wrong password of an imported key fails the apply before it signs", async () => {
          give({ ca_password: "wrong horse" });

          await expectFailure(byPassword, "password", "TF_VAR_ca_password");
        });
      }

      it.each(wrong)(
        "An apply succeeds after the imported key or password is corrected: by %s",
        async (way, prepare) => {
          const engine_ = prepare();
          await engine_("apply", "-input=false", "-auto-approve");
          rmSync(project.path("ca/elsewhere.key"), { force: true });
          renameSync(project.path("ca/ours.key"), project.path("ca/elsewhere.key"));
          give({ ca_password: "correct horse", ca_key: project.read("ca/elsewhere.key") });
          await expectStatus(0, engine_("apply", "-input=false", "-auto-approve"));

          expect(namesOf(project.files(way))).toEqual(fileNames(custody, [FIRST]));
          await expectStatus(0, engine_("plan", "-input=false", "-detailed-exitcode"));
        },
      );
    },
    [tools.openssl],
  );

  describeEach(
    "constructs with an imported authority",
    (engine) => {
      const project = new Project(engine, { withoutProviders });
      const stacks = custody === "state" ? ["files", "text", "authority", "servers"] : ["files", "text"];

      beforeAll(async () => {
        const { signer, middle, root } = makeCompany(project.path("company"));
        writeFileSync(project.path("company/chain.pem"), chainOf(signer, middle, root));
        const password = ["-aes-256-cbc", "-passout", "pass:correct horse"];
        openssl(["pkey", "-in", signer.keyFile, ...password, "-out", project.path("company/protected.key")]);
        give({ ca_password: "correct horse", ca_key: project.read("company/signer.key") });
        const files = `certificateFile: "company/chain.pem", keyFile: "company/protected.key", passwordVariable: "ca_password"`;
        const text = `certificatePem: require("node:fs").readFileSync("company/chain.pem", "utf8"), keyVariable: "ca_key"`;
        const server = `address: "${FIRST}", keyAlgorithm: KeyAlgorithm.ECDSA_P256`;
        project.declare(`
          for (const id of ["files", "text"]) {
            const stack = new TerraformStack(app, id);
            const authority = id === "files"
              ? CertificateAuthority.fromFiles(stack, "ca", { ${files}, custody: "${custody}"${custody === "machine" ? ", directory: id" : ""} })
              : CertificateAuthority.fromPem(stack, "ca", { ${text}, custody: "${custody}"${custody === "machine" ? ", directory: id" : ""} });
            const server = new ServerCertificate(stack, "server", { authority, ${server} });
            if ("${custody}" === "state") {
              const directory = new PemDirectory(stack, "directory", { path: id });
              directory.addAuthority(authority);
              directory.addServer(server);
            }
          }
          if ("${custody}" === "state") {
            const [one, other] = ["authority", "servers"].map((id) => new TerraformStack(app, id));
            const authority = CertificateAuthority.fromFiles(one, "ca", { ${files} });
            new PemDirectory(one, "directory", { path: "authority" }).addAuthority(authority);
            const server = new ServerCertificate(other, "server", { authority, ${server} });
            new PemDirectory(other, "directory", { path: "servers" }).addServer(server);
          }`);
        await expectStatus(0, trySynth(project));
        const [first, second] = [stacks.slice(0, 3), stacks.slice(3)];
        await deploy(first.map((stack) => stackOf(project, engine, stack)));
        // The servers' stack reads the state of the authority's.
        await deploy(second.map((stack) => stackOf(project, engine, stack)));
      });
      afterAll(() => {
        forget();
        project.remove();
      });

      /** Where `ca.pem` is, and where the server's folder. */
      const places: readonly (readonly [string, string, string])[] = [
        ["from files", "files", "files"],
        ["from text and a variable", "text", "text"],
        ...(custody === "state" ? [["from another stack", "authority", "servers"] as const] : []),
      ];

      it.each(places)(
        "Constructs with an imported authority write the files that a fleet writes: %s",
        async (_from, ca, servers) => {
          const [own, ...others] = certificatesIn(project.read(servers, "brokers", FIRST, "server.pem"));
          const names = new Set([...namesOf(project.files(ca)), ...namesOf(project.files(servers))]);
          const strict = ["-x509_strict", "-purpose", "sslserver", "-CAfile", project.path(ca, "ca.pem")];
          const chain = ["-untrusted", project.path(servers, "brokers", FIRST, "server.pem")];
          writeFileSync(project.path("own.pem"), own ?? "");

          expect([...names].sort()).toEqual(fileNames(custody, [FIRST]));
          expect(project.read(ca, "ca.pem")).toBe(project.read("company/root.pem"));
          expect(others.join("")).toBe(project.read("company/signer.pem") + project.read("company/middle.pem"));
          await succeed("openssl", ["verify", ...strict, ...chain, "-verify_hostname", FIRST, project.path("own.pem")]);
        },
      );

      it("A plan is empty after constructs with an imported authority are deployed", async () => {
        await Promise.all(
          stacks.map((stack) =>
            expectStatus(0, stackOf(project, engine, stack)("plan", "-input=false", "-detailed-exitcode")),
          ),
        );
      });
    },
    [tools.openssl],
  );
});

describeOneBareEngine("brokers that an imported authority certified by hand", (engine) => {
  const project = new Project(engine, { withoutProviders: true });
  const WHOLE = "whole.example.com";
  const BARE = "bare.example.com";
  const OTHER = "other.example.com";
  let company: Company;
  let before: Record<string, FileFacts>;

  const content = (path: string): string | undefined => project.files("pki")[path]?.content;

  beforeAll(async () => {
    company = makeCompany(project.path("company"));
    const { root, middle, signer } = company;
    writeFileSync(project.path("company/chain.pem"), chainOf(signer, middle, root));
    for (const [address, names, chain] of [
      [WHOLE, `DNS:${WHOLE}`, chainOf(signer, middle)],
      [BARE, `DNS:${BARE}`, ""],
      [OTHER, `DNS:${OTHER},DNS:mqtt.example.com`, chainOf(signer, middle)],
    ] as const) {
      const folder = project.path("pki/brokers", address);
      mkdirSync(folder, { recursive: true });
      const extensions = [
        "keyUsage=critical,digitalSignature",
        "extendedKeyUsage=serverAuth",
        "basicConstraints=critical,CA:FALSE",
        "subjectKeyIdentifier=hash",
        "authorityKeyIdentifier=keyid",
        `subjectAltName=${names}`,
      ];
      writeFileSync(project.path("extensions"), extensions.join("\n"));
      const [key, request, pem] = ["server.key", "server.csr", "server.pem"].map((name) => `${folder}/${name}`) as [
        string,
        string,
        string,
      ];
      openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key]);
      openssl(["req", "-new", "-key", key, "-subj", `/CN=${address}`, "-out", request]);
      const issuer = ["-CA", signer.certificateFile, "-CAkey", signer.keyFile, "-set_serial", "4711"];
      const issue = ["x509", "-req", "-in", request, ...issuer, "-days", "800"];
      openssl([...issue, "-extfile", project.path("extensions"), "-out", pem]);
      rmSync(request);
      writeFileSync(pem, readFileSync(pem, "utf8") + chain);
    }
    writeFileSync(project.path("pki/ca.pem"), root.certificatePem);
    before = project.files("pki");
    project.declare(
      fleet("machine", "mqtt", 'certificateFile: "company/chain.pem", keyFile: "company/signer.key"', [
        WHOLE,
        BARE,
        OTHER,
      ]),
    );
    await project.synth();
  });
  afterAll(() => {
    project.remove();
  });

  it("Brokers certified by hand stop the plan without pki/take-over; the message names their folders", async () => {
    const result = await project.plan();

    expect(result.status).toBe(1);
    expect(wordsOf(result.stderr)).toContain(`brokers/${BARE}, brokers/${OTHER}, brokers/${WHOLE}`);
    expect(wordsOf(result.stderr)).toContain("create an empty file pki/take-over");
    expect(project.files("pki")).toEqual(before);
  });

  describe("pki/take-over", () => {
    beforeAll(async () => {
      writeFileSync(project.path("pki/take-over"), "");
      await project.apply();
      rmSync(project.path("pki/take-over"));
    });

    it("Brokers certified by hand keep their keys and the root after pki/take-over", () => {
      for (const path of [...[WHOLE, BARE, OTHER].map((address) => `brokers/${address}/server.key`), "ca.pem"]) {
        expect(content(path)).toBe(before[path]?.content);
      }
      expect(Object.keys(project.files("pki")).filter((path) => path.startsWith("ca.pem."))).toEqual([]);
    });

    it("A broker certified by hand keeps a certificate and chain that match the declaration", () => {
      expect(content(`brokers/${WHOLE}/server.pem`)).toBe(before[`brokers/${WHOLE}/server.pem`]?.content);
    });

    it("A broker certified by hand without intermediate certificates gets them in server.pem", () => {
      const [, ...others] = certificatesIn(content(`brokers/${BARE}/server.pem`) ?? "");

      expect(others.join("")).toBe(chainOf(company.signer, company.middle));
    });

    it("A certificate made by hand that differs from the declaration is re-issued; a copy of it stays", () => {
      const path = `brokers/${OTHER}/server.pem`;
      const copies = Object.keys(project.files("pki")).filter((name) => name.startsWith(`${path}.`));

      expect(new X509Certificate(content(path) ?? "").subjectAltName).toBe(`DNS:${OTHER}`);
      expect(copies.map(content)).toEqual([before[path]?.content]);
    });

    it("A plan is empty after brokers certified by hand are adopted, without pki/take-over", async () => {
      expect((await project.plan()).status).toBe(0);
    });
  });
});
