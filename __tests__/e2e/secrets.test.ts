import "reflect-metadata"; // @peculiar/x509 needs it, first
import { createPrivateKey, type KeyObject, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeAuthority } from "../support/authorities";
import { makeRequest } from "../support/requests";
import { CUSTODIES_EVERYWHERE, type Custody } from "./support/custodies";
import { describeEachEngine, machine, type Tool } from "./support/machine";
import { tableOf } from "./support/pages";
import { Project } from "./support/project";
import { succeed, allOf, outputOf } from "./support/run";
import {
  allSecretsOf,
  describeOpenTofu,
  finderIn,
  type Processes,
  secretsOfText,
  unpackPlan,
  watching,
} from "./support/secrets";

/** By places, then kinds of secrets, of docs/explanation/secrets.md: "no", "yes" or "encrypted". */
type Table = Record<string, Record<string, string>>;

/** The text of a place and, if it is encrypted, the decrypted text. */
interface Place {
  readonly text: string;
  readonly opened?: string;
}

/** The secrets of each kind: for each secret, the texts that reveal it. */
type Secrets = Readonly<Record<string, readonly (readonly string[])[]>>;

/** Random values of Terraform variables. */
const PASSWORDS = {
  ca_password: randomPassword(),
  broker_password: randomPassword(),
  imported_password: randomPassword(),
};
const PASSPHRASE = randomPassword();

const { python } = machine();
const proc: Tool = { program: "/proc", ...(!existsSync("/proc/self/environ") && { missing: "no /proc to watch" }) };

/** The table below a heading of docs/explanation/secrets.md. */
function documented(heading: string): Table {
  return Object.fromEntries(
    tableOf("explanation/secrets.md", heading).map(({ where = "", ...cells }) => [
      plain(where),
      Object.fromEntries(Object.entries(cells).map(([kind, cell]) => [plain(kind), plain(cell)])),
    ]),
  );
}

/** A cell without its marks. */
function plain(cell: string): string {
  return cell.replace(/[`*]/g, "").trim();
}

function measure(places: Readonly<Record<string, Place>>, secrets: Secrets): Table {
  return Object.fromEntries(
    Object.entries(places).map(([name, { text, opened = "" }]) => {
      const [findIn, findInside] = [finderIn(text), finderIn(opened)];
      const cellFor = (known: readonly string[]): string =>
        findIn(known).length > 0 ? "yes" : findInside(known).length > 0 ? "encrypted" : "no";
      return [
        name,
        // All secrets of a kind must have the same result.
        Object.fromEntries(
          Object.entries(secrets).map(([kind, all]) => [kind, [...new Set(all.map(cellFor))].join(" and ")]),
        ),
      ];
    }),
  );
}

function pemOf(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function randomPassword(): string {
  return `pass-${randomBytes(12).toString("hex")}`;
}

/** A deployment with its files, output and processes. */
class Deployment {
  private readonly processes: Processes = { commandLines: new Set(), environments: new Set() };
  private readonly printed = { plan: "", apply: "", savedPlan: "", state: "", backup: "" };

  constructor(private readonly project: Project) {}

  /** Deploys, re-issues certificates from a saved plan, and collects files and output. */
  public async run(): Promise<void> {
    const { project, printed } = this;
    await watching(async () => {
      await project.synth();
      process.env["TF_LOG"] = "trace";
      process.env["TF_LOG_PATH"] = project.path("trace.log");
      printed.apply += await project.apply();
      for (const path of Object.keys(project.files("pki")).filter((name) => name.endsWith("server.pem"))) {
        rmSync(project.path("pki", path));
      }
      printed.plan += allOf(await project.plan("-out=saved.plan"));
      printed.plan += await this.print("show", "-no-color", "saved.plan");
      printed.savedPlan = await this.print("show", "-json", "saved.plan");
      printed.apply += await this.print("apply", "-no-color", "saved.plan");
      printed.apply += await this.print("show", "-no-color");
      printed.state = await this.print("show", "-json");
      printed.backup = await this.print("show", "-json", project.path("terraform.mqtt.tfstate.backup"));
    }, this.processes);
    // The providers' programs are large and hold no secrets.
    rmSync(join(project.stackFolder, ".terraform/providers"), { recursive: true, force: true });
  }

  /** @param keysInFiles the decrypted text of the key files with a password */
  public places(keysInFiles: string): Record<string, Place> {
    const { printed, processes } = this;
    const files = this.project.files("");
    const textOf = (path: RegExp): string =>
      Object.entries(files)
        .filter(([name]) => path.test(name))
        .map(([, { content }]) => content)
        .join("\n");
    return {
      "synthesized text, cdktf.out/": { text: textOf(/^cdktf\.out\/(?!.*\/saved\.plan$)/) },
      "what plan prints": { text: printed.plan },
      "what apply prints": { text: printed.apply },
      "show -json of a saved plan": { text: printed.savedPlan },
      "show -json of the state": { text: printed.state },
      "a saved plan, -out": { text: textOf(/\/saved\.plan$|^unpacked\//), opened: printed.savedPlan },
      "the state": { text: textOf(/^terraform\.mqtt\.tfstate$/), opened: printed.state },
      "its backup": { text: textOf(/^terraform\.mqtt\.tfstate\.backup$/), opened: printed.backup },
      "a log, TF_LOG=trace": { text: textOf(/^trace\.log$/) },
      "arguments of processes": { text: [...processes.commandLines].join("\n") },
      "environments of processes": { text: [...processes.environments].join("\n") },
      "files in pki/": { text: textOf(/^pki\//), opened: keysInFiles },
    };
  }

  private async print(...parameters: string[]): Promise<string> {
    const result = await this.project.run(...parameters);
    outputOf(parameters.join(" "), result);
    return allOf(result);
  }
}

/** Sets Terraform variables in the environment of deployments. */
function setVariables(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) {
    process.env[`TF_VAR_${name}`] = value;
  }
}

function clearEnvironment(): void {
  for (const name of Object.keys(process.env).filter((name) => /^TF_(VAR_|LOG)/.test(name))) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
    delete process.env[name];
  }
}

/** Authorities of every kind in one stack, so that one deployment is enough for all of them. */
function declareAll(project: Project, custody: Custody): void {
  const place = (name: string): string => (custody === "machine" ? `, directory: "pki/${name}"` : "");
  const own = (name: string, options = ""): string =>
    `new CertificateAuthority(stack, "${name}", { ...common, subject: { commonName: "Test CA" }${options}${place(name)} })`;
  const fromFiles = (name: string, options = ""): string =>
    `CertificateAuthority.fromFiles(stack, "${name}", {
      custody, certificateFile: "elsewhere/${name}.pem", keyFile: "elsewhere/${name}.key"${options}${place(name)}
    })`;
  project.declare(`
    const stack = new TerraformStack(app, "mqtt");
    const custody = "${custody}";
    const common = { custody, keyAlgorithm: KeyAlgorithm.ECDSA_P256 };
    function add(name, authority, brokers) {
      const servers = brokers.map((props) =>
        new ServerCertificate(stack, name + " " + props.address, { authority, keyAlgorithm: common.keyAlgorithm, ...props }));
      if (custody === "state") {
        const directory = new PemDirectory(stack, name + " files", { path: "pki/" + name });
        directory.addAuthority(authority);
        servers.forEach((server) => directory.addServer(server));
      }
    }
    add("own", ${own("own")}, [
      { address: "plain.example.com" }, { address: "protected.example.com", passwordVariable: "broker_password" },
    ]);
    add("protected", ${own("protected", ', passwordVariable: "ca_password"')}, [{ address: "plain.example.com" }]);
    add("file", ${fromFiles("file")}, [{ address: "request.example.com", csrFile: "elsewhere/request.csr" }]);
    add("locked", ${fromFiles("locked", ', passwordVariable: "imported_password"')}, [{ address: "plain.example.com" }]);
    add("variable", CertificateAuthority.fromPem(stack, "variable", {
      custody, keyVariable: "imported_key", certificatePem: ${JSON.stringify(project.read("elsewhere/variable.pem"))}${place("variable")}
    }), [{ address: "plain.example.com" }]);`);
}

function makeAuthorities(project: Project): Record<"file" | "locked" | "variable", string> {
  mkdirSync(project.path("elsewhere"));
  const make = (name: string): string => {
    makeAuthority(project.path("elsewhere"), name);
    return project.read("elsewhere", `${name}.key`);
  };
  return { file: make("file"), locked: make("locked"), variable: make("variable") };
}

describe.each(CUSTODIES_EVERYWHERE)("custody %s", (custody, describeEach) => {
  describeEach(
    "the places of secrets",
    (engine) => {
      const project = new Project(engine, { withoutProviders: custody === "machine" });
      let places: Record<string, Place>;
      let table: Table;

      beforeAll(async () => {
        const keys = makeAuthorities(project);
        const key = project.path("elsewhere/locked.key");
        setVariables({ ...PASSWORDS, imported_key: keys.variable });
        await succeed("openssl", [
          ...["pkcs8", "-topk8", "-in", key, "-out", `${key}.new`],
          "-passout",
          "env:TF_VAR_imported_password",
        ]);
        renameSync(`${key}.new`, key);
        chmodSync(key, 0o600);
        const request = makeRequest({ subject: { CN: "request.example.com" }, names: ["DNS:request.example.com"] });
        writeFileSync(project.path("elsewhere/request.csr"), request.pem);
        declareAll(project, custody);

        const deployment = new Deployment(project);
        await deployment.run();
        await unpackPlan(project, "saved.plan", "unpacked");
        const read = (path: string, password?: string): KeyObject =>
          createPrivateKey({ key: project.read("pki", path), passphrase: password });
        const plain = ["own", "protected", "locked", "variable"].map(
          (name) => `${name}/brokers/plain.example.com/server.key`,
        );
        const locked = [
          read("protected/ca.key", PASSWORDS.ca_password),
          read("own/brokers/protected.example.com/server.key", PASSWORDS.broker_password),
        ];
        places = deployment.places(locked.map((key) => pemOf(key)).join(""));
        table = measure(places, {
          "a key": ["own/ca.key", ...plain].map((path) => allSecretsOf(read(path))),
          "a key with a password": locked.map((key) => allSecretsOf(key)),
          "a password": Object.values(PASSWORDS).map(secretsOfText),
          "a request's key": [allSecretsOf(createPrivateKey(request.key))],
          keyFile: [allSecretsOf(createPrivateKey(keys.file))],
          "keyFile with a password": [allSecretsOf(createPrivateKey(keys.locked))],
          keyVariable: [allSecretsOf(createPrivateKey(keys.variable))],
        });
      });
      afterAll(() => {
        clearEnvironment();
        project.remove();
      });

      it("Secrets are where the documented table of the custody shows them", () => {
        expect(table).toEqual(documented(`Custody ${custody}`));
      });

      it("A deployment gives the search for secrets real output, logs and processes", () => {
        const text = (place: string): string => places[place]?.text ?? "";

        expect(text("a log, TF_LOG=trace")).toContain("[TRACE]");
        expect(text("arguments of processes")).toMatch(
          custody === "machine" ? /node\0[^\0]*\/mqtt-pki\.cjs\0brokers\0/ : /openssl\0pkcs8\0/,
        );
        for (const place of [
          "synthesized text, cdktf.out/",
          "what plan prints",
          "what apply prints",
          "show -json of a saved plan",
          "show -json of the state",
          "a saved plan, -out",
          "the state",
          "its backup",
        ]) {
          expect([place, /plain\.?example\.?com/.test(text(place))]).toEqual([place, true]);
        }
      });
    },
    [python, proc],
  );
});

describeOpenTofu(
  "the places of secrets with an encrypted state",
  (engine) => {
    const project = new Project(engine);
    let table: Table;

    beforeAll(async () => {
      const { variable } = makeAuthorities(project);
      setVariables({ ...PASSWORDS, imported_key: variable, state_passphrase: PASSPHRASE });
      process.env["TERRAFORM_BINARY_NAME"] = engine.program;
      project.declare(`new BrokerPki(app, "mqtt", {
        authority: { certificateFile: "elsewhere/variable.pem", keyVariable: "imported_key" },
        keyAlgorithm: KeyAlgorithm.ECDSA_P256,
        brokers: [
          { address: "plain.example.com" }, { address: "protected.example.com", passwordVariable: "broker_password" },
        ],
        statePassphraseVariable: "state_passphrase",
      });`);

      const deployment = new Deployment(project);
      await deployment.run();
      const keyFile = (name: string): string => project.read("pki/brokers", name, "server.key");
      const passphrase = PASSWORDS.broker_password;
      const locked = createPrivateKey({ key: keyFile("protected.example.com"), passphrase });
      table = measure(deployment.places(pemOf(locked)), {
        "a key": [allSecretsOf(createPrivateKey(keyFile("plain.example.com")))],
        "a key with a password": [allSecretsOf(locked)],
        "a password": [secretsOfText(passphrase)],
        keyVariable: [allSecretsOf(createPrivateKey(variable))],
        "the passphrase": [secretsOfText(PASSPHRASE)],
      });
    });
    afterAll(() => {
      delete process.env["TERRAFORM_BINARY_NAME"];
      clearEnvironment();
      project.remove();
    });

    it("Secrets are where the documented table of OpenTofu's encryption shows them", () => {
      expect(table).toEqual(documented("With OpenTofu's encryption"));
    });
  },
  [proc],
);

describeEachEngine("a log with TF_LOG=info, or with TF_LOG_CORE=trace alone", (engine) => {
  const project = new Project(engine);

  beforeAll(async () => {
    // This logs as much as both settings together.
    process.env["TF_LOG_CORE"] = "trace";
    process.env["TF_LOG_PROVIDER"] = "info";
    process.env["TF_LOG_PATH"] = project.path("trace.log");
    project.declareFleet(["mqtt.example.com"]);
    await project.synth();
    await project.apply();
  });
  afterAll(() => {
    clearEnvironment();
    project.remove();
  });

  it("A log with TF_LOG=info or TF_LOG_CORE=trace alone has no key", () => {
    const log = project.read("trace.log");
    const findIn = finderIn(log);

    expect(log).toMatch(/\[TRACE\].*tls_private_key/);
    for (const path of ["ca.key", "brokers/mqtt.example.com/server.key"]) {
      expect([path, findIn(allSecretsOf(createPrivateKey(project.read("pki", path))))]).toEqual([path, []]);
    }
  });
});
