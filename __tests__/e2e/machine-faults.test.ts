import { appendFileSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { sealed, unsealed } from "../../lib/machine-format/record";
import { makeAuthority } from "../support/authorities";
import { AskingApply } from "./support/asking-apply";
import { expectConvergence } from "./support/convergence";
import { changed, describeOneBareEngine, errorsOf, isLong, keysAndCertificates, letEnd } from "./support/custodies";
import { killApply, letGoOn } from "./support/kill";
import { type Engine } from "./support/machine";
import { Disk, findMount } from "./support/mount";
import { Project } from "./support/project";
import { readRecords, writeRecords } from "./support/records";

const BROKERS = ["mqtt-1.example.com", "mqtt-2.example.com"];
const FIRST = "pki/brokers/mqtt-1.example.com";
const SECOND = "pki/brokers/mqtt-2.example.com";

/** A fleet that is declared and handed to the engine, but not deployed. */
async function declare(project: Project, brokers: readonly string[]): Promise<void> {
  project.declareFleet(brokers, 'custody: "machine"');
  await project.synth();
}

/** A fleet that each test finds as `prepare` left it. */
function fleetFor(
  engine: Engine,
  brokers: readonly string[],
  prepare: (project: Project) => unknown = () => undefined,
): Project {
  const project = new Project(engine, { withoutProviders: true });

  beforeAll(async () => {
    await declare(project, brokers);
    await prepare(project);
    project.keep();
  });
  beforeEach(() => {
    project.restore();
  });
  afterAll(() => {
    project.remove();
  });
  return project;
}

/** What a test leaves as it was: the files with their times, and the state. */
function everything(project: Project): unknown {
  const isThere = (path: string): boolean => existsSync(project.path(path));
  return [
    isThere("pki") ? project.files("pki") : undefined,
    isThere("terraform.mqtt.tfstate") ? project.state() : undefined,
  ];
}

/** A plan that stops for a reason of ours, says `words`, and changes nothing; and so does an apply. */
async function expectStop(project: Project, ...words: string[]): Promise<void> {
  const before = everything(project);
  for (const result of [await project.plan(), await project.run("apply", "-no-color", "-auto-approve")]) {
    const { kinds, text } = errorsOf(result);
    expect(result.status).toBe(1);
    expect(new Set(kinds.map((kind) => kind.replace(/pre|post/, "")))).toEqual(new Set(["Resource condition failed"]));
    for (const word of words) {
      expect(text).toContain(word);
    }
  }
  expect(everything(project)).toEqual(before);
}

describeOneBareEngine("files that exist before the first deployment", (engine) => {
  const project = fleetFor(engine, BROKERS, (fleet) => mkdirSync(fleet.path(FIRST), { recursive: true }));

  it.each([
    ["pki/ca.key", "pki/ca.key"],
    ["pki/ca.pem", "pki/ca."],
    [`${FIRST}/server.key`, "brokers/mqtt-1.example.com"],
    [`${FIRST}/server.pem`, "brokers/mqtt-1.example.com"],
  ])("An existing file stops a first plan with custody machine, and %s is not overwritten", async (path, name) => {
    writeFileSync(project.path(path), "made by hand", { mode: 0o600 });

    await expectStop(project, name);
    expect(project.read(path)).toBe("made by hand");
    expect(Object.keys(project.files("pki"))).toHaveLength(1);
  });
});

describeOneBareEngine("changed files", (engine) => {
  const project = fleetFor(engine, BROKERS, (fleet) => fleet.apply());

  const swap = (one: string, other: string): void => {
    renameSync(project.path(one), project.path("swapped"));
    renameSync(project.path(other), project.path(one));
    renameSync(project.path("swapped"), project.path(other));
  };

  it("A changed certificate is re-issued with the same key, and a copy of the changed file stays", async () => {
    const before = project.files("pki");
    appendFileSync(project.path(FIRST, "server.pem"), "tampered");
    const tampered = project.read(FIRST, "server.pem");

    expect(await project.planned()).toEqual({
      "brokers/mqtt-1.example.com": "new certificate, same key: server.pem is missing or changed",
    });
    await project.apply();
    const after = project.files("pki");
    const other = Object.keys(after).filter((path) => after[path]?.content !== before[path]?.content);
    expect(other.filter((path) => path in before).sort()).toEqual([
      "brokers.records",
      "brokers/mqtt-1.example.com/server.pem",
    ]);
    // What somebody else put there is kept beside.
    expect(other.filter((path) => !(path in before)).map((path) => after[path]?.content)).toEqual([tampered]);
    expect(project.flaws()).toEqual([]);
  });

  it.each([
    [
      "a broker's key that was tampered with",
      [FIRST],
      () => {
        appendFileSync(project.path(FIRST, "server.key"), "tampered");
      },
    ],
    [
      "two brokers' keys that were swapped",
      [FIRST, SECOND],
      () => {
        swap(`${FIRST}/server.key`, `${SECOND}/server.key`);
      },
    ],
    [
      "the authority's key that was tampered with",
      ["pki/ca.key"],
      () => {
        appendFileSync(project.path("pki/ca.key"), "tampered");
      },
    ],
    [
      "the authority's key that was swapped for a broker's",
      ["pki/ca.key"],
      () => {
        cpSync(project.path(FIRST, "server.key"), project.path("pki/ca.key"));
      },
    ],
    [
      "the authority's key that is lost",
      ["pki/ca.key"],
      () => {
        rmSync(project.path("pki/ca.key"));
      },
    ],
    [
      "the authority's key that is lost with its record",
      ["ca.key"],
      () => {
        rmSync(project.path("pki/ca.key"));
        rmSync(project.path("pki/authorities.records"));
      },
    ],
    [
      "a machine that has the state, and no files",
      ["ca.key"],
      () => {
        rmSync(project.path("pki"), { recursive: true });
      },
    ],
  ])("A plan stops and makes nothing for %s; restored files are enough to continue", async (_what, names, harm) => {
    const before = project.files("pki");
    harm();

    await expectStop(project, ...names.map((name) => name.replace(/^pki\/(?=brokers)/, "")));
    cpSync(project.path(".kept/pki"), project.path("pki"), { recursive: true, preserveTimestamps: true });
    expect(await project.planned()).toEqual({});
    expect(project.files("pki")).toEqual(before);
  });
});

describeOneBareEngine("an authority made by hand", (engine) => {
  const project = new Project(engine, { withoutProviders: true });

  afterAll(() => {
    project.remove();
  });

  it("An authority made by hand with an e-mail address in its subject alone is adopted as it is", async () => {
    project.declare(`new BrokerPki(app, "mqtt", {
      custody: "machine",
      authority: {
        subject: { commonName: "Test CA", emailAddress: "pki@example.com" },
        keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      },
      brokers: [{ address: "mqtt-1.example.com" }],
    });`);
    mkdirSync(project.path("pki"));
    makeAuthority(project.path("pki"), "ca", { subject: "/CN=Test CA/emailAddress=pki@example.com" });
    writeFileSync(project.path("pki/take-over"), "");
    const byHand = ["ca.key", "ca.pem"].map((name) => project.read("pki", name));
    await project.synth();
    await project.apply();
    rmSync(project.path("pki/take-over"));

    expect(["ca.key", "ca.pem"].map((name) => project.read("pki", name))).toEqual(byHand);
    expect(project.flaws()).toEqual([]);
    expect(await project.planned()).toEqual({});
  });
});

describeOneBareEngine("files made by hand", (engine) => {
  const project = fleetFor(engine, BROKERS, (fleet) => fleet.apply());

  it("Files made by hand are adopted as they are, with any line end", async () => {
    rmSync(project.path("pki/brokers.records"));
    appendFileSync(project.path(FIRST, "server.key"), "\n\n");
    writeFileSync(project.path(FIRST, "server.pem"), project.read(FIRST, "server.pem").trimEnd());
    const byHand = ["server.key", "server.pem"].map((name) => project.read(FIRST, name));
    writeFileSync(project.path("pki/take-over"), "");
    await project.apply();
    rmSync(project.path("pki/take-over"));

    expect(["server.key", "server.pem"].map((name) => project.read(FIRST, name))).toEqual(byHand);
    expect(await project.planned()).toEqual({});
  });
});

describeOneBareEngine("invalid records", (engine) => {
  const project = fleetFor(engine, BROKERS, (fleet) => fleet.apply());

  /** Harms a file of records as only its writer can: its seal is whole. */
  const sealedAnew = (harm: (text: string) => string) => (text: string) => sealed(harm(unsealed(text) ?? ""));
  const field = (name: string, value: unknown) =>
    sealedAnew((json) =>
      JSON.stringify(JSON.parse(json), (key, it: unknown) =>
        key === "1" || key === "brokers/mqtt-1.example.com" ? { ...(it as object), [name]: value } : it,
      ),
    );

  const BROKEN: [string, (text: string) => string][] = [
    ["are cut short", (text) => text.slice(0, text.length / 2)],
    ["have one letter more", (text) => text.replace("CA", "CAA").replace("token", "tokens")],
    ["are empty", () => ""],
    ["are of another program", () => "not ours\n"],
    ["have no hash", (text) => text.slice(64)],
    ["are a list", sealedAnew(() => "[]\n")],
    ["are null", sealedAnew(() => "null\n")],
    ["are no JSON", sealedAnew(() => "not ours\n")],
    ["have a list instead of a record", sealedAnew((json) => json.replace(/(?<=: )\{"token[^\n]*\}/, "[]"))],
    ["have no token", field("token", undefined)],
    ["have a token that is a list", field("token", [])],
    ["have an empty token", field("token", "")],
    ["have an expiry date that is no time", field("not_after", "x")],
    ["have no expiry date", field("not_after", undefined)],
    ["have no hashes", field("key_sha256", undefined)],
  ];
  const RECORDS = ["pki/brokers.records", "pki/authorities.records"];
  /** Each harm to each file; in the short tests to one of them, by turns. */
  const HARMED = BROKEN.flatMap(([how, harm], index) =>
    RECORDS.filter((_, turn) => isLong() || turn === index % RECORDS.length).map(
      (record) => [record, how, harm] as const,
    ),
  );

  it.each(HARMED)(
    "%s that %s stop the plan; with pki/take-over, keys and certificates are adopted",
    async (record, _how, harm) => {
      const before = project.files("pki");
      writeFileSync(project.path(record), harm(project.read(record)));

      await expectStop(project, "take-over");
      writeFileSync(project.path("pki/take-over"), "");
      await project.apply();
      rmSync(project.path("pki/take-over"));
      const after = project.files("pki");
      expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
      for (const path of Object.keys(before).filter((name) => /\.(key|pem)$/.test(name))) {
        expect(after[path]?.content).toBe(before[path]?.content);
      }
      expect(project.flaws()).toEqual([]);
      expect(await project.planned()).toEqual({});
    },
  );
  it("A record with the hash of another key stops the plan, also with pki/take-over", async () => {
    const wrong = field("key_sha256", "x");
    writeFileSync(project.path("pki/brokers.records"), wrong(project.read("pki/brokers.records")));
    await expectStop(project, "take-over");
    writeFileSync(project.path("pki/take-over"), "");
    await expectStop(project, "brokers/mqtt-1.example.com");
  });
});

describeOneBareEngine("a killed apply", (engine) => {
  const MANY = Array.from({ length: 30 }, (_, index) => `mqtt-${index}.example.com`);
  const project = fleetFor(engine, MANY);

  const placed = (): number =>
    MANY.filter((broker) => existsSync(project.path("pki/brokers", broker, "server.pem"))).length;

  const isThere = (path: string): boolean => existsSync(project.path("pki", path));

  // A journal is there for some milliseconds. On a busy machine it is missed; then what comes after it tells.
  it.each<[string, () => boolean]>([
    ["the directory is there", () => isThere(".")],
    ["the authority is in the making", () => isThere("authorities.journal") || isThere("authorities.records")],
    ["the authority is there", () => isThere("authorities.records")],
    ["brokers are in the making", () => isThere("brokers.journal") || placed() >= 1],
    ["the first broker is there", () => placed() >= 1],
    ["half of the brokers are there", () => placed() >= MANY.length / 2],
  ])("An apply killed as soon as %s is finished by the next one, with all whole files", async (_when, isTime) => {
    expect(await killApply(engine, project, isTime)).toBe(true);
    const before = keysAndCertificates(project);
    // A key that has no certificate yet was never handed out.
    const whole = Object.keys(before).filter((path) => path.replace(/\w+$/, "pem") in before);
    const withdraw = letGoOn(project);
    await project.apply();
    withdraw();
    await expectConvergence(project, MANY);

    const after = keysAndCertificates(project);
    expect(whole.map((path) => [path, after[path]])).toEqual(whole.map((path) => [path, before[path]]));
  });
});

describeOneBareEngine("two applies at once", (engine) => {
  const project = new Project(engine, { withoutProviders: true });

  beforeAll(async () => {
    await declare(project, BROKERS);
  });
  afterAll(() => {
    project.remove();
  });

  it("A second apply at the same time gets the lock error, and the first one completes", async () => {
    const first = await AskingApply.start(engine, project);
    const second = await project.tryApply();

    expect(second.status).toBe(1);
    expect(errorsOf(second).kinds).toEqual(["Error acquiring the state lock"]);
    expect(existsSync(project.path("pki"))).toBe(false);
    first.approve();
    expect((await first.result()).status).toBe(0);
    await expectConvergence(project, BROKERS);
  });
});

describeOneBareEngine("files of a stopped apply", (engine) => {
  const project = fleetFor(engine, BROKERS, (fleet) => fleet.apply());
  const [folder] = [FIRST.replace("pki/", "")];
  const NAMES = ["server.key", "server.pem"];

  /** Puts files where a run has them before it puts them into their places. */
  const takeBack = (...names: string[]): void => {
    for (const name of names) {
      renameSync(project.path(FIRST, name), project.path(FIRST, `${name}.new`));
    }
  };
  /** What a run writes down of them. */
  const note = (line: string): void => {
    writeFileSync(project.path("pki/brokers.journal"), line, { mode: 0o600 });
  };
  const lineOf = (records = readRecords(project, "brokers")): string =>
    `${JSON.stringify([folder, records.brokers[folder]])}\n`;
  /** Forgets what the records have of the first broker. */
  const forget = (): void => {
    const records = readRecords(project, "brokers");
    const { [folder]: _, ...brokers } = records.brokers;
    writeRecords(project, "brokers", { ...records, brokers });
  };

  const STOPPED = [
    ["all of them", NAMES],
    ["the certificate", ["server.pem"]],
    ["none", []],
  ] as const;
  // Engines write a resource into the state, when another one is done, before its own provisioner is.
  const STATES = ["a state that knows them", "no state"] as const;

  it.each(STATES.flatMap((state) => STOPPED.map(([which, names]) => [state, which, names] as const)))(
    "The next apply moves files of a stopped one into place if the journal has them: with %s, %s",
    async (state, _which, names) => {
      const before = project.files("pki");
      note(lineOf());
      forget();
      takeBack(...names);
      if (state === "no state") {
        rmSync(project.path("terraform.mqtt.tfstate"));
        await expectStop(project, "pki belongs to the fleet mqtt, workspace default,", "take-over");
      }
      const withdraw = letGoOn(project);

      expect(await project.planned()).toMatchObject({ [folder]: "finished: a deployment was stopped" });
      await project.apply();
      withdraw();
      expect(changed(before, project.files("pki")).filter((path) => /\.(key|pem)/.test(path))).toEqual([]);
      await expectConvergence(project, BROKERS);
    },
  );

  it("A certificate of a stopped renewal is moved into place by the next apply, and the plan shows it", async () => {
    rmSync(project.path(FIRST, "server.pem"));
    await project.apply();
    const [renewed, line] = [project.read(FIRST, "server.pem"), lineOf()];
    project.restore();
    note(line);
    writeFileSync(project.path(FIRST, "server.pem.new"), renewed);

    expect(await project.planned()).toEqual({ [folder]: "finished: a deployment was stopped" });
    await expectConvergence(project, BROKERS);
    expect(project.read(FIRST, "server.pem")).toBe(renewed);
  });

  it("A file of a stopped apply that differs from its journal is not used", async () => {
    const before = project.files("pki");
    note(lineOf());
    writeFileSync(project.path(FIRST, "server.pem.new"), "made by hand");

    await expectConvergence(project, BROKERS);
    expect(changed(before, project.files("pki"))).toEqual(["brokers.records"]);
    expect(project.read(FIRST, "server.pem")).not.toBe("made by hand");
  });

  it.each([
    ["not there", () => ""],
    ["cut short", (line: string) => line.slice(0, line.length / 2)],
  ])("Files of a stopped apply are deleted if their line in the journal is %s", async (_how, harm) => {
    note(harm(lineOf()));
    forget();
    takeBack(...NAMES);
    const key = project.read(FIRST, "server.key.new");

    expect(await project.planned()).toEqual({ [folder]: "new" });
    await expectConvergence(project, BROKERS);
    expect(project.read(FIRST, "server.key")).not.toBe(key);
  });

  it("Files of a stopped apply are deleted if the files in place are whole", async () => {
    const before = project.files("pki");
    note("");
    for (const name of NAMES) {
      writeFileSync(project.path(FIRST, `${name}.new`), "half a k", { mode: 0o600 });
    }
    // As the engine leaves it, whose program was stopped.
    expect(await project.run("taint", "terraform_data.brokers")).toMatchObject({ status: 0 });

    await expectConvergence(project, BROKERS);
    expect(changed(before, project.files("pki"))).toEqual(["brokers.records"]);
  });
});

describeOneBareEngine(
  "a full or read-only disk",
  (engine) => {
    const SOME = Array.from({ length: 8 }, (_, index) => `mqtt-${index}.example.com`);
    const project = new Project(engine, { withoutProviders: true });
    let disk: Disk;

    beforeAll(async () => {
      await declare(project, SOME);
    });
    beforeEach(async () => {
      disk = await Disk.mount(project.path("pki"), "1m");
    });
    afterEach(async () => {
      await disk.unmount();
      rmSync(project.path("terraform.mqtt.tfstate"), { force: true });
    });
    afterAll(() => {
      project.remove();
    });

    /** An apply that fails for what happened, and leaves every file that was there. */
    async function expectFailure(words: RegExp): Promise<void> {
      const before = keysAndCertificates(project);
      const result = await project.tryApply();

      expect(result.status).toBe(1);
      expect(new Set(errorsOf(result).kinds)).toEqual(new Set(["local-exec provisioner error"]));
      const after = keysAndCertificates(project);
      expect(after).toMatchObject(before);
      // No file is half a one: it comes to its place when it is whole.
      const isWhole = (content: string): boolean => /^-----BEGIN [^]+-----END [A-Z ]+-----\n$/.test(content);
      expect(Object.keys(after).filter((path) => !isWhole(after[path]?.content ?? ""))).toEqual([]);
      expect(errorsOf(result).text).toMatch(words);
    }

    /** An apply that brings all to its end, with every key and certificate that was whole before. */
    async function expectHealing(): Promise<void> {
      const before = keysAndCertificates(project);
      const whole = Object.keys(before).filter((path) => path.replace(/\w+$/, "pem") in before);
      await expectConvergence(project, SOME);
      const after = keysAndCertificates(project);
      expect(whole.map((path) => after[path])).toEqual(whole.map((path) => before[path]));
    }

    it.each(["16k", "28k", "40k", "64k"])(
      "A disk that is full at %s fails the apply, and the next apply continues",
      async (size) => {
        await disk.remount(`size=${size}`);

        await expectFailure(/no space left on device/);
        await disk.remount("size=1m");
        await expectHealing();
      },
    );

    it("A full disk fails a renewal, which keeps key and certificate", async () => {
      await project.apply();
      const before = project.files("pki");
      letEnd(project, "machine", "mqtt-3.example.com", 1);
      await disk.fill();

      await expectFailure(/no space left on device/);
      disk.empty();
      expect(project.files("pki")["brokers/mqtt-3.example.com/server.pem"]).toEqual(
        before["brokers/mqtt-3.example.com/server.pem"],
      );
      await expectConvergence(project, SOME);
      expect(changed(before, project.files("pki"))).toEqual([
        "brokers.records",
        "brokers/mqtt-3.example.com/server.pem",
      ]);
    });

    it("A read-only disk fails the apply, and the next apply continues", async () => {
      await disk.remount("ro");

      await expectFailure(/read-only file system/);
      await disk.remount("rw");
      await expectHealing();
      rmSync(project.path("pki/brokers/mqtt-3.example.com/server.pem"));
      await disk.remount("ro");
      await expectFailure(/read-only file system/);
      await disk.remount("rw");
      await expectHealing();
    });
  },
  [findMount()],
);
