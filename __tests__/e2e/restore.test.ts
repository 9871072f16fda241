import { cpSync, existsSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import {
  changed,
  type Custody,
  letEnd,
  trySynth,
  wordsOf,
  describeOneBareEngine,
  describeOneEngine,
} from "./support/custodies";
import { machine } from "./support/machine";
import { blocksBelow, commandsBelow } from "./support/pages";
import { type FileFacts, Project } from "./support/project";
import { succeed } from "./support/run";
import { shakeHands } from "./support/tls-server";

const tools = machine();

const [FIRST, SECOND] = ["mqtt-1.example.com", "mqtt-2.example.com"] as const;
const BROKERS = [FIRST, SECOND];

const STATE = "terraform.mqtt.tfstate";

/** The clients' trust anchors: ca.pem from before the loss. */
const TRUSTED = "clients/ca.pem";

/** Whether a client that has the ca.pem from before verifies the broker that has the files of a folder. */
async function verifies(project: Project, folder: string, address: string): Promise<boolean> {
  return (await shakeHands(project.path(folder), address, project.path(TRUSTED))).status === 0;
}

/** Expects that the clients from before verify each broker, with its files as they are in `pki/` now. */
async function expectVerified(project: Project): Promise<void> {
  for (const address of BROKERS) {
    expect([address, await verifies(project, `pki/brokers/${address}`, address)]).toEqual([address, true]);
  }
}

/** Loses everything; expects that the next deployment makes another authority, which existing clients refuse. */
async function expectNewAuthority(project: Project): Promise<void> {
  await expectVerified(project);
  rmSync(project.path("pki"), { recursive: true });
  rmSync(project.path(STATE));
  await project.apply();

  for (const address of BROKERS) {
    expect([address, await verifies(project, `pki/brokers/${address}`, address)]).toEqual([address, false]);
  }
}

function contentsOf(files: Record<string, FileFacts>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, { mode, content }]) => [path, `${mode} ${content}`]));
}

/** Deploys a fleet twice: the second deployment renews one certificate and adds a broker. */
async function deployTwice(project: Project, custody: Custody, keepFirst: () => void): Promise<void> {
  project.declareFleet([FIRST], `custody: "${custody}"`);
  await project.synth();
  await project.apply();
  keepFirst();
  cpSync(project.path("pki/ca.pem"), project.path(TRUSTED));
  await redeclare(project, custody);
  letEnd(project, custody, FIRST, 1);
  await project.apply();
}

/** Declares the whole fleet to an engine that is initialized. */
async function redeclare(project: Project, custody: Custody): Promise<void> {
  project.declareFleet(BROKERS, `custody: "${custody}"`);
  expect(await trySynth(project)).toMatchObject({ status: 0 });
}

/** The names of one broker's resources in custody `state`. */
function resourcesOf(name: string): string[] {
  return ["local_file", "local_sensitive_file", "tls_cert_request", "tls_locally_signed_cert", "tls_private_key"].map(
    (type) => `${type}.${name}`,
  );
}

describeOneEngine(
  "custody state",
  (engine) => {
    const project = new Project(engine);
    let before: Record<string, FileFacts>;

    beforeAll(async () => {
      await deployTwice(project, "state", () => {
        cpSync(project.path(STATE), project.path("backup/old"));
      });
      cpSync(project.path(STATE), project.path("backup/new"));
      project.keep();
    });
    beforeEach(() => {
      project.restore();
      before = project.files("pki");
    });
    afterAll(() => {
      project.remove();
    });

    describe("a lost state with its files", () => {
      beforeEach(() => {
        rmSync(project.path(STATE));
        rmSync(project.path(`${STATE}.backup`));
      });

      it("A lost state with custody state stops each plan and deployment, and no file is overwritten", async () => {
        for (const result of [await project.plan(), await project.run("apply", "-no-color", "-auto-approve")]) {
          expect(result.status).toBe(1);
          expect(wordsOf(result.stderr)).toContain(
            "files that this state does not manage, and that would be overwritten",
          );
          expect(wordsOf(result.stderr)).toContain("ca.key");
        }
        expect(project.files("pki")).toEqual(before);
        expect(existsSync(project.path(STATE))).toBe(false);
      });

      it("A backup of the last state with custody state gives an empty plan", async () => {
        expect(await project.run("state", "push", project.path("backup/new"))).toMatchObject({ status: 0 });

        expect(await project.planned()).toEqual({});
      });

      it("An older state gives a broker added since a new key, and a renewed one its older certificate", async () => {
        const renewed = before[`brokers/${FIRST}/server.pem`]?.content;
        cpSync(project.path("backup/old"), project.path(STATE));

        expect(Object.keys(await project.planned()).sort()).toEqual(
          [...resourcesOf("broker_mqtt-2_example_com"), "local_file.broker_mqtt-1_example_com"].sort(),
        );
        await project.apply();
        expect(changed(before, project.files("pki"))).toEqual([
          `brokers/${FIRST}/server.pem`,
          `brokers/${SECOND}/server.key`,
          `brokers/${SECOND}/server.pem`,
        ]);
        expect(project.read("pki/brokers", FIRST, "server.pem")).not.toBe(renewed);
        expect(project.flaws()).toEqual([]);
        await expectVerified(project);
      });

      it("Importing the authority of a lost state gives brokers new keys that the same clients accept", async () => {
        renameSync(project.path("pki"), project.path("old"));
        project.declare(`new BrokerPki(app, "mqtt", {
          authority: { certificateFile: "old/ca.pem", keyFile: "old/ca.key" },
          keyAlgorithm: KeyAlgorithm.ECDSA_P256,
          brokers: ${JSON.stringify(BROKERS.map((address) => ({ address })))},
        });`);
        expect(await trySynth(project)).toMatchObject({ status: 0 });
        await project.apply();

        const after = project.files("pki");
        const pairs = BROKERS.flatMap((address) => ["key", "pem"].map((name) => `brokers/${address}/server.${name}`));
        expect(Object.keys(after).sort()).toEqual([...pairs, "ca.pem"].sort());
        expect(Object.keys(after).filter((path) => after[path]?.content === before[path]?.content)).toEqual(["ca.pem"]);
        expect(await project.planned()).toEqual({});
        await expectVerified(project);
        for (const address of BROKERS) {
          // A broker that did not get its new files yet.
          expect(await verifies(project, `old/brokers/${address}`, address)).toBe(true);
        }
      });

      it("Custody machine adopts every key and certificate of a lost state", async () => {
        writeFileSync(project.path("pki/take-over"), "");
        await redeclare(project, "machine");
        await project.apply();
        rmSync(project.path("pki/take-over"));

        expect(contentsOf(project.files("pki"))).toMatchObject(contentsOf(before));
        expect(await project.planned()).toEqual({});
        await expectVerified(project);
      });
    });

    it("A deployment with custody state writes lost files again, each as it was", async () => {
      rmSync(project.path("pki"), { recursive: true });
      await project.apply();

      expect(contentsOf(project.files("pki"))).toEqual(contentsOf(before));
      expect(await project.planned()).toEqual({});
    });

    it("Lost files and a lost state with custody state give a new authority, which old clients refuse", async () => {
      await expectNewAuthority(project);
    });
  },
  [tools.openssl],
);

describeOneBareEngine("custody machine", (engine) => {
  const project = new Project(engine, { withoutProviders: true });
  let before: Record<string, FileFacts>;

  beforeAll(async () => {
    await deployTwice(project, "machine", () => {
      cpSync(project.path("pki"), project.path("backup"), { recursive: true, preserveTimestamps: true });
    });
    project.keep();
  });
  beforeEach(() => {
    project.restore();
    before = project.files("pki");
  });
  afterAll(() => {
    project.remove();
  });

  /** Expects that a lost state stops each deployment, then creates pki/take-over. */
  async function consent(): Promise<void> {
    const known = project.files("pki");
    for (const result of [await project.plan(), await project.tryApply()]) {
      expect(result.status).toBe(1);
      expect(wordsOf(result.stderr)).toContain("pki belongs to the fleet mqtt, workspace default,");
      expect(wordsOf(result.stderr)).toContain("create an empty file pki/take-over");
    }
    expect(project.files("pki")).toEqual(known);
    writeFileSync(project.path("pki/take-over"), "");
  }

  it("A lost state with custody machine stops the plan; with pki/take-over, all keys and certificates stay", async () => {
    const known = Object.keys(project.state());
    rmSync(project.path(STATE));
    await consent();
    await project.apply();
    rmSync(project.path("pki/take-over"));

    const after = project.files("pki");
    expect(changed(before, after)).toEqual(["authorities.records", "brokers.records", "owner.json"]);
    expect(after["brokers.records"]?.content).toBe(before["brokers.records"]?.content);
    expect(Object.keys(project.state())).toEqual(known);
    expect(await project.planned()).toEqual({});
    await expectVerified(project);
  });

  it("The commands of docs/how-to/restore.md restore pki/ with custody machine, and then ca.key alone", async () => {
    const follow = (heading: string): Promise<string> =>
      succeed("sh", ["-ec", commandsBelow("how-to/restore.md", heading)], { cwd: project.path() });
    await follow("Back up");
    rmSync(project.path("pki"), { recursive: true });
    await follow("Custody `machine`: the files are lost");

    expect(statSync(project.path("pki.tar")).mode & 0o777).toBe(0o600);
    expect(contentsOf(project.files("pki"))).toEqual(contentsOf(before));
    expect(await project.planned()).toEqual({});

    rmSync(project.path("pki/ca.key"));
    await succeed("tar", ["-xpf", "pki.tar", "pki/ca.key"], { cwd: project.path() });
    expect(await project.planned()).toEqual({});
  });

  it("A fleet whose ca.key is lost is replaced as docs/how-to/restore.md says: clients accept old and new", async () => {
    const LOST = "If `ca.key` is lost";
    const [declaration = ""] = blocksBelow("how-to/restore.md", LOST, "ts");
    rmSync(project.path("pki/ca.key"));
    const stopped = await project.tryApply();
    expect(stopped.status).toBe(1);
    expect(wordsOf(stopped.stderr)).toContain("pki/ca.key is missing, or is not");
    await expectVerified(project);

    project.declare(declaration);
    project.stack = "mqtt-2";
    try {
      await project.synth();
      await project.apply();
    } finally {
      project.stack = "mqtt";
    }
    await succeed("sh", ["-ec", commandsBelow("how-to/restore.md", LOST)], { cwd: project.path() });

    expect(project.flaws({}, "pki-2")).toEqual([]);
    for (const address of BROKERS) {
      const verifiedWith = async (folder: string, trusted: string): Promise<boolean> =>
        (await shakeHands(project.path(folder, "brokers", address), address, project.path(trusted))).status === 0;
      expect(await verifiedWith("pki", "ca.pem")).toBe(true);
      expect(await verifiedWith("pki-2", "ca.pem")).toBe(true);
      expect(await verifiedWith("pki-2", "pki-2/ca.pem")).toBe(true);
      expect(await verifiedWith("pki-2", TRUSTED)).toBe(false);
    }
    rmSync(project.path("pki-2"), { recursive: true });
    rmSync(project.path("ca.pem"));
    rmSync(project.path("terraform.mqtt-2.tfstate"));
    await redeclare(project, "machine");
  });

  it("A broker whose files are lost with custody machine gets a new key and certificate, and no other does", async () => {
    rmSync(project.path("pki/brokers", SECOND), { recursive: true });

    expect(await project.planned()).toEqual({
      [`brokers/${SECOND}`]: "new key and certificate: server.key is missing",
    });
    await project.apply();
    expect(changed(before, project.files("pki"))).toEqual([
      "brokers.records",
      ...["server.key", "server.pem"].map((name) => `brokers/${SECOND}/${name}`),
    ]);
    expect(await project.planned()).toEqual({});
    await expectVerified(project);
  });

  it.each([
    ["with the state", () => Promise.resolve()],
    [
      "with pki/take-over for a lost state",
      () => {
        rmSync(project.path(STATE));
        return consent();
      },
    ],
  ])("An older backup of pki/ stays as it is, %s; a broker added since gets a new key", async (_what, lose) => {
    rmSync(project.path("pki"), { recursive: true });
    cpSync(project.path("backup"), project.path("pki"), { recursive: true, preserveTimestamps: true });
    await lose();

    await project.apply();
    rmSync(project.path("pki/take-over"), { force: true });
    const pem = (path: string): boolean => /\.(key|pem)$/.test(path);
    expect(changed(project.files("backup"), project.files("pki")).filter(pem)).toEqual(
      ["server.key", "server.pem"].map((name) => `brokers/${SECOND}/${name}`),
    );
    expect(await project.planned()).toEqual({});
    await expectVerified(project);
  });

  it("Lost files and a lost state with custody machine give a new authority, which old clients refuse", async () => {
    await expectNewAuthority(project);
  });
});
