import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { type MadeAuthority, makeAuthority, openssl } from "../support/authorities";
import { CUSTODIES, trySynth, wordsOf } from "./support/custodies";
import { FIRST, give, forget, type Run, stackOf, expectStatus, fleet, namesOf, fileNames } from "./support/imported";
import { machine } from "./support/machine";
import { Project } from "./support/project";

const tools = machine();

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  const withoutProviders = custody === "machine";

  describeEach(
    "a missing or wrong key of an imported authority",
    (engine) => {
      const project = new Project(engine, { withoutProviders });
      let other: MadeAuthority;
      const byFile = stackOf(project, engine, "file");
      const byPassword = stackOf(project, engine, "password");
      const byVariable = stackOf(project, engine, "variable");

      /** Expects that a plan and an apply fail with these words. */
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
      /** Expects that an apply fails with these words, and that no broker gets a certificate. */
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
});
