import { createHash, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { toCHeader } from "../../lib/x509/c-header";
import { pemBlocks } from "../../lib/x509/pem";
import { makeAuthority } from "../support/authorities";
import { BrokerProcess, servedSerial } from "./support/broker-process";
import { changed, describeOneBareEngine, describeOneEngine, wordsOf } from "./support/custodies";
import { JavaStores, type Store } from "./support/java-stores";
import { killApply, letGoOn } from "./support/kill";
import { describeWith, machine } from "./support/machine";
import { freePort } from "./support/mosquitto";
import { Project } from "./support/project";
import { letServerEnd, readRecords } from "./support/records";
import { run, succeed } from "./support/run";
import { TlsServer } from "./support/tls-server";
import { sClient } from "./support/tls-clients";

const tools = machine();

const PASSWORD = "a store's: with 'quotes' and $(date)";
const TRUST_PASSWORD = "changeit";
const KINDS = { rsa: "RSA_2048", ec: "ECDSA_P256", ed: "ED25519" } as const;
const BROKERS = Object.keys(KINDS).map((kind) => `${kind}.example.com`);
const FORMS = ["server.p12", "server.combined.pem", "server.pem.key"];

const folderOf = (address: string): string => `brokers/${address}`;

/** The props of a broker with all forms, and further props. */
function brokers(
  options = 'forms: ["pkcs12", "combined-pem", "pem-key"], keystorePasswordVariable: "store"',
): string[] {
  return Object.entries(KINDS).map(
    ([kind, key]) => `{ address: "${kind}.example.com", keyAlgorithm: KeyAlgorithm.${key}, ${options} }`,
  );
}

function sha256(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}

describeOneBareEngine("key forms", (engine) => {
  const project = new Project(engine, { withoutProviders: true });
  project.variables = { store: PASSWORD };
  const pki = (...path: string[]): string => project.path("pki", ...path);
  const store = (address: string, password = PASSWORD): Store => ({
    file: pki(folderOf(address), "server.p12"),
    password,
  });

  /** The content of a keystore, as openssl prints it. */
  const inStore = (address: string, password: string, ...options: string[]) =>
    run("openssl", ["pkcs12", "-in", store(address).file, "-passin", "env:PASSWORD", ...options], {
      env: { PASSWORD: password },
    });

  async function declare(options?: string): Promise<void> {
    project.declareFleet(brokers(options), 'custody: "machine"');
    await project.synth();
  }

  /** The faults of the forms of all brokers; empty if they are correct. */
  async function flaws(password = PASSWORD): Promise<string[]> {
    const found: string[] = [];
    for (const address of BROKERS) {
      const [key, certificate] = ["server.key", "server.pem"].map((name) =>
        project.read("pki", folderOf(address), name),
      ) as [string, string];
      const inside = await inStore(address, password, "-nodes");
      const blocks = pemBlocks(inside.stdout).map(({ data }) => Buffer.from(data));
      const wanted = [...pemBlocks(certificate), ...pemBlocks(key)].map(({ data }) => Buffer.from(data));
      const isSame =
        blocks.length === wanted.length && wanted.every((data) => blocks.some((block) => block.equals(data)));
      found.push(...(inside.status === 0 && isSame ? [] : [`${address}/server.p12`]));
      found.push(
        ...(project.read("pki", folderOf(address), "server.combined.pem") === certificate + key
          ? []
          : [`${address}/server.combined.pem`]),
        ...(project.read("pki", folderOf(address), "server.pem.key") === key ? [] : [`${address}/server.pem.key`]),
      );
      found.push(...FORMS.filter((name) => (statSync(pki(folderOf(address), name)).mode & 0o777) !== 0o600));
    }
    return found;
  }

  beforeAll(async () => {
    await declare();
    await project.apply();
    project.keep();
  });
  beforeEach(() => {
    project.restore();
    project.variables = { store: PASSWORD };
  });
  afterAll(() => {
    project.remove();
  });

  it("Key forms are next to server.key and server.pem and in the records; the next plan is empty", async () => {
    expect(await flaws()).toEqual([]);
    expect((await project.plan()).status).toBe(0);
    for (const address of BROKERS) {
      const record = readRecords(project, "brokers").brokers[folderOf(address)];
      const files = project.files("pki");
      expect(record).toMatchObject({ forms: "pkcs12 combined-pem pem-key store/1" });
      expect(record?.forms_sha256?.split(" ")[2]).toBe(
        sha256(files[`${folderOf(address)}/server.pem.key`]?.content ?? ""),
      );
    }
  });

  it("The password of a key form is in no file and no output", () => {
    const texts = Object.values(project.files(".")).filter(({ content }) => content.includes(PASSWORD));
    expect(texts).toEqual([]);
  });

  it("Key forms are encrypted as by OpenSSL 3 and Java 17", async () => {
    const { stderr } = await inStore(BROKERS[0] ?? "", PASSWORD, "-info", "-noout");
    expect(stderr).toMatch(/MAC: sha256, Iteration 2048/);
    expect(stderr.match(/PBES2, PBKDF2, AES-256-CBC, Iteration 2048, PRF hmacWithSHA256/g)).toHaveLength(2);
  });

  it("Key forms are made again with a renewed certificate", async () => {
    const [address = ""] = BROKERS;
    letServerEnd(project, folderOf(address), "2026-01-01T00:00:00Z");

    expect(await project.planned()).toEqual({ [folderOf(address)]: "new certificate, same key: the old one is due" });
    await project.apply();
    expect(await flaws()).toEqual([]);
    expect((await project.plan()).status).toBe(0);
  });

  it.each(FORMS)("A form is made again if %s is missing or changed, and the old file is kept", async (form) => {
    const [address = "", other = ""] = BROKERS;
    rmSync(pki(folderOf(address), form));
    writeFileSync(pki(folderOf(other), form), "made by hand", { mode: 0o600 });
    const before = project.files("pki");

    const words = "same key and certificate: a form is missing or changed";
    expect(await project.planned()).toEqual({ [folderOf(address)]: words, [folderOf(other)]: words });
    await project.apply();
    expect(await flaws()).toEqual([]);
    expect(changed(before, project.files("pki")).filter((path) => /server\.(key|pem)$/.test(path))).toEqual([]);
    const copies = Object.entries(project.files(`pki/${folderOf(other)}`)).filter(([name]) =>
      name.startsWith(`${form}.2`),
    );
    expect(copies.map(([, { content }]) => content)).toEqual(["made by hand"]);
    expect(Object.keys(project.files(`pki/${folderOf(address)}`))).toHaveLength(5);
  });

  it("Another passwordVersion re-encrypts the key forms", async () => {
    await declare(
      'forms: ["pkcs12", "combined-pem", "pem-key"], keystorePasswordVariable: "store", keystorePasswordVersion: 2',
    );
    project.variables = { store: "another" };

    const words = "same key and certificate: other forms are declared";
    expect(await project.planned()).toEqual(Object.fromEntries(BROKERS.map((address) => [folderOf(address), words])));
    await project.apply();
    expect(await flaws("another")).toEqual([]);
  });

  it("Key forms are removed if they are no longer declared, and with their broker", async () => {
    await declare('forms: ["pem-key"]');
    writeFileSync(pki(folderOf(BROKERS[0] ?? ""), "server.combined.pem"), "made by hand");
    await project.apply();

    expect(existsSync(pki(folderOf(BROKERS[0] ?? ""), "server.combined.pem"))).toBe(true);
    expect(Object.keys(project.files(`pki/${folderOf(BROKERS[1] ?? "")}`)).sort()).toEqual([
      "server.key",
      "server.pem",
      "server.pem.key",
    ]);
    project.declareFleet([brokers('forms: ["pem-key"]')[0] ?? ""], 'custody: "machine"');
    await project.synth();
    await project.apply();
    expect(BROKERS.map((address) => existsSync(pki(folderOf(address))))).toEqual([true, false, false]);
  });

  it("A locked key or an invalid form password stops that broker alone", async () => {
    const protectedOne = (variable: string): string =>
      `{ address: "one.example.com", passwordVariable: "key", forms: ["pkcs12"], keystorePasswordVariable: "${variable}" }`;
    project.declareFleet([protectedOne("store"), "two.example.com"], 'custody: "machine"');
    await project.synth();
    project.variables = { store: PASSWORD, key: "right" };
    await project.apply();
    rmSync(pki("brokers/one.example.com/server.p12"));
    rmSync(pki("brokers/two.example.com/server.pem"));

    project.variables = { store: PASSWORD, key: "wrong" };
    const wrong = await project.tryApply();
    expect(wordsOf(wrong.stderr)).toContain("server.key cannot be read with the password in TF_VAR_key");
    expect(existsSync(pki("brokers/two.example.com/server.pem"))).toBe(true);

    project.variables = { store: "Schlüssel", key: "right" };
    const refused = await project.tryApply();
    expect(wordsOf(refused.stderr)).toContain(
      "the password in TF_VAR_store contains characters outside printable ASCII",
    );
    expect(wordsOf(refused.stderr)).not.toContain("Schlüssel");

    project.variables = { store: PASSWORD, key: "right" };
    await project.apply();
    expect(await inStore("one.example.com", PASSWORD, "-noout")).toMatchObject({ status: 0 });
  });

  it("A killed deployment leaves key forms whole or absent, and the next one makes the rest", async () => {
    for (const milliseconds of [0, 20, 60, 150]) {
      project.restore();
      for (const address of BROKERS) {
        rmSync(pki(folderOf(address), "server.p12"));
        letServerEnd(project, folderOf(address), "2026-01-01T00:00:00Z");
      }
      let started = 0;
      const isTime = (): boolean => {
        started ||= existsSync(pki("brokers.journal")) ? Date.now() : 0;
        return started > 0 && Date.now() - started >= milliseconds;
      };
      await killApply(engine, project, isTime);
      for (const address of BROKERS) {
        const { file } = store(address);
        expect(existsSync(file) ? (await inStore(address, PASSWORD, "-noout")).status : 0).toBe(0);
      }
      await sleep(100);
      const withdraw = letGoOn(project);
      await project.apply();
      withdraw();
      expect(await flaws()).toEqual([]);
      expect(project.flaws().filter((path) => !path.endsWith("combined.pem") && !path.endsWith(".pem.key"))).toEqual(
        [],
      );
      expect((await project.plan()).status).toBe(0);
    }
  });

  describeWith([tools.haproxy], "HAProxy", () => {
    const [address = ""] = BROKERS;

    it.each([
      ["server.pem, with server.pem.key next to it", "server.pem"],
      ["server.combined.pem", "server.combined.pem"],
    ])("HAProxy serves with %s", async (_what, name) => {
      const configuration = project.path("haproxy.cfg");
      const file = pki(folderOf(address), name);
      const port = await freePort("127.0.0.1");
      writeFileSync(
        configuration,
        `defaults\n  mode tcp\n  timeout connect 1s\n  timeout client 1s\n  timeout server 1s\nfrontend mqtt\n  bind 127.0.0.1:${port} ssl crt ${file}\n  default_backend brokers\nbackend brokers\n  server one 127.0.0.1:1883\n`,
      );
      const haproxy = await BrokerProcess.start(tools.haproxy, ["-db", "-f", configuration], { port });
      try {
        const { serialNumber } = new X509Certificate(project.read("pki", folderOf(address), "server.pem"));
        expect(await servedSerial(port)).toBe(serialNumber);
      } finally {
        await haproxy.stop();
      }
    });
  });

  describeWith([tools.java], "Java", () => {
    const java = new JavaStores();

    beforeAll(() => java.compile());
    afterAll(() => {
      java.remove();
    });

    it.each(BROKERS)("Java serves with the keystore of %s", async (address) => {
      const server = await java.serve(store(address));
      try {
        expect(server.aliases).toBe("mqtt");
        const target = { host: "127.0.0.1", port: server.port, name: address } as const;
        expect(await sClient(target, pki("ca.pem"))).toMatchObject({ status: 0 });
      } finally {
        await server.stop();
      }
    });

    it("Java serves the chain of an intermediate authority from a keystore", async () => {
      mkdirSync(project.path("company"));
      const root = makeAuthority(project.path("company"), "root");
      const signer = makeAuthority(project.path("company"), "signer", { issuer: root });
      writeFileSync(project.path("company/chain.pem"), signer.certificatePem + root.certificatePem);
      project.declare(`new BrokerPki(app, "mqtt", {
        custody: "machine",
        directory: "below",
        authority: { certificateFile: "company/chain.pem", keyFile: "company/signer.key" },
        forms: ["pkcs12"],
        keystorePasswordVariable: "store",
        brokers: [${brokers("").join(", ")}],
      });`);
      rmSync(project.path("terraform.mqtt.tfstate"));
      await project.synth();
      await project.apply();

      for (const address of BROKERS) {
        const server = await java.serve({
          file: project.path("below", folderOf(address), "server.p12"),
          password: PASSWORD,
        });
        try {
          const target = { host: "127.0.0.1", port: server.port, name: address } as const;
          expect(await sClient(target, project.path("below/ca.pem"))).toMatchObject({ status: 0 });
        } finally {
          await server.stop();
        }
      }
    });
  });
});

describeOneBareEngine("trust forms", (engine) => {
  const project = new Project(engine, { withoutProviders: true });
  project.variables = { trust: TRUST_PASSWORD };
  const pki = (...path: string[]): string => project.path("pki", ...path);

  async function declare(generations: readonly number[], options = ""): Promise<void> {
    const authorities = generations.map(
      (one) =>
        `{ generation: ${one}, subject: { commonName: "CA ${one}" }, keyAlgorithm: KeyAlgorithm.ECDSA_P256, preventDestroy: false }`,
    );
    project.declare(`new BrokerPki(app, "mqtt", {
      custody: "machine",
      authority: [${authorities.join(", ")}],
      signingGeneration: ${generations[0]},
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      trustForms: ["pem", "der", "c-header", "pkcs12"],
      truststorePasswordVariable: "trust",
      brokers: [{ address: "one.example.com" }, { address: "two.example.com", signingGeneration: ${generations.at(-1)} }],
      ${options}
    });`);
    await project.synth();
  }

  beforeAll(async () => {
    await declare([1]);
    await project.apply();
    await declare([1, 2], 'brokers: [{ address: "one.example.com" }, { address: "two.example.com" }]');
    await project.apply();
    await declare([1, 2]);
    await project.apply();
    project.keep();
  });
  beforeEach(() => {
    project.restore();
    project.variables = { trust: TRUST_PASSWORD };
  });
  afterAll(() => {
    project.remove();
  });

  it("Trust forms are a file for each generation, a header and a truststore; the next plan is empty", async () => {
    expect((await project.plan()).status).toBe(0);
    const blocks = pemBlocks(project.read("pki/ca.pem"));
    for (const [index, { data }] of blocks.entries()) {
      expect(new X509Certificate(project.read(`pki/trust/ca-${index + 1}.pem`)).raw).toEqual(Buffer.from(data));
      const der = await succeed("openssl", ["x509", "-inform", "DER", "-in", pki(`trust/ca-${index + 1}.der`)]);
      expect(new X509Certificate(der).raw).toEqual(Buffer.from(data));
    }
    const modes = Object.values(project.files("pki/trust")).map(({ mode }) => mode);
    expect(modes).toEqual(Array.from({ length: 6 }, () => "644"));
  });

  it("The header of a trust form compiles in C, with the text of ca.pem", async () => {
    writeFileSync(
      project.path("main.c"),
      '#include "pki/trust/ca.h"\n#include "pki/trust/ca.h"\n#include <stdio.h>\nint main(void) { return fputs(mqtt_ca_pem, stdout) < 0; }\n',
    );
    const compiler = await run("cc", [
      "-Wall",
      "-Wextra",
      "-Werror",
      "-std=c99",
      "-o",
      project.path("main"),
      project.path("main.c"),
    ]);
    if (compiler.status !== null) {
      expect(compiler).toMatchObject({ status: 0 });
      expect(await succeed(project.path("main"), [])).toBe(project.read("pki/ca.pem"));
    }
  });

  it("Trust forms are made again if one is missing or changed", async () => {
    rmSync(pki("trust/ca-2.der"));
    writeFileSync(pki("trust/truststore.p12"), "made by hand");

    expect(await project.planned()).toEqual({
      "trust/der": "a file of trust/ca-*.der is missing or changed",
      "trust/pkcs12": "trust/truststore.p12 is missing or changed",
    });
    await project.apply();
    expect((await project.plan()).status).toBe(0);
    const kept = Object.entries(project.files("pki/trust")).filter(([name]) => name.startsWith("truststore.p12.2"));
    expect(kept.map(([, { content }]) => content)).toEqual(["made by hand"]);
  });

  it("Trust forms get a new password with another version, and are removed if no longer declared", async () => {
    await declare([1, 2], "truststorePasswordVersion: 2");
    project.variables = { trust: "another" };
    expect(await project.planned()).toEqual({ "trust/pkcs12": "another password is declared" });
    await project.apply();
    const list = ["pkcs12", "-in", pki("trust/truststore.p12"), "-passin", "pass:another", "-nokeys"];
    expect(pemBlocks(await succeed("openssl", list))).toHaveLength(2);

    await declare([1, 2], 'trustForms: ["pem"], truststorePasswordVariable: undefined');
    await project.apply();
    expect(Object.keys(project.files("pki/trust")).sort()).toEqual(["ca-1.pem", "ca-2.pem"]);
  });

  it("The trust forms of a dropped generation are removed", async () => {
    await declare([2]);
    await project.apply();
    expect(Object.keys(project.files("pki/trust")).sort()).toEqual(["ca-2.der", "ca-2.pem", "ca.h", "truststore.p12"]);
    expect((await project.plan()).status).toBe(0);
  });

  it("A missing truststore password stops a deployment before anything is made", async () => {
    rmSync(pki("trust/truststore.p12"));
    const before = project.files("pki");
    project.variables = { trust: "Schlüssel" };
    const result = await project.tryApply();
    expect(wordsOf(result.stderr)).toContain("characters outside printable ASCII");
    expect(changed(before, project.files("pki"))).toEqual([]);
  });

  describeWith([tools.java], "Java", () => {
    const java = new JavaStores();

    beforeAll(() => java.compile());
    afterAll(() => {
      java.remove();
    });

    it("keytool finds both generations in a truststore, each under its own alias", async () => {
      const store = { file: pki("trust/truststore.p12"), password: TRUST_PASSWORD };

      expect(await java.entriesOf(store)).toEqual(["ca-1 trustedCertEntry", "ca-2 trustedCertEntry"]);
    });

    it.each(["one.example.com", "two.example.com"])(
      "Java trusts each generation in the middle of a rollover: %s",
      async (name) => {
        const server = await TlsServer.start(pki(folderOf(name)));
        try {
          const target = { host: "127.0.0.1", port: server.port, name } as const;
          const result = await java.connect(target, { file: pki("trust/truststore.p12"), password: TRUST_PASSWORD });
          expect(result).toMatchObject({ status: 0, stdout: "verified\n" });
        } finally {
          await server.stop();
        }
      },
    );
  });
});

describeOneEngine("trust forms, with custody state", (engine) => {
  const project = new Project(engine);

  afterAll(() => {
    project.remove();
  });

  it("Trust forms with custody state are files, and are removed if no longer declared", async () => {
    const generation = (one: number): string => `{ generation: ${one}, subject: { commonName: "CA ${one}" } }`;
    const declare = (options: string): void => {
      project.declare(`new BrokerPki(app, "mqtt", {
        custody: "state",
        authority: [${generation(1)}, ${generation(2)}],
        signingGeneration: 1,
        brokers: [{ address: "one.example.com" }],
        ${options}
      });`);
    };
    declare('trustForms: ["pem", "der", "c-header"]');
    await project.synth();
    await project.apply();

    expect((await project.plan()).status).toBe(0);
    const blocks = pemBlocks(project.read("pki/ca.pem"));
    expect(blocks).toHaveLength(2);
    for (const [index, { data }] of blocks.entries()) {
      const file = project.path("pki/trust", `ca-${index + 1}`);
      expect(new X509Certificate(readFileSync(`${file}.pem`)).raw).toEqual(Buffer.from(data));
      expect(readFileSync(`${file}.der`)).toEqual(Buffer.from(data));
    }
    expect(project.read("pki/trust/ca.h")).toBe(toCHeader(project.read("pki/ca.pem")));
    const modes = Object.values(project.files("pki/trust")).map(({ mode }) => mode);
    expect(new Set(modes)).toEqual(new Set(["644"]));

    declare("");
    await project.synth();
    await project.apply();
    expect(Object.keys(project.files("pki/trust"))).toEqual([]);
  });
});
