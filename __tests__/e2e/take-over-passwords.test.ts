import { X509Certificate } from "node:crypto";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { letEnd, wordsOf, describeOneEngine } from "./support/custodies";
import { machine } from "./support/machine";
import { COMMON, OWN, OPEN, VARIABLES, WRONG_PASSWORD, PASSWORDS, OWN_KEY, declare, keyOf } from "./support/passwords";
import { type FileFacts, Project } from "./support/project";

const tools = machine();

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

/** The content and mode of keys and certificates. */
function pemsOf(files: Readonly<Record<string, FileFacts>>): Record<string, string> {
  const pems = Object.entries(files).filter(([path]) => /\.(key|pem)$/.test(path));
  return Object.fromEntries(pems.map(([path, { mode, content }]) => [path, `${mode} ${content}`]));
}

/** @returns the error of an apply, which must fail and keep every key and certificate */
async function refusalOfKeys(project: Project): Promise<string> {
  const before = pemsOf(project.files("pki"));
  const result = await project.tryApply();

  expect(result.status).toBe(1);
  expect(pemsOf(project.files("pki"))).toEqual(before);
  return wordsOf(result.stderr);
}
