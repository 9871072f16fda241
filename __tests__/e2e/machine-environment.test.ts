import { X509Certificate } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { makeAuthority } from "../support/authorities";
import { expectConvergence } from "./support/convergence";
import { describeOneBareEngine } from "./support/custodies";
import { BROKERS, FIRST, declare, modesIn } from "./support/machine-directory";
import { Project } from "./support/project";
import { allOf } from "./support/run";

/** The content of all certificates, except for what differs with every issue. */
function saidIn(project: Project): object {
  const pems = Object.entries(project.files("pki")).filter(([path]) => path.endsWith(".pem"));
  return Object.fromEntries(
    pems.map(([path, { content }]) => {
      const { subject, issuer, subjectAltName, keyUsage, ca, validFrom, validTo } = new X509Certificate(content);
      const duration = Date.parse(validTo) - Date.parse(validFrom);
      return [
        path,
        { subject, issuer, subjectAltName, keyUsage, ca, duration, length: content.split("-----BEGIN").length },
      ];
    }),
  );
}

describeOneBareEngine("a deployment in a filled environment", (engine) => {
  const [clean, poisoned] = [1, 2].map(() => new Project(engine, { withoutProviders: true })) as [Project, Project];
  const known = { ...process.env };

  beforeAll(async () => {
    await declare(clean);
    await clean.apply();
    await declare(poisoned);
    mkdirSync(poisoned.path("evil"));
    mkdirSync(poisoned.path("victim"));
    makeAuthority(poisoned.path("evil"), "ca", { subject: "/CN=Evil" });
    writeFileSync(poisoned.path("evil/mark.js"), `require("node:fs").writeFileSync("${poisoned.path("mark")}", "");`);
    writeFileSync(
      poisoned.path("evil/openssl.cnf"),
      "openssl_conf = missing\nnodejs_conf = missing\n.include /missing\n",
    );
    mkdirSync(poisoned.path("evil/node_modules/fs"), { recursive: true });
    cpSync(poisoned.path("evil/mark.js"), poisoned.path("evil/node_modules/fs/index.js"));
    const evil = (name: string): string => poisoned.path("evil", name);
    Object.assign(process.env, {
      FOLDER: "../victim",
      DIRECTORY: poisoned.path("victim"),
      PASSWORD: "S3cr3t!pw",
      CA_PASSWORD: "S3cr3t!pw",
      CA_KEY: evil("ca.key"),
      CA_KEY_VARIABLE: "x;touch mark",
      CA_CERTIFICATE: evil("ca.pem"),
      CA_CHAIN: evil("ca.key"),
      TRUST_ANCHOR: evil("ca.pem"),
      TRUST: evil("ca.pem"),
      KEY: "RSA-512",
      KEY_VERSION: '9","x":"',
      TOKEN: "2001-01-01T00:00:00Z x",
      CSR: "x",
      REQUEST: "x",
      INTENT: "x",
      ISSUER: "x",
      SUBJECT: "/CN=evil",
      EXTENSIONS: "basicConstraints=CA:TRUE",
      DAYS: "1",
      DURATION: "1",
      REMOVAL: "2001-01-01T00:00:00Z removes ../victim",
      CERTIFICATES: "x",
      CERTIFICATE: evil("ca.pem"),
      OTHER_CERTIFICATE: "x",
      NOT_AFTER: "2001-01-01T00:00:00Z",
      RENEW_BEFORE: "9999999",
      DIGEST: "md5",
      MQTT_PKI_STATE: "x",
      MQTT_PKI_TIME: "2001-01-01T00:00:00Z",
      MQTT_PKI_DECISIONS: "x",
      MQTT_PKI_WORKSPACE: "x",
      NODE_OPTIONS: `--require ${evil("mark.js")}`,
      NODE_PATH: evil("node_modules"),
      NODE_EXTRA_CA_CERTS: evil("missing.pem"),
      NODE_V8_COVERAGE: poisoned.path("coverage"),
      NODE_COMPILE_CACHE: poisoned.path("coverage"),
      NODE_REDIRECT_WARNINGS: poisoned.path("mark"),
      NODE_ICU_DATA: evil("missing"),
      NODE_DEBUG: "fs,module",
      NODE_PENDING_DEPRECATION: "1",
      NODE_CHANNEL_FD: "9",
      NODE_UNIQUE_ID: "9",
      NODE_TEST_CONTEXT: "child-v8",
      OPENSSL_CONF: evil("openssl.cnf"),
      OPENSSL_MODULES: evil("missing"),
      SSL_CERT_FILE: evil("missing"),
      UV_THREADPOOL_SIZE: "0",
      TZ: "Asia/Kolkata",
      LC_ALL: "tr_TR.UTF-8",
      TMPDIR: evil("missing"),
      BASH_ENV: evil("mark.js"),
      ENV: evil("mark.js"),
      IFS: "/",
      SHELLOPTS: "xtrace",
    });
  });
  afterAll(() => {
    for (const name of Object.keys(process.env).filter((name) => !(name in known))) {
      Reflect.deleteProperty(process.env, name);
    }
    Object.assign(process.env, known);
    clean.remove();
    poisoned.remove();
  });

  it("A deployment in a filled environment makes the same files, and prints no variable of it", async () => {
    const said = allOf(await poisoned.tryApply());

    expect(said).toContain("Apply complete! Resources: 4 added");
    expect(said).not.toContain("S3cr3t");
    expect(modesIn(poisoned)).toEqual(modesIn(clean));
    expect(saidIn(poisoned)).toEqual(saidIn(clean));
    expect(poisoned.flaws()).toEqual([]);
    expect(await poisoned.planned()).toEqual({});
  });

  it("A fleet in a filled environment renews and destroys the same", async () => {
    rmSync(poisoned.path(FIRST, "server.pem"));
    await expectConvergence(poisoned, BROKERS);
    await poisoned.apply("-destroy");

    expect(Object.keys(poisoned.files("pki")).sort()).toEqual(["authorities.records", "ca.key", "ca.pem"]);
  });

  it("A deployment runs nothing that its environment names, and writes nowhere else", () => {
    expect(readdirSync(poisoned.path()).filter((name) => ["mark", "coverage"].includes(name))).toEqual([]);
    expect(readdirSync(poisoned.path("victim"))).toEqual([]);
  });
});
