import { X509Certificate } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { changed, describeOneEngine, wordsOf } from "./support/custodies";
import { machine } from "./support/machine";
import { commandsBelow } from "./support/pages";
import { Project, type FileFacts } from "./support/project";
import { run } from "./support/run";

const AUTHORITY = `subject: { commonName: "Test CA", organization: "Bücher & Söhne", emailAddress: "pki@example.com" }`;

const BROKERS = [
  '{ address: "mqtt-1.example.com", keyAlgorithm: KeyAlgorithm.ECDSA_P256 }',
  '{ address: "mqtt-2.example.com", keyAlgorithm: KeyAlgorithm.ED25519 }',
  '{ address: "192.0.2.10", alternativeAddresses: ["2001:db8::10", "mqtt-3.example.com"] }',
];

function fleet(custody: "state" | "machine", authority = AUTHORITY, brokers: readonly string[] = BROKERS): string {
  return `new BrokerPki(app, "mqtt", {
    custody: "${custody}",
    authority: { ${authority} },
    subject: { organization: "Bücher & Söhne" },
    brokers: [${brokers.join(", ")}],
  });`;
}

describeOneEngine(
  "a fleet that moves from custody state to custody machine",
  (engine) => {
    const project = new Project(engine);
    let before: Record<string, FileFacts>;

    const consent = (): void => {
      writeFileSync(project.path("pki/take-over"), "");
    };
    const withdraw = (): void => {
      rmSync(project.path("pki/take-over"));
    };
    const state = (): string => project.read("terraform.mqtt.tfstate");

    /** The error of a plan that stops; expects that no file and no state changes. */
    const refusal = async (): Promise<string> => {
      const [files, known] = [project.files("pki"), state()];
      const deployed = await project.cdktf(["deploy", "--auto-approve"]);
      const { status, stderr } = await project.plan();

      expect(deployed.status).toBe(1);
      expect(status).toBe(1);
      expect(project.files("pki")).toEqual(files);
      expect(state()).toBe(known);
      return wordsOf(stderr);
    };

    beforeAll(async () => {
      project.declare(fleet("state"));
      await project.deploy();
      before = project.files("pki");
    });
    afterAll(() => {
      project.remove();
    });

    it("A move to custody machine is stopped while the state still manages the keys", async () => {
      project.declare(fleet("machine"));
      consent();

      expect(await refusal()).toContain('This state was made with custody "state"');
      withdraw();
    });

    it("A move to custody machine is stopped without pki/take-over, and names the existing files", async () => {
      project.declare(fleet("machine"));
      const commands = commandsBelow("how-to/change-custody.md", "From `state` to `machine`");
      const programs = `cdktf() { :; }\nterraform() { command "$ENGINE" "$@"; }`;
      const forgotten = await run("sh", ["-ec", `${programs}\n${commands}`], {
        cwd: project.path(),
        env: { ...project.env, ENGINE: engine.program },
      });

      expect(forgotten).toMatchObject({ status: 0 });
      const words = await refusal();
      expect(words).toContain("pki/ca.key");
      expect(words).toContain("create an empty file pki/take-over");
    });

    it.each([
      ["by another name", AUTHORITY.replace("Test CA", "Other CA"), "pki/ca.pem differs from the declaration"],
      ["with another key algorithm", `${AUTHORITY}, keyAlgorithm: KeyAlgorithm.ECDSA_P256`, "is a key of RSA-2048"],
    ])(
      "A move to custody machine is refused for an authority declared %s, and keys and certificates stay",
      async (_case, authority, words) => {
        project.declare(fleet("machine", authority));
        await project.synth();
        consent();
        const { status, stderr } = await project.tryApply();
        withdraw();

        expect(wordsOf(stderr)).toContain(words);
        expect(status).toBe(1);
        // The existing files belong to this state from now on.
        expect(changed(before, project.files("pki"))).toEqual(["owner.json"]);
      },
    );

    describe("a move with pki/take-over and one name more for one broker", () => {
      beforeAll(async () => {
        const [first = "", second = "", third = ""] = BROKERS;
        const renamed = second.replace("{", '{ alternativeAddresses: ["mqtt.example.com"], ');
        project.declare(fleet("machine", AUTHORITY, [first, renamed, third]));
        consent();
        await project.deploy();
        withdraw();
      });

      it("A move to custody machine keeps every key, and every certificate that still fits, unchanged", () => {
        const { "brokers/mqtt-2.example.com/server.pem": _, ...kept } = before;
        const expected = Object.entries(kept).map(([path, { mode, content }]) => [path, { mode, content }] as const);

        expect(expected).toHaveLength(7);
        expect(project.files("pki")).toMatchObject(Object.fromEntries(expected));
      });

      it("A broker with another name gets a certificate for the same key, and a copy of the old one stays", () => {
        const path = "brokers/mqtt-2.example.com/server.pem";
        const after = project.files("pki");
        const old = Object.keys(after).find((name) => name.startsWith(`${path}.`)) ?? "";

        expect(new X509Certificate(after[path]?.content ?? "").subjectAltName).toBe(
          "DNS:mqtt-2.example.com, DNS:mqtt.example.com",
        );
        expect(project.flaws()).toEqual([]);
        expect(after[old]?.content).toBe(before[path]?.content);
      });

      it("A plan is empty after a move to custody machine, without pki/take-over", async () => {
        expect((await project.plan()).status).toBe(0);
      });

      it("A moved fleet has its keys in no state but the backup that the engine made", async () => {
        const folders = ["pki", ".terraform"].map((name) => `--exclude-dir=${name}`);
        // The program prints what it writes.
        const program = "--exclude=mqtt-pki.cjs";
        const { stdout: text } = await run("grep", ["-rl", ...folders, program, "PRIVATE KEY", "."], {
          cwd: project.path(),
        });

        expect(project.state()).toHaveProperty(["terraform_data.files"]);
        expect(text).toMatch(/^\.\/cdktf\.out\/stacks\/mqtt\/terraform\.tfstate\.\d+\.backup\n$/);
      });

      it("A move back to custody state is stopped by the plan, for its state does not manage the files", async () => {
        project.declare(fleet("state"));

        expect(await refusal()).toContain(
          "files that this state does not manage, and that would be overwritten: brokers/192.0.2.10/server.key",
        );
      });
    });
  },
  [machine().openssl],
);
