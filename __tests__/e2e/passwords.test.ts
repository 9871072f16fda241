import { createPrivateKey } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import mqtt from "mqtt";
import { changed, CUSTODIES, wordsOf } from "./support/custodies";
import { stateOf } from "./support/kill";
import { describeWith, machine } from "./support/machine";
import { Mosquitto } from "./support/mosquitto";
import {
  COMMON,
  OWN,
  OPEN,
  VARIABLES,
  WRONG_PASSWORD,
  PASSWORDS,
  declare,
  keyOf,
  recordOf,
  secretOf,
  encryptionOf,
  encryptionWith,
  opensWith,
  openKeys,
  refusal,
} from "./support/passwords";
import { Project } from "./support/project";
import { expecting } from "./support/tls-clients";

const tools = machine();

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

          // With custody "machine", no other copy of the key existed.
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
            expect(await refusal(project)).toContain("pki/ca.key is missing");
            renameSync(project.path("ca.key"), project.path("pki/ca.key"));

            expect(changed(files, project.files("pki"))).toEqual([]);
            expect((await project.plan()).status).toBe(0);
          });

          it.each([
            ["ca.key", /pki\/ca\.key is missing, or is not the key/],
            [keyOf(OWN), /a server\.key or server\.pem was not made for this fleet: brokers\/mqtt-2\.example\.com/],
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
    },
    [tools.openssl],
  );
});

/** Encrypts a key file with another password, outside of a deployment. */
function encryptByHand(project: Project, keyFile: string): void {
  const key = secretOf(project, keyFile, PASSWORDS[keyFile]);
  const pem = createPrivateKey(key).export({
    ...{ type: "pkcs8", format: "pem" },
    ...{ cipher: "aes-256-cbc", passphrase: WRONG_PASSWORD },
  });
  writeFileSync(project.path("pki", keyFile), pem);
}
