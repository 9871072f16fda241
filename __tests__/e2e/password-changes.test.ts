import { createPrivateKey } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { changed, CUSTODIES, letEnd, wordsOf } from "./support/custodies";
import { machine } from "./support/machine";
import {
  COMMON,
  OWN,
  OPEN,
  VARIABLES,
  WRONG_PASSWORD,
  PASSWORDS,
  type Declaration,
  OWN_KEY,
  DECLARED,
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
import { type FileFacts, Project } from "./support/project";
import { readRecords } from "./support/records";

const tools = machine();

/** A change of the password of one key. */
interface KeyChange {
  readonly keyFile: string;
  /** The name of its resources in plans, and its name in plans of custody "machine". */
  readonly resource: string;
  readonly part: string;
  /** The environment variable with the old password: custody "machine" must read the file. */
  readonly old?: string;
  /** The new password; absent if the key has none from now on. */
  readonly password?: string;
}

interface Change {
  readonly title: string;
  readonly declaration: Declaration;
  /** The variables that change. */
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
    "changes of a fleet with passwords",
    (engine) => {
      const project = new Project(engine, { withoutProviders: isOnMachine });
      const record = (keyFile: string): string => recordOf(custody, keyFile);
      const give = (variables: Readonly<Record<string, string | undefined>> = {}): void => {
        project.variables = { ...VARIABLES, ...variables };
      };

      beforeAll(async () => {
        await declare(project, custody);
        give();
        await project.apply();
        project.keep();
      });
      afterAll(() => {
        project.remove();
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
              // A key that needs its old password stops no other key.
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
