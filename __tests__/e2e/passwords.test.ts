import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import mqtt from "mqtt";
import { changed, CUSTODIES, type Custody, letEnd, wordsOf, describeOneEngine } from "./support/custodies";
import { stateOf } from "./support/kill";
import { describeWith, machine } from "./support/machine";
import { Mosquitto } from "./support/mosquitto";
import { type FileFacts, Project } from "./support/project";
import { readRecords } from "./support/records";
import { run, succeed } from "./support/run";
import { expecting } from "./support/tls-clients";

const tools = machine();

/** Its key has the password of all brokers that say nothing of theirs. */
const COMMON = "mqtt-1.example.com";
/** Its key has a password of its own. */
const OWN = "mqtt-2.example.com";
/** Its key has none. */
const OPEN = "mqtt-3.example.com";

const VARIABLES = {
  ca_password: "the authority's: with 'quotes' and $(date)",
  broker_password: 'all brokers\': with \\n, %s and ${var.x} "and more"',
  own_password: "Schlüßel der Nummer 2",
};
const WRONG_PASSWORD = "not the one";

/** The passwords of the files, by their paths, as they are deployed first. */
const PASSWORDS: Readonly<Record<string, string>> = {
  "ca.key": VARIABLES.ca_password,
  [keyOf(COMMON)]: VARIABLES.broker_password,
  [keyOf(OWN)]: VARIABLES.own_password,
};

/** What is declared: texts of props; a broker that is undefined is not declared. */
interface Declaration {
  readonly authority?: string;
  readonly brokers?: Readonly<Record<string, string | undefined>>;
}

const OWN_KEY = "keyAlgorithm: KeyAlgorithm.ED25519";

const DECLARED = {
  authority: 'passwordVariable: "ca_password"',
  brokers: {
    [COMMON]: "",
    [OWN]: `${OWN_KEY}, passwordVariable: "own_password"`,
    [OPEN]: "passwordVariable: false",
  },
};

async function declare(project: Project, custody: Custody, { authority, brokers }: Declaration = {}): Promise<void> {
  const all: Readonly<Record<string, string | undefined>> = { ...DECLARED.brokers, ...brokers };
  const declared = Object.entries(all).filter(([, props]) => props !== undefined);
  project.declare(`new BrokerPki(app, "mqtt", {
    custody: "${custody}",
    authority: {
      subject: { commonName: "Test CA" },
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      ${authority ?? DECLARED.authority}
    },
    keyAlgorithm: KeyAlgorithm.ECDSA_P256,
    passwordVariable: "broker_password",
    brokers: [${declared.map(([address, props]) => `{ address: "${address}", ${props} }`).join(", ")}],
  });`);
  await project.synth();
}

function keyOf(address: string): string {
  return `brokers/${address}/server.key`;
}

/** The record of what a key's file holds: in custody "state" it is there for a file with a password alone. */
function recordOf(custody: Custody, keyFile: string): string {
  const ofMachine = keyFile === "ca.key" ? "authorities.records" : "brokers.records";
  return custody === "machine" ? ofMachine : `${keyFile}.json`;
}

/** The key itself, whatever its file's password. */
function secretOf(project: Project, keyFile: string, password?: string): string {
  const key = createPrivateKey({ key: project.read("pki", keyFile), passphrase: password });
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** How a key's file is encrypted, in the words of openssl. */
async function encryptionOf(project: Project, keyFile: string): Promise<readonly string[] | null> {
  const text = await succeed("openssl", ["asn1parse", "-in", project.path("pki", keyFile)]);
  return text.match(/(?<=(?:OBJECT|INTEGER) +:).*/g);
}

/** The same, as it is to be. */
function encryptionWith(iterations: number): string[] {
  const bytes = iterations.toString(16).toUpperCase();
  return ["PBES2", "PBKDF2", bytes.padStart(2 * Math.ceil(bytes.length / 2), "0"), "hmacWithSHA256", "aes-256-cbc"];
}

async function opensWith(project: Project, keyFile: string, password: string): Promise<boolean> {
  const file = project.path("pki", keyFile);
  const { status } = await run("openssl", ["pkey", "-in", file, "-passin", "env:PASSWORD", "-noout"], {
    env: { PASSWORD: password },
  });
  return status === 0;
}

/** Every file that has a private key without a password, whatever it is called. */
function openKeys(files: Readonly<Record<string, FileFacts>>): string[] {
  const isOpen = /-----BEGIN (?!ENCRYPTED)(?:[A-Z]+ )?PRIVATE KEY-----/;
  return Object.keys(files).filter((path) => isOpen.test(files[path]?.content ?? ""));
}

/** @returns the words of an apply that must fail, and leave every file as it is */
async function refusal(project: Project): Promise<string> {
  const before = project.files("pki");
  const result = await project.tryApply();

  expect(result.status).toBe(1);
  expect(changed(before, project.files("pki"))).toEqual([]);
  return wordsOf(result.stderr);
}

/** What becomes of the password of one key. */
interface KeyChange {
  readonly keyFile: string;
  /** What its resources are called in plans, after their types; and what it is called in one, with custody "machine". */
  readonly resource: string;
  readonly part: string;
  /** The environment variable that has the old password: custody "machine" has to read the file. */
  readonly old?: string;
  /** The new one: none where the key has none from now on. */
  readonly password?: string;
}

interface Change {
  readonly title: string;
  readonly declaration: Declaration;
  /** Those that are other than before. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly keys: readonly KeyChange[];
}

const CHANGES: readonly Change[] = [
  {
    title: "another password for a broker",
    declaration: { brokers: { [OWN]: `${DECLARED.brokers[OWN]}, passwordVersion: 2` } },
    variables: { own_password: "new one" },
    keys: [
      {
        keyFile: keyOf(OWN),
        resource: "broker_mqtt-2_example_com",
        part: `brokers/${OWN}`,
        old: "own_password_before",
        password: "new one",
      },
    ],
  },
  {
    title: "another password for the authority",
    declaration: { authority: `${DECLARED.authority}, passwordVersion: 2` },
    variables: { ca_password: "new one" },
    keys: [{ keyFile: "ca.key", resource: "authority", part: "1", old: "ca_password_before", password: "new one" }],
  },
  {
    title: "for three brokers a password in another variable, none where one was, and one where none was",
    declaration: {
      brokers: {
        [COMMON]: 'passwordVariable: "renamed_password"',
        [OWN]: `${OWN_KEY}, passwordVariable: false`,
        [OPEN]: 'passwordVariable: "first_password"',
      },
    },
    variables: {
      broker_password: undefined,
      own_password: undefined,
      renamed_password: "new one",
      first_password: "first one",
    },
    keys: [
      {
        keyFile: keyOf(COMMON),
        resource: "broker_mqtt-1_example_com",
        part: `brokers/${COMMON}`,
        old: "broker_password",
        password: "new one",
      },
      { keyFile: keyOf(OWN), resource: "broker_mqtt-2_example_com", part: `brokers/${OWN}`, old: "own_password" },
      { keyFile: keyOf(OPEN), resource: "broker_mqtt-3_example_com", part: `brokers/${OPEN}`, password: "first one" },
    ],
  },
  {
    title: "no password for the authority",
    declaration: { authority: "" },
    variables: { ca_password: undefined },
    keys: [{ keyFile: "ca.key", resource: "authority", part: "1", old: "ca_password" }],
  },
];

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  const isOnMachine = custody === "machine";
  describeEach(
    "passwords on ca.key and server.key",
    (engine) => {
      const project = new Project(engine, { withoutProviders: isOnMachine });
      const record = (keyFile: string): string => recordOf(custody, keyFile);
      const state = (): string => project.read("terraform.mqtt.tfstate");
      const give = (variables: Readonly<Record<string, string | undefined>> = {}): void => {
        project.variables = { ...VARIABLES, ...variables };
      };

      beforeAll(async () => {
        await declare(project, custody);
      });
      afterAll(() => {
        project.remove();
      });

      describe.each([
        ["is missing", undefined],
        ["is empty", ""],
      ])("passwords of which each %s", (_case, value) => {
        it("A missing or empty password stops plan and apply, which name each variable", async () => {
          project.variables = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, value]));
          const planned = await project.plan();
          const applied = await project.tryApply();

          for (const result of [planned, applied]) {
            const words = wordsOf(result.stderr);
            expect(result.status).toBe(1);
            for (const name of Object.keys(VARIABLES)) {
              expect(words).toContain(`The password is missing: set the environment variable TF_VAR_${name}.`);
            }
          }
          expect(existsSync(project.path("pki"))).toBe(false);
          expect(stateOf(project)).toBe("empty");
        });
      });

      describe("a deployment with passwords", () => {
        beforeAll(async () => {
          give();
          await project.apply();
          project.keep();
        });

        it("Key files with a password are for their owner alone, with their records next to them", () => {
          const modes = Object.entries(project.files("pki")).map(([path, { mode }]) => `${mode} ${path}`);
          const records = isOnMachine
            ? ["600 authorities.records", "600 brokers.records", "600 owner.json"]
            : ["644 ca.key.json", ...[COMMON, OWN].map((address) => `644 brokers/${address}/server.key.json`)];

          expect(modes.sort()).toEqual(
            [
              ...["600 ca.key", "644 ca.pem", ...records],
              ...[COMMON, OWN, OPEN].flatMap((address) => [
                `600 ${keyOf(address)}`,
                `644 brokers/${address}/server.pem`,
              ]),
            ].sort(),
          );
        });

        it.each(Object.keys(PASSWORDS))(
          "A key with a password is PKCS#8 with AES-256 and a slow hash: %s",
          async (file) => {
            expect(project.read("pki", file)).toMatch(
              /^-----BEGIN ENCRYPTED PRIVATE KEY-----\n[^-]+-----END [A-Z ]+-----\n$/,
            );
            expect(await encryptionOf(project, file)).toEqual(encryptionWith(file === "ca.key" ? 600_000 : 2048));
          },
        );

        it("A key opens with its own password, and with no other", async () => {
          for (const [index, [file, password]] of Object.entries(PASSWORDS).entries()) {
            const other = Object.values(PASSWORDS).at(index - 1) ?? "";

            expect(await opensWith(project, file, password)).toBe(true);
            expect(await opensWith(project, file, other)).toBe(false);
          }
        });

        it("A broker with passwordVariable: false has the only key without a password", () => {
          expect(openKeys(project.files("pki"))).toEqual([keyOf(OPEN)]);
        });

        it("Certificates fit keys with a password", () => {
          expect(project.flaws(PASSWORDS)).toEqual([]);
        });

        it("A plan is empty after a deployment with passwords", async () => {
          expect((await project.plan()).status).toBe(0);
        });

        it.each([
          ["plan", []],
          ["destroy", ["-auto-approve"]],
        ])("A missing password stops the engine and changes nothing: %s", async (command, options) => {
          const [files, known] = [project.files("pki"), state()];
          give({ own_password: undefined });
          const result = await project.run(command, "-input=false", "-no-color", ...options);
          give();

          expect(wordsOf(result.stderr)).toContain("set the environment variable TF_VAR_own_password.");
          expect(result.status).toBe(1);
          expect(changed(files, project.files("pki"))).toEqual([]);
          expect(state()).toBe(known);
        });

        describeWith([tools.mosquitto, tools.python], "a real mosquitto", () => {
          const listener = (address: string) => ({
            host: "127.0.0.1" as const,
            certificate: project.path(`pki/brokers/${address}/server.pem`),
            key: project.path("pki", keyOf(address)),
          });

          it("Mosquitto asks for the password of each key on its terminal, and then serves", async () => {
            const listeners = [listener(COMMON), listener(COMMON)];
            const broker = await Mosquitto.start(listeners, { typing: VARIABLES.broker_password });
            try {
              for (const port of broker.ports) {
                const options = {
                  ...{ protocol: "mqtts" as const, host: "127.0.0.1", port, reconnectPeriod: 0 },
                  ...{ ca: project.read("pki/ca.pem"), servername: COMMON, checkServerIdentity: expecting(COMMON) },
                };
                const client = await mqtt.connectAsync(options);

                expect(client.connected).toBe(true);
                await client.endAsync();
              }
            } finally {
              await broker.stop();
            }
          });

          it.each([
            ["with a wrong password", { typing: WRONG_PASSWORD }],
            ["without a terminal", { unattended: true }],
          ])("Mosquitto does not start %s", async (_case, attendance) => {
            await expect(Mosquitto.start([listener(COMMON)], attendance)).rejects.toThrow(
              /Unable to load server key file/,
            );
          });
        });
      });

      describe("a changed or deleted key file", () => {
        beforeEach(() => {
          project.restore();
          give();
        });

        it("A deleted server.key with a password is written again: custody state restores it, custody machine re-keys", async () => {
          const before = secretOf(project, keyOf(OWN), VARIABLES.own_password);
          const certificate = project.read(`pki/brokers/${OWN}/server.pem`);
          rmSync(project.path("pki", keyOf(OWN)));
          await project.apply();

          // With custody "machine", there was no other copy of the key.
          expect(secretOf(project, keyOf(OWN), VARIABLES.own_password) === before).toBe(!isOnMachine);
          expect(project.read(`pki/brokers/${OWN}/server.pem`) === certificate).toBe(!isOnMachine);
          expect(project.flaws(PASSWORDS)).toEqual([]);
          expect(openKeys(project.files("pki"))).toEqual([keyOf(OPEN)]);
          expect((await project.plan()).status).toBe(0);
        });

        if (isOnMachine) {
          it("A deleted ca.key with a password stops the plan until it is restored", async () => {
            const files = project.files("pki");
            renameSync(project.path("pki/ca.key"), project.path("ca.key"));
            expect(await refusal(project)).toContain("pki/ca.key is not");
            renameSync(project.path("ca.key"), project.path("pki/ca.key"));

            expect(changed(files, project.files("pki"))).toEqual([]);
            expect((await project.plan()).status).toBe(0);
          });

          it.each([
            ["ca.key", /pki\/ca\.key is not the key/],
            [keyOf(OWN), /mqtt-2\.example\.com, below pki, is a server\.key, .* not made for this fleet/],
          ])("A key that got another password by hand stops the plan: %s", async (file, words) => {
            encryptByHand(project, file);

            expect(await refusal(project)).toMatch(words);
          });
        } else {
          it("A key that was deleted or got another password by hand is written again from the state", async () => {
            const files = Object.keys(PASSWORDS);
            const secrets = (): string[] => files.map((file) => secretOf(project, file, PASSWORDS[file]));
            const before = secrets();
            rmSync(project.path("pki/ca.key"));
            for (const address of [COMMON, OWN]) {
              encryptByHand(project, keyOf(address));
            }

            expect(Object.keys(await project.planned())).toEqual(
              expect.arrayContaining(
                ["authority", "broker_mqtt-1_example_com", "broker_mqtt-2_example_com"].map(
                  (name) => `local_sensitive_file.${name}`,
                ),
              ),
            );
            await project.apply();
            expect(secrets()).toEqual(before);
            expect((await project.plan()).status).toBe(0);
          });

          it("A key is written again if its record is deleted, empty or of another key", async () => {
            const [first, second, third] = ["ca.key", keyOf(COMMON), keyOf(OWN)].map((file) =>
              project.path("pki", record(file)),
            ) as [string, string, string];
            writeFileSync(third, readFileSync(first));
            rmSync(first);
            writeFileSync(second, "");

            expect((await project.plan()).status).toBe(2);
            await project.apply();
            expect(project.flaws(PASSWORDS)).toEqual([]);
            expect((await project.plan()).status).toBe(0);
          });
        }
      });

      describe.each(CHANGES)("$title", ({ declaration, variables, keys }) => {
        const files = keys.map(({ keyFile }) => keyFile);
        const secrets = (passwords: readonly (string | undefined)[]): string[] =>
          files.map((file, index) => secretOf(project, file, passwords[index]));
        const newPasswords = keys.map(({ password }) => password);
        const giveOld = (oldPassword: (keyFile: string) => string | undefined): void => {
          const old = keys.flatMap(({ old: name, keyFile }) =>
            name === undefined ? [] : [[name, oldPassword(keyFile)] as const],
          );
          give({ ...variables, ...(isOnMachine && Object.fromEntries(old)) });
        };
        const recordIn = (keyFile: string): unknown =>
          keyFile === "ca.key"
            ? readRecords(project, "authorities").generations["1"]
            : readRecords(project, "brokers").brokers[dirname(keyFile)];
        let before: Record<string, FileFacts>;
        let secretsBefore: string[];
        let recordsBefore: ReadonlyMap<string, unknown>;

        beforeAll(async () => {
          project.restore();
          before = project.files("pki");
          secretsBefore = secrets(files.map((file) => PASSWORDS[file]));
          recordsBefore = new Map(isOnMachine ? files.map((file) => [file, recordIn(file)]) : []);
          await declare(project, custody, declaration);
          giveOld((file) => PASSWORDS[file]);
        });

        it("A changed password is the only change in the plan", async () => {
          const resources = keys.flatMap(({ keyFile, resource, part, password }) => {
            const isNew = PASSWORDS[keyFile] === undefined;
            const recordIs = isNew ? "created" : password === undefined ? "destroyed" : "replaced";
            return isOnMachine
              ? [[part, "same key and certificate: another password is declared"]]
              : [
                  [`local_sensitive_file.${resource}`, "replaced"],
                  [`local_file.protected_${resource}`, recordIs],
                ];
          });

          expect(await project.planned()).toEqual(Object.fromEntries(resources));
        });

        if (isOnMachine) {
          it.each([
            ["without the old password", undefined],
            ["with a wrong old password", WRONG_PASSWORD],
          ])(
            "A changed password fails %s, with the variable's name, and leaves file and record",
            async (_case, value) => {
              const needing = keys.filter(({ old }) => old !== undefined);
              giveOld(() => value);
              const result = await project.tryApply();

              expect(result.status).toBe(1);
              const found = changed(before, project.files("pki"));
              for (const { old, keyFile } of needing) {
                expect(wordsOf(result.stderr)).toMatch(new RegExp(`TF_VAR_${old}(?= |$)`));
                expect(found).not.toContain(keyFile);
                expect(recordIn(keyFile)).toEqual(recordsBefore.get(keyFile));
              }
              // What needs no old password is not stopped by what does.
              const made = keys.flatMap(({ old, keyFile }) => (old === undefined ? [keyFile] : []));
              expect(found.filter((path) => path !== "brokers.records")).toEqual(made);
            },
          );
        }

        it("A changed password changes the files of its keys and their records, and no other", async () => {
          giveOld((file) => PASSWORDS[file]);
          await project.apply();

          expect(changed(before, project.files("pki"))).toEqual(
            [...new Set(files.flatMap((file) => [file, record(file)]))].sort(),
          );
        });

        it("A changed password keeps the key, which opens with the new password alone", () => {
          expect(secrets(newPasswords)).toEqual(secretsBefore);
          for (const { keyFile } of keys.filter(({ password }) => password !== undefined)) {
            expect(() => secretOf(project, keyFile, PASSWORDS[keyFile] ?? "")).toThrow();
          }
        });

        it("A changed password leaves no other key open, and key files to their owner", () => {
          const open = [...files.filter((_file, index) => newPasswords[index] === undefined), keyOf(OPEN)];
          const isNowClosed = files.includes(keyOf(OPEN));
          const after = project.files("pki");

          expect(openKeys(after).sort()).toEqual(open.filter((file) => !isNowClosed || file !== keyOf(OPEN)).sort());
          expect(files.map((file) => after[file]?.mode)).toEqual(files.map(() => "600"));
        });

        it("A plan after a changed password is empty, and does not need the old one", async () => {
          give(variables);

          expect((await project.plan()).status).toBe(0);
        });

        if (files.includes("ca.key") && newPasswords.includes(undefined)) {
          it("An authority that gets a password again changes no other file", async () => {
            const without = project.files("pki");
            give({ ca_password: "new one" });
            await declare(project, custody);
            await project.apply();

            expect(changed(without, project.files("pki"))).toEqual(["ca.key", record("ca.key")].sort());
            expect([secretOf(project, "ca.key", "new one")]).toEqual(secretsBefore);
            expect(openKeys(project.files("pki"))).toEqual([keyOf(OPEN)]);
            expect((await project.plan()).status).toBe(0);
          });
        }
      });

      it("Other passwordIterations re-encrypt the same keys, and change no certificate", async () => {
        project.restore();
        give();
        const before = project.files("pki");
        const files = ["ca.key", keyOf(OWN)];
        const secrets = (): string[] => files.map((file) => secretOf(project, file, PASSWORDS[file]));
        const secretsBefore = secrets();
        await declare(project, custody, {
          authority: `${DECLARED.authority}, passwordIterations: 700_000`,
          brokers: { [OWN]: `${DECLARED.brokers[OWN]}, passwordIterations: 1000` },
        });

        if (isOnMachine) {
          const words = "same key and certificate: another password is declared";
          expect(await project.planned()).toEqual({ "1": words, [`brokers/${OWN}`]: words });
        }
        await project.apply();
        expect(changed(before, project.files("pki"))).toEqual([...files, ...files.map(record)].sort());
        expect(secrets()).toEqual(secretsBefore);
        expect(await encryptionOf(project, "ca.key")).toEqual(encryptionWith(700_000));
        expect(await encryptionOf(project, keyOf(OWN))).toEqual(encryptionWith(1000));
        expect(await project.planned()).toEqual({});
      });

      describe("a due certificate", () => {
        const renewed = [`brokers/${COMMON}/server.pem`, ...(isOnMachine ? [record(keyOf(COMMON))] : [])];
        let before: Record<string, FileFacts>;

        beforeEach(() => {
          project.restore();
          before = project.files("pki");
          letEnd(project, custody, COMMON, 1);
          give();
        });

        it("A due certificate is renewed with the same key file; custody machine needs the authority's password", async () => {
          if (isOnMachine) {
            give({ ca_password: WRONG_PASSWORD });
            expect((await refusal(project)).match(/TF_VAR_\w+/g)).toContain("TF_VAR_ca_password");
          }
          // The broker's key is not opened: nothing is signed with it.
          give(isOnMachine ? { broker_password: WRONG_PASSWORD } : {});
          await project.apply();
          give();

          expect(changed(before, project.files("pki"))).toEqual(renewed.sort());
          expect(project.flaws(PASSWORDS)).toEqual([]);
          expect((await project.plan()).status).toBe(0);
        });

        it("A due certificate is renewed in one apply with new passwords of broker and authority", async () => {
          const key = secretOf(project, keyOf(COMMON), VARIABLES.broker_password);
          const passwords = { ...PASSWORDS, "ca.key": "new 1", [keyOf(COMMON)]: "new 2" };
          give({
            ...{ ca_password: "new 1", ca_password_before: VARIABLES.ca_password },
            ...{ broker_password: "new 2", broker_password_before: VARIABLES.broker_password },
          });
          await declare(project, custody, {
            authority: `${DECLARED.authority}, passwordVersion: 2`,
            brokers: { [COMMON]: "passwordVersion: 2" },
          });
          await project.apply();

          const written = ["ca.key", keyOf(COMMON)].flatMap((file) => [file, record(file)]);
          expect(changed(before, project.files("pki"))).toEqual([...new Set([...renewed, ...written])].sort());
          expect(secretOf(project, keyOf(COMMON), "new 2")).toBe(key);
          expect(project.flaws(passwords)).toEqual([]);
          expect((await project.plan()).status).toBe(0);
        });
      });

      it("Another keyAlgorithm re-keys a broker with the same password, also to RSA", async () => {
        project.restore();
        give();
        const { [keyOf(OWN)]: old } = project.files("pki");
        const props = DECLARED.brokers[OWN].replace("ED25519", "RSA_2048");
        await declare(project, custody, { brokers: { [OWN]: props } });
        await project.apply();

        const key = createPrivateKey({ key: project.read("pki", keyOf(OWN)), passphrase: VARIABLES.own_password });
        expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
        expect(project.read("pki", keyOf(OWN))).not.toBe(old?.content);
        expect(project.flaws(PASSWORDS)).toEqual([]);
        expect(openKeys(project.files("pki"))).toEqual([keyOf(OPEN)]);
        expect((await project.plan()).status).toBe(0);
      });

      describe("a removed broker, and a destroyed fleet", () => {
        beforeAll(() => {
          project.restore();
          give();
        });

        it("A removed broker loses its key and record, and needs no password", async () => {
          const before = project.files("pki");
          give({ own_password: undefined });
          await declare(project, custody, { brokers: { [OWN]: undefined } });
          await project.apply();

          const gone = Object.keys(before).filter((path) => path.includes(OWN));
          const records = isOnMachine ? ["brokers.records"] : [];
          expect(gone).toHaveLength(isOnMachine ? 2 : 3);
          expect(changed(before, project.files("pki"))).toEqual([...records, ...gone].sort());
          expect(isOnMachine ? Object.keys(readRecords(project, "brokers").brokers) : [COMMON, OPEN]).toHaveLength(2);
          expect((await project.plan()).status).toBe(0);
        });

        it("A destroy deletes keys with passwords; custody machine keeps those of the authority", async () => {
          const authority = `${DECLARED.authority}, preventDestroy: false`;
          await declare(project, custody, { authority, brokers: { [OWN]: undefined } });
          const destroyed = await project.run("destroy", "-input=false", "-no-color", "-auto-approve");

          expect(destroyed.status).toBe(0);
          if (isOnMachine) {
            expect(Object.keys(project.files("pki")).sort()).toEqual(["authorities.records", "ca.key", "ca.pem"]);
            expect(await opensWith(project, "ca.key", VARIABLES.ca_password)).toBe(true);
          } else {
            expect(existsSync(project.path("pki"))).toBe(false);
          }
        });
      });
    },
    [tools.openssl],
  );
});

/** Gives a key's file another password, as anyone can who knows the old one. */
function encryptByHand(project: Project, keyFile: string): void {
  const key = secretOf(project, keyFile, PASSWORDS[keyFile]);
  const pem = createPrivateKey(key).export({
    ...{ type: "pkcs8", format: "pem" },
    ...{ cipher: "aes-256-cbc", passphrase: WRONG_PASSWORD },
  });
  writeFileSync(project.path("pki", keyFile), pem);
}

describeOneEngine(
  "a fleet with passwords that moves from custody state to custody machine",
  (engine) => {
    const project = new Project(engine);
    let before: Record<string, FileFacts>;

    beforeAll(async () => {
      project.variables = VARIABLES;
      await declare(project, "state");
      await project.apply();
      before = project.files("pki");
      const { stdout } = await project.run("state", "list");
      const resources = stdout.split("\n").filter((line) => line !== "" && !line.startsWith("data."));
      expect((await project.run("state", "rm", ...resources)).status).toBe(0);
      writeFileSync(project.path("pki/take-over"), "");
      project.keep();
    });
    beforeEach(() => {
      project.variables = VARIABLES;
    });
    afterAll(() => {
      project.remove();
    });

    it.each([
      ["the authority's", { authority: "" }, "pki/ca.key has a password: declare its passwordVariable"],
      [
        "a broker's",
        { brokers: { [OWN]: `${OWN_KEY}, passwordVariable: false` } },
        `${keyOf(OWN)} has a password: declare its passwordVariable`,
      ],
    ])(
      "A move to custody machine is refused if a key has a password and the fleet declares none: %s",
      async (_case, declaration, words) => {
        project.restore();
        await declare(project, "machine", declaration);

        expect(await refusalOfKeys(project)).toContain(words);
      },
    );

    it.each(["ca_password", "own_password"])(
      "A move to custody machine is refused with a wrong password, and names its variable: %s",
      async (name) => {
        project.restore();
        await declare(project, "machine");
        project.variables = { ...VARIABLES, [name]: WRONG_PASSWORD };

        expect(await refusalOfKeys(project)).toContain(`TF_VAR_${name}`);
      },
    );

    it("A move to custody machine keeps each key file with a password and each certificate", async () => {
      project.restore();
      await declare(project, "machine");
      await project.apply();
      rmSync(project.path("pki/take-over"));

      expect(Object.keys(pemsOf(before))).toHaveLength(8);
      expect(pemsOf(project.files("pki"))).toEqual(pemsOf(before));
      expect(project.flaws(PASSWORDS)).toEqual([]);
      expect((await project.plan()).status).toBe(0);
    });

    it("A certificate is renewed after a move to custody machine, with the keys' passwords", async () => {
      const { publicKey } = new X509Certificate(project.read(`pki/brokers/${OWN}/server.pem`));
      letEnd(project, "machine", OWN, 1);
      await project.apply();

      expect(project.read("pki", keyOf(OWN))).toBe(before[keyOf(OWN)]?.content);
      expect(new X509Certificate(project.read(`pki/brokers/${OWN}/server.pem`)).publicKey.equals(publicKey)).toBe(true);
      expect(project.flaws(PASSWORDS)).toEqual([]);
    });

    it("A broker removed after a move to custody machine leaves no file", async () => {
      await declare(project, "machine", { brokers: { [OWN]: undefined } });
      await project.apply();

      expect(readdirSync(project.path("pki/brokers")).sort()).toEqual([COMMON, OPEN]);
    });
  },
  [tools.openssl],
);

/** Keys and certificates: what is in their files, and for whom. */
function pemsOf(files: Readonly<Record<string, FileFacts>>): Record<string, string> {
  const pems = Object.entries(files).filter(([path]) => /\.(key|pem)$/.test(path));
  return Object.fromEntries(pems.map(([path, { mode, content }]) => [path, `${mode} ${content}`]));
}

/** @returns the words of an apply that must fail, and keep every key and certificate */
async function refusalOfKeys(project: Project): Promise<string> {
  const before = pemsOf(project.files("pki"));
  const result = await project.tryApply();

  expect(result.status).toBe(1);
  expect(pemsOf(project.files("pki"))).toEqual(before);
  return wordsOf(result.stderr);
}
