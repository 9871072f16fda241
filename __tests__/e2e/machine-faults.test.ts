import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setImmediate as tick, setTimeout as sleep } from "node:timers/promises";
import { makeAuthority } from "../support/authorities";
import { describeOneBareEngine, errorsOf, isLong } from "./support/custodies";
import { forgetTornState, killApply } from "./support/kill";
import { type Engine } from "./support/machine";
import { Disk, findMount } from "./support/mount";
import { Project } from "./support/project";
import { run } from "./support/run";

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

describeOneBareEngine("files that are there before the first deployment", (engine) => {
  const project = fleetFor(engine, BROKERS, (fleet) => mkdirSync(fleet.path(FIRST), { recursive: true }));

  it.each([
    ["pki/ca.key", "pki/ca.key"],
    ["pki/ca.pem", "pki/ca."],
    [`${FIRST}/server.key`, "brokers/mqtt-1.example.com"],
    [`${FIRST}/server.pem`, "brokers/mqtt-1.example.com"],
  ])("stop the plan, which names the place, so that %s is not written over", async (path, name) => {
    writeFileSync(project.path(path), "made by hand", { mode: 0o600 });

    await expectStop(project, name);
    expect(project.read(path)).toBe("made by hand");
    expect(Object.keys(project.files("pki"))).toHaveLength(1);
  });
});

describeOneBareEngine("files that are other than they were made", (engine) => {
  const project = fleetFor(engine, BROKERS, (fleet) => fleet.apply());

  const swap = (one: string, other: string): void => {
    renameSync(project.path(one), project.path("swapped"));
    renameSync(project.path(other), project.path(one));
    renameSync(project.path("swapped"), project.path(other));
  };

  it("heal where it is a certificate, with the same key", async () => {
    const before = project.files("pki");
    appendFileSync(project.path(FIRST, "server.pem"), "tampered");
    const tampered = project.read(FIRST, "server.pem");

    expect(await project.planned()).toEqual({
      "terraform_data.broker_mqtt-1_example_com": "new certificate, same key: server.pem is missing or changed",
    });
    await project.apply();
    const after = project.files("pki");
    const other = Object.keys(after).filter((path) => after[path]?.content !== before[path]?.content);
    expect(other.filter((path) => path in before).sort()).toEqual(
      ["server.json", "server.pem"].map((name) => `brokers/mqtt-1.example.com/${name}`),
    );
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
        rmSync(project.path("pki/ca.json"));
      },
    ],
    [
      "a machine that has the state, and no files",
      ["ca.key"],
      () => {
        rmSync(project.path("pki"), { recursive: true });
      },
    ],
  ])(
    "stop the plan, which makes nothing: %s; and putting back what was is all it takes",
    async (_what, names, harm) => {
      const before = project.files("pki");
      harm();

      await expectStop(project, ...names.map((name) => name.replace(/^pki\/(?=brokers)/, "")));
      cpSync(project.path(".kept/pki"), project.path("pki"), { recursive: true, preserveTimestamps: true });
      expect(await project.planned()).toEqual({});
      expect(project.files("pki")).toEqual(before);
    },
  );
});

describeOneBareEngine("an authority that was made by hand, with an e-mail address in its subject alone", (engine) => {
  const project = new Project(engine, { withoutProviders: true });

  afterAll(() => {
    project.remove();
  });

  it("is adopted as it is, and signs", async () => {
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

describeOneBareEngine("files that were made by hand", (engine) => {
  const project = fleetFor(engine, BROKERS, (fleet) => fleet.apply());

  it("are adopted as they are, whatever their last line", async () => {
    rmSync(project.path(FIRST, "server.json"));
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

describeOneBareEngine("a record that makes no sense", (engine) => {
  const project = fleetFor(engine, BROKERS, (fleet) => fleet.apply());

  const field = (name: string, value: unknown) => (text: string) =>
    `${JSON.stringify({ ...(JSON.parse(text) as object), [name]: value })}\n`;

  const BROKEN: [string, (text: string) => string][] = [
    ["is cut short", (text) => text.slice(0, text.length / 2)],
    ["is empty", () => ""],
    ["is not JSON", () => "not ours\n"],
    ["is a list", () => "[]\n"],
    ["is null", () => "null\n"],
    ["has no token", field("token", undefined)],
    ["has a token without a time", field("token", "x")],
    ["has an empty token", field("token", "")],
    ["has a token that is a list", field("token", [])],
    ["has an end that is no time", field("not_after", "x")],
    ["has no end", field("not_after", undefined)],
    ["has no hashes", field("sha256", undefined)],
    ["has a word for its hashes", field("sha256", "x")],
  ];
  const RECORDS = [`${FIRST}/server.json`, "pki/ca.json"];
  /** Each harm to each record; in the short tests to one of them, by turns. */
  const HARMED = BROKEN.flatMap(([how, harm], index) =>
    RECORDS.filter((_, turn) => isLong() || turn === index % RECORDS.length).map(
      (record) => [record, how, harm] as const,
    ),
  );

  it.each(HARMED)(
    "%s that %s stops the plan, which says what to do; with consent, key and certificate are adopted",
    async (record, _how, harm) => {
      const before = project.files("pki");
      writeFileSync(project.path(record), harm(project.read(record)));

      await expectStop(project, "take-over");
      writeFileSync(project.path("pki/take-over"), "");
      await project.apply();
      rmSync(project.path("pki/take-over"));
      const after = project.files("pki");
      expect(Object.keys(after)).toEqual(Object.keys(before));
      for (const path of Object.keys(before).filter((name) => !name.endsWith(".json"))) {
        expect(after[path]?.content).toBe(before[path]?.content);
      }
      expect(project.flaws()).toEqual([]);
      expect(await project.planned()).toEqual({});
    },
  );
});

describeOneBareEngine("an openssl that is not the right one", (engine) => {
  const project = fleetFor(engine, BROKERS);
  let bin: string;

  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), "bin-"));
  });
  afterEach(() => {
    rmSync(bin, { recursive: true });
  });

  async function expectRefusal(path: string, words: string): Promise<void> {
    const result = await run(engine.program, ["apply", "-input=false", "-no-color", "-auto-approve"], {
      cwd: project.stackFolder,
      env: { ...project.env, PATH: path },
    });

    const { kinds, text } = errorsOf(result);
    expect(result.status).toBe(1);
    expect(kinds).toEqual(["local-exec provisioner error"]);
    expect(text).toContain(`${words.replace(/\s+/g, " ")} Install OpenSSL 3.0 or later`);
    expect(readdirSync(project.path("pki"), { recursive: true })).toEqual([]);
    await project.apply();
    expect(project.flaws()).toEqual([]);
    expect(Object.keys(project.files("pki"))).toHaveLength(9);
    expect(await project.planned()).toEqual({});
  }

  it.each(["OpenSSL 1.1.1w  11 Sep 2023", "OpenSSL 0.9.8zh 14 Jan 2016", "LibreSSL 3.8.2"])(
    "is named, and nothing is half made: %s; with the right one, the next deployment succeeds",
    async (version) => {
      const script = `#!/bin/sh\n[ "$1" != version ] || exec echo '${version}'\necho 'unknown option' >&2\nexit 1\n`;
      writeFileSync(join(bin, "openssl"), script, { mode: 0o755 });

      await expectRefusal(`${bin}${delimiter}${process.env["PATH"] ?? ""}`, `openssl is ${version} here.`);
    },
  );

  it("is asked for where there is none", async () => {
    // All programs that there are, but one.
    for (const folder of (process.env["PATH"] ?? "").split(delimiter).filter((name) => existsSync(name))) {
      for (const program of readdirSync(folder)) {
        if (program !== "openssl" && !existsSync(join(bin, program))) {
          rmSync(join(bin, program), { force: true });
          symlinkSync(join(folder, program), join(bin, program));
        }
      }
    }

    await expectRefusal(bin, "openssl is not on this machine.");
  });
});

describeOneBareEngine("an apply that is killed", (engine) => {
  const MANY = Array.from({ length: 30 }, (_, index) => `mqtt-${index}.example.com`);
  const project = fleetFor(engine, MANY);

  const records = (): number =>
    MANY.filter((broker) => existsSync(project.path("pki/brokers", broker, "server.json"))).length;

  it.each<[string, () => boolean]>([
    ["the authority is in the making", () => existsSync(project.path("pki/.new"))],
    ["the authority is there", () => existsSync(project.path("pki/ca.json"))],
    ["the first broker is there", () => records() >= 1],
    ["half of the brokers are there", () => records() >= MANY.length / 2],
  ])(
    "as soon as %s is finished by the next one, with the same authority and all that was whole",
    async (_when, isTime) => {
      expect(await killApply(engine, project, isTime)).toBe(true);
      const before = project.files("pki");
      const whole = Object.keys(before)
        .filter((path) => path.endsWith(".json") && !path.includes(".new/"))
        .flatMap((path) => [path, path.replace(".json", ".key"), path.replace(".json", ".pem")]);
      forgetTornState(project);
      // Plans tell the time in whole seconds: one of the same second would not tell its certificates from the killed one's.
      await sleep(1000);
      await project.apply();

      const after = project.files("pki");
      expect(Object.keys(after)).toHaveLength(3 * (MANY.length + 1));
      for (const path of whole) {
        expect([path, after[path]]).toEqual([path, before[path]]);
      }
      expect(project.flaws()).toEqual([]);
      expect(await project.planned()).toEqual({});
    },
  );
});

describeOneBareEngine("two applies at once", (engine) => {
  const project = new Project(engine, { withoutProviders: true });

  beforeAll(async () => {
    await declare(project, BROKERS);
  });
  afterAll(() => {
    project.remove();
  });

  it("do not meet: the second one is told of the lock, and the first one's result is whole", async () => {
    // An openssl that waits until it is let go.
    const script = `#!/bin/sh\nwhile [ ! -e '${project.path("go")}' ]; do sleep 0.05; done\nPATH="$REST" exec openssl "$@"\n`;
    mkdirSync(project.path("bin"));
    writeFileSync(project.path("bin/openssl"), script, { mode: 0o755 });
    const rest = process.env["PATH"] ?? "";
    const first = run(engine.program, ["apply", "-input=false", "-no-color", "-auto-approve"], {
      cwd: project.stackFolder,
      env: { ...project.env, REST: rest, PATH: `${project.path("bin")}${delimiter}${rest}` },
    });
    while (!existsSync(project.path("pki"))) {
      await tick();
    }
    const second = await project.tryApply();
    writeFileSync(project.path("go"), "");

    expect(second.status).toBe(1);
    expect(errorsOf(second).kinds).toEqual(["Error acquiring the state lock"]);
    expect((await first).status).toBe(0);
    expect(project.flaws()).toEqual([]);
    expect(Object.keys(project.files("pki"))).toHaveLength(3 * (BROKERS.length + 1));
    expect(await project.planned()).toEqual({});
  });
});

describeOneBareEngine("files that were stopped on their way to their places", (engine) => {
  const project = fleetFor(engine, BROKERS, (fleet) => fleet.apply());
  const NEW = `${FIRST}/.new`;

  beforeEach(() => {
    mkdirSync(project.path(NEW));
  });

  const STOPPED = [
    ["all of them", ["server.key", "server.pem", "server.json"]],
    ["the certificate and the record", ["server.pem", "server.json"]],
    ["the record", ["server.json"]],
  ] as const;
  // Engines write a resource into the state, when another one is done, before its own provisioner is.
  const STATES = ["a state that knows them", "no state"] as const;

  it.each(STATES.flatMap((state) => STOPPED.map(([which, names]) => [state, which, names] as const)))(
    "get there with the next apply where their record is there: with %s, %s",
    async (state, _which, names) => {
      const before = project.files("pki");
      for (const name of names) {
        renameSync(project.path(FIRST, name), project.path(NEW, name));
      }
      if (state === "no state") {
        rmSync(project.path("terraform.mqtt.tfstate"));
      }
      await project.apply();

      const after = project.files("pki");
      expect(Object.keys(after)).toEqual(Object.keys(before));
      expect(after["brokers/mqtt-1.example.com/server.key"]).toEqual(before["brokers/mqtt-1.example.com/server.key"]);
      expect(project.flaws()).toEqual([]);
      expect(existsSync(project.path(NEW))).toBe(false);
      expect(await project.planned()).toEqual({});
    },
  );

  it("take the places of what was to be renewed, and the plan says so", async () => {
    const state = project.read("terraform.mqtt.tfstate");
    const old = project.path(".old");
    cpSync(project.path(FIRST), old, { recursive: true, preserveTimestamps: true });
    rmSync(project.path(NEW), { recursive: true });
    rmSync(project.path(FIRST, "server.pem"));
    await project.apply();
    const { [`${FIRST.replace("pki/", "")}/server.json`]: _, ...renewed } = project.files("pki");
    renameSync(project.path(FIRST), project.path(".renewed"));
    renameSync(old, project.path(FIRST));
    rmSync(project.path(NEW), { recursive: true });
    renameSync(project.path(".renewed"), project.path(NEW));
    rmSync(project.path(NEW, "server.key"));
    writeFileSync(project.path("terraform.mqtt.tfstate"), state);

    expect(await project.planned()).toEqual({
      "terraform_data.broker_mqtt-1_example_com": "finished: a deployment was stopped",
    });
    await project.apply();
    expect(project.files("pki")).toMatchObject(renewed);
    expect(project.flaws()).toEqual([]);
    expect(await project.planned()).toEqual({});
  });

  it("are thrown away where there is no record of them", async () => {
    for (const name of ["server.key", "server.pem", "server.json"]) {
      renameSync(project.path(FIRST, name), project.path(NEW, name));
    }
    const { content } = project.files("pki")["brokers/mqtt-1.example.com/.new/server.key"] ?? {};
    rmSync(project.path(NEW, "server.json"));
    await project.run("state", "rm", "terraform_data.broker_mqtt-1_example_com");

    expect(await project.planned()).toEqual({ "terraform_data.broker_mqtt-1_example_com": "new" });
    await project.apply();
    expect(project.read(FIRST, "server.key")).not.toBe(content);
    expect(project.flaws()).toEqual([]);
    expect(await project.planned()).toEqual({});
  });

  it("are thrown away where their record is cut short", async () => {
    const before = project.files("pki");
    const record = project.read(FIRST, "server.json");
    writeFileSync(project.path(NEW, "server.json"), record);
    truncateSync(project.path(NEW, "server.json"), record.length / 2);
    rmSync(project.path("terraform.mqtt.tfstate"));
    await project.apply();

    expect(project.files("pki")).toEqual(before);
    expect(existsSync(project.path(NEW))).toBe(false);
  });
});

describeOneBareEngine(
  "a file system that takes nothing more",
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
      const before = project.files("pki");
      const known = existsSync(project.path("pki/ca.pem")) ? project.flaws() : [];
      const result = await project.tryApply();

      expect(result.status).toBe(1);
      expect(new Set(errorsOf(result).kinds)).toEqual(new Set(["local-exec provisioner error"]));
      const after = project.files("pki");
      expect(after).toMatchObject(before);
      // A record tells of nothing that is not whole: openssl itself takes no notice of a full disk.
      const recorded = Object.keys(after).filter((path) => path.replace(/\w+$/, "json") in after);
      expect(project.flaws().filter((path) => recorded.includes(path) && !known.includes(path))).toEqual([]);
      expect(errorsOf(result).text).toMatch(words);
    }

    /** An apply that brings all to its end, with every key and certificate that was whole before. */
    async function expectHealing(): Promise<void> {
      const before = project.files("pki");
      const whole = Object.keys(before).filter(
        (path) => !path.includes(".new/") && path.replace(/\w+$/, "json") in before && path.endsWith(".key"),
      );
      await project.apply();
      const after = project.files("pki");
      expect(whole.map((path) => after[path])).toEqual(whole.map((path) => before[path]));
      expect(project.flaws()).toEqual([]);
      expect(Object.keys(after).filter((path) => /\.(key|pem|json)$/.test(path))).toHaveLength(3 * (SOME.length + 1));
      expect(await project.planned()).toEqual({});
    }

    it.each(["16k", "28k", "40k", "64k"])(
      "is told of where it is full at %s, and the next apply goes on from there",
      async (size) => {
        await disk.remount(`size=${size}`);

        await expectFailure(/No space left|can(not)? be written|could not be written/);
        await disk.remount("size=1m");
        await expectHealing();
      },
    );

    it("is told of where it is full for a renewal, which keeps key and certificate", async () => {
      await project.apply();
      const before = project.files("pki");
      const record = project.path("pki/brokers/mqtt-3.example.com/server.json");
      const due = readFileSync(record, "utf8").replace(/"not_after":"\d{4}/, '"not_after":"2001');
      writeFileSync(record, due);
      await disk.fill();

      await expectFailure(/No space left|can(not)? be written|could not be written/);
      disk.empty();
      expect(project.files("pki")["brokers/mqtt-3.example.com/server.pem"]).toEqual(
        before["brokers/mqtt-3.example.com/server.pem"],
      );
      await expectHealing();
    });

    it("is told of where it is read-only, and the next apply goes on from there", async () => {
      await disk.remount("ro");

      await expectFailure(/Read-only file system|can(not)? be written|could not be written/);
      await disk.remount("rw");
      await expectHealing();
      rmSync(project.path("pki/brokers/mqtt-3.example.com/server.pem"));
      await disk.remount("ro");
      await expectFailure(/Read-only file system|can(not)? be written|could not be written/);
      await disk.remount("rw");
      await expectHealing();
    });
  },
  [findMount()],
);
