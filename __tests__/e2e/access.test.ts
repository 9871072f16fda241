import { chmodSync, chownSync, linkSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describeOneBareEngine, describeOneEngine, trySynth, wordsOf } from "./support/custodies";
import { letServerEnd } from "./support/records";
import { expectConvergence } from "./support/convergence";
import { machine, type Tool } from "./support/machine";
import { Mosquitto } from "./support/mosquitto";
import { Project } from "./support/project";
import { allOf, run, succeed } from "./support/run";

/** Ids that no user of a machine has: of the broker, of its group, and of another user. */
const [BROKER, GROUP, OTHER] = [61_883, 61_884, 61_885] as const;
const [FIRST, SECOND, THIRD] = ["mqtt-1.example.com", "mqtt-2.example.com", "mqtt-3.example.com"] as const;
/** A user that every machine has. */
const NAMED = "nobody";
/** The user who may give files to other users. */
const ROOT: Tool =
  process.geteuid?.() === 0 ? { program: "root" } : { program: "root", missing: "the tests do not run as root" };

/** Whether a user can read a file with `cat`. */
async function canRead(file: string, uid: number, gid: number): Promise<boolean> {
  const { status } = await run("setpriv", [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "cat", file]);
  return status === 0;
}

/** `61883:61884 640` */
function accessTo(path: string): string {
  const { uid, gid, mode } = statSync(path);
  return `${uid}:${gid} ${(mode & 0o777).toString(8)}`;
}

describeOneBareEngine(
  "files for a service user",
  (engine) => {
    const project = new Project(engine, { withoutProviders: true });
    const file = (broker: string, name: string): string => project.path("pki/brokers", broker, name);

    async function declare(...brokers: string[]): Promise<void> {
      project.declareFleet(brokers, 'custody: "machine"');
      expect(await trySynth(project)).toMatchObject({ status: 0 });
    }

    const OWNED = `{ address: "${FIRST}", fileOwner: "${BROKER}" }`;
    const SHARED = `{ address: "${SECOND}", fileGroup: "${GROUP}" }`;

    beforeAll(async () => {
      project.declareFleet([OWNED, SHARED, THIRD], 'custody: "machine"');
      await project.synth();
      // Independent of the modes of the folder for temporary folders.
      chmodSync(project.path(), 0o711);
      await project.apply();
      project.keep();
    });
    afterAll(() => {
      project.remove();
    });

    it("Files of a service user belong to that user, in a folder of the user who deploys", () => {
      expect(accessTo(file(FIRST, "server.key"))).toBe(`${BROKER}:0 600`);
      expect(accessTo(file(FIRST, "server.pem"))).toBe(`${BROKER}:0 644`);
      expect(accessTo(file(FIRST, ""))).toBe("0:0 711");
      expect(accessTo(file(SECOND, "server.key"))).toBe(`0:${GROUP} 640`);
      expect(accessTo(file(SECOND, ""))).toBe(`0:${GROUP} 750`);
      expect(accessTo(file(THIRD, "server.key"))).toBe("0:0 600");
      expect(accessTo(file(THIRD, ""))).toBe("0:0 700");
      expect(accessTo(project.path("pki"))).toBe("0:0 711");
      expect(accessTo(project.path("pki/brokers"))).toBe("0:0 711");
      expect(accessTo(project.path("pki/ca.key"))).toBe("0:0 600");
    });

    it("A service user reads its files in place, and no other user reads a key", async () => {
      const ca = project.path("pki/ca.pem");

      expect(await canRead(file(FIRST, "server.key"), BROKER, OTHER)).toBe(true);
      expect(await canRead(file(FIRST, "server.key"), OTHER, GROUP)).toBe(false);
      expect(await canRead(file(SECOND, "server.key"), OTHER, GROUP)).toBe(true);
      expect(await canRead(file(SECOND, "server.key"), BROKER, OTHER)).toBe(false);
      expect(await canRead(file(SECOND, "server.pem"), BROKER, OTHER)).toBe(false);
      expect(await canRead(file(THIRD, "server.pem"), OTHER, OTHER)).toBe(false);
      expect(await canRead(ca, OTHER, OTHER)).toBe(true);
      expect(await canRead(project.path("pki/ca.key"), OTHER, OTHER)).toBe(false);
      expect(await canRead(project.path("pki/brokers.records"), OTHER, OTHER)).toBe(false);
    });

    it("A plan is empty after a deployment for service users", async () => {
      await expectConvergence(project, [FIRST, SECOND, THIRD]);
    });

    it("Files stay with their service user if the certificate is renewed", async () => {
      const before = readFileSync(file(FIRST, "server.pem"), "utf8");
      letServerEnd(project, `brokers/${FIRST}`, "2026-01-01T00:00:00Z");
      await project.apply();

      expect(readFileSync(file(FIRST, "server.pem"), "utf8")).not.toBe(before);
      expect(accessTo(file(FIRST, "server.key"))).toBe(`${BROKER}:0 600`);
      expect(accessTo(file(FIRST, "server.pem"))).toBe(`${BROKER}:0 644`);
    });

    it("Another fileOwner changes the owner with the same key and certificate, and the plan shows it", async () => {
      const contents = [SECOND, THIRD].flatMap((broker) =>
        ["server.key", "server.pem"].map((name) => readFileSync(file(broker, name), "utf8")),
      );
      await declare(
        OWNED,
        SECOND,
        `{ address: "${THIRD}", fileOwner: "${OTHER}", fileGroup: "${GROUP}", keyMode: "0400" }`,
      );
      const words = "same key and certificate: other access is declared";

      expect(await project.planned()).toEqual({ [`brokers/${SECOND}`]: words, [`brokers/${THIRD}`]: words });
      await project.apply();
      expect(
        [SECOND, THIRD].flatMap((broker) =>
          ["server.key", "server.pem"].map((name) => readFileSync(file(broker, name), "utf8")),
        ),
      ).toEqual(contents);
      expect(accessTo(file(SECOND, "server.key"))).toBe("0:0 600");
      expect(accessTo(file(SECOND, ""))).toBe("0:0 700");
      expect(accessTo(file(THIRD, "server.key"))).toBe(`${OTHER}:${GROUP} 400`);
      expect(accessTo(file(THIRD, ""))).toBe(`0:${GROUP} 751`);
      // An owner need not be in the group.
      expect(await canRead(file(THIRD, "server.key"), OTHER, OTHER)).toBe(true);
      expect(await canRead(file(THIRD, "server.key"), BROKER, GROUP)).toBe(false);
      await expectConvergence(project, [FIRST, SECOND, THIRD]);
    });

    it("A removed broker of a service user loses its files", async () => {
      await declare(OWNED, SECOND);
      await project.apply();
      await expectConvergence(project, [FIRST, SECOND]);
    });

    it("A service user who opens or links its own files to others fails its broker alone; a certificate that is due is renewed", async () => {
      const own = file(FIRST, "server.key");
      const link = project.path("link");
      await declare(OWNED, `{ address: "${SECOND}", fileOwner: "${OTHER}" }`, THIRD);
      await project.apply();
      const before = readFileSync(file(THIRD, "server.pem"), "utf8");
      letServerEnd(project, `brokers/${THIRD}`, "2026-01-01T00:00:00Z");
      chmodSync(own, 0o666);
      linkSync(file(SECOND, "server.pem"), link);
      const result = await project.tryApply();

      expect(result.status).toBe(1);
      expect(wordsOf(result.stderr)).toContain("2 of 3 brokers failed, 1 succeeded:");
      expect(wordsOf(result.stderr)).toContain(`${own} has the mode 0666: its group or everyone can write to it`);
      expect(wordsOf(result.stderr)).toContain(`${file(SECOND, "server.pem")} has 2 hard links`);
      expect(readFileSync(file(THIRD, "server.pem"), "utf8")).not.toBe(before);
      chmodSync(own, 0o600);
      rmSync(link);
      await expectConvergence(project, [FIRST, SECOND, THIRD]);
    });

    it("Files get the group of the user who deploys in folders that hand down theirs", async () => {
      await declare(OWNED, SECOND);
      await project.apply();
      const folder = project.path("pki/brokers", THIRD);
      mkdirSync(folder, { mode: 0o700 });
      chownSync(folder, 0, GROUP);
      chmodSync(folder, 0o2700);
      await declare(OWNED, SECOND, `{ address: "${THIRD}", keyMode: "0640" }`);
      await project.apply();

      expect(accessTo(file(THIRD, "server.key"))).toBe("0:0 640");
      expect(accessTo(file(THIRD, "server.pem"))).toBe("0:0 644");
      expect(accessTo(folder)).toBe("0:0 700");
      await expectConvergence(project, [FIRST, SECOND, THIRD]);
    });

    it("An unknown fileOwner fails that broker alone and leaves its files; other brokers are made", async () => {
      const before = project.files(`pki/brokers/${FIRST}`);
      await declare(`{ address: "${FIRST}", fileOwner: "no-such-user-here" }`, SECOND, SHARED.replace(SECOND, THIRD));
      const result = await project.tryApply();

      expect(result.status).toBe(1);
      expect(wordsOf(allOf(result))).toContain("this machine has no user no-such-user-here");
      expect(project.files(`pki/brokers/${FIRST}`)).toEqual(before);
      expect(accessTo(file(THIRD, "server.key"))).toBe(`0:${GROUP} 640`);
    });

    it("A fileOwner or fileGroup given by name gets the ids that the system has for it", async () => {
      await declare(`{ address: "${FIRST}", fileOwner: "${NAMED}" }`, `{ address: "${SECOND}", fileGroup: "daemon" }`);
      await project.apply();
      const { stdout } = await run("id", ["-u", NAMED]);
      const { stdout: group } = await run("getent", ["group", "daemon"]);

      expect(accessTo(file(FIRST, "server.key"))).toBe(`${stdout.trim()}:0 600`);
      expect(accessTo(file(SECOND, "server.key"))).toBe(`0:${group.split(":")[2] ?? ""} 640`);
    });

    (machine().mosquitto.missing === undefined ? it : it.skip)(
      "Mosquitto serves with the files of its service user",
      async () => {
        const own = { certificate: file(FIRST, "server.pem"), key: file(FIRST, "server.key") };
        const broker = await Mosquitto.start([{ host: "127.0.0.1", ...own }], { user: NAMED });
        // On a reload, it reads its files as that user.
        await broker.reload();
        await broker.stop();
      },
    );
  },
  [ROOT],
);

describeOneBareEngine(
  "files for a service user, deployed by a user who is not root",
  (engine) => {
    const project = new Project(engine, { withoutProviders: true });

    afterAll(() => {
      project.remove();
    });

    it("A fileOwner is refused if the user who deploys is not root, and nothing is made for that broker", async () => {
      project.declareFleet([`{ address: "${FIRST}", fileOwner: "${BROKER}" }`, SECOND], 'custody: "machine"');
      await project.synth();
      await run("chown", ["-R", `${OTHER}:${OTHER}`, project.path()]);
      const user = [`--reuid=${OTHER}`, `--regid=${OTHER}`, "--clear-groups", "--inh-caps=-all"];
      const result = await run(
        "setpriv",
        [...user, engine.program, "apply", "-input=false", "-no-color", "-auto-approve"],
        {
          cwd: project.stackFolder,
          env: { ...project.env, HOME: project.path() },
        },
      );
      const words = wordsOf(allOf(result));

      expect(words).toContain("1 of 2 brokers failed, 1 succeeded:");
      expect(words).toContain("only root can change an owner");
      expect(Object.keys(project.files("pki")).filter((path) => path.includes(FIRST))).toEqual([]);
      expect(accessTo(join(project.path("pki/brokers"), SECOND, "server.key"))).toBe(`${OTHER}:${OTHER} 600`);
    });
  },
  [ROOT],
);

describeOneEngine("modes with custody state", (engine) => {
  const project = new Project(engine);

  afterAll(() => {
    project.remove();
  });

  it("keyMode and directoryMode set the modes of files with custody state", async () => {
    project.declareFleet([`{ address: "${FIRST}", keyMode: "0640" }`, SECOND], 'directoryMode: "0711"');
    await project.synth();
    await project.apply();
    const modes = Object.entries(project.files("pki")).map(([path, { mode }]) => `${mode} ${path}`);

    expect(modes.sort()).toEqual([
      "600 brokers/mqtt-2.example.com/server.key",
      "600 ca.key",
      "640 brokers/mqtt-1.example.com/server.key",
      "644 brokers/mqtt-1.example.com/server.pem",
      "644 brokers/mqtt-2.example.com/server.pem",
      "644 ca.pem",
    ]);
    expect(accessTo(project.path("pki"))).toMatch(/ 711$/);
    expect(accessTo(project.path("pki/brokers"))).toMatch(/ 711$/);
  });

  (ROOT.missing === undefined ? it : it.skip)(
    "A folder that hands down its group gives a new key to that group with custody state",
    async () => {
      const folder = project.path("pki/brokers", FIRST);
      await succeed("chgrp", ["-R", String(GROUP), folder]);
      await succeed("chmod", ["2750", folder]);
      project.declareFleet(
        [`{ address: "${FIRST}", keyMode: "0640", keyVersion: 2 }`, SECOND],
        'directoryMode: "0711"',
      );
      await project.synth();
      await project.apply();

      expect(accessTo(join(folder, "server.key"))).toBe(`0:${GROUP} 640`);
      expect(accessTo(join(folder, "server.pem"))).toBe(`0:${GROUP} 644`);
      expect((await project.plan()).status).toBe(0);
    },
  );
});
