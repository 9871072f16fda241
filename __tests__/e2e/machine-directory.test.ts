import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sha256 } from "../../lib/machine-format/record";
import { makeAuthority } from "../support/authorities";
import { expectConvergence } from "./support/convergence";
import { changed, describeOneBareEngine, keysAndCertificates, trySynth, wordsOf } from "./support/custodies";
import type { Tool } from "./support/machine";
import { Project } from "./support/project";
import { readRecords, writeRecords } from "./support/records";
import { allOf, run, succeed } from "./support/run";

const BROKERS = ["mqtt-1.example.com", "mqtt-2.example.com", "mqtt-3.example.com"];
const FIRST = "pki/brokers/mqtt-1.example.com";

/** Declares a fleet, and hands it to the engine. */
async function declare(project: Project, options = ""): Promise<void> {
  project.declareFleet(BROKERS, `custody: "machine", ${options}`);
  await project.synth();
}

/** What files are called, and who may read and write them. */
function modesIn(project: Project, directory = "pki"): string[] {
  const folders = readdirSync(project.path(directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name));
  return [
    ...Object.entries(project.files(directory)).map(([path, { mode }]) => `${mode} ${path}`),
    ...folders.map((path) => `${(statSync(path).mode & 0o777).toString(8)} ${path.slice(project.path().length)}`),
  ].sort();
}

/** What all certificates say, but for what is another with every issue. */
function saidIn(project: Project): object {
  const pems = Object.entries(project.files("pki")).filter(([path]) => path.endsWith(".pem"));
  return Object.fromEntries(
    pems.map(([path, { content }]) => {
      const { subject, issuer, subjectAltName, keyUsage, ca, validFrom, validTo } = new X509Certificate(content);
      const duration = Date.parse(validTo) - Date.parse(validFrom);
      return [
        path,
        { subject, issuer, subjectAltName, keyUsage, ca, duration, length: content.split("-----BEGIN").length },
      ];
    }),
  );
}

describeOneBareEngine("a deployment in a filled environment", (engine) => {
  const [clean, poisoned] = [1, 2].map(() => new Project(engine, { withoutProviders: true })) as [Project, Project];
  const known = { ...process.env };

  beforeAll(async () => {
    await declare(clean);
    await clean.apply();
    await declare(poisoned);
    mkdirSync(poisoned.path("evil"));
    mkdirSync(poisoned.path("victim"));
    makeAuthority(poisoned.path("evil"), "ca", { subject: "/CN=Evil" });
    writeFileSync(poisoned.path("evil/mark.js"), `require("node:fs").writeFileSync("${poisoned.path("mark")}", "");`);
    writeFileSync(
      poisoned.path("evil/openssl.cnf"),
      "openssl_conf = missing\nnodejs_conf = missing\n.include /missing\n",
    );
    mkdirSync(poisoned.path("evil/node_modules/fs"), { recursive: true });
    cpSync(poisoned.path("evil/mark.js"), poisoned.path("evil/node_modules/fs/index.js"));
    const evil = (name: string): string => poisoned.path("evil", name);
    Object.assign(process.env, {
      FOLDER: "../victim",
      DIRECTORY: poisoned.path("victim"),
      PASSWORD: "S3cr3t!pw",
      CA_PASSWORD: "S3cr3t!pw",
      CA_KEY: evil("ca.key"),
      CA_KEY_VARIABLE: "x;touch mark",
      CA_CERTIFICATE: evil("ca.pem"),
      CA_CHAIN: evil("ca.key"),
      TRUST_ANCHOR: evil("ca.pem"),
      TRUST: evil("ca.pem"),
      KEY: "RSA-512",
      KEY_VERSION: '9","x":"',
      TOKEN: "2001-01-01T00:00:00Z x",
      CSR: "x",
      REQUEST: "x",
      INTENT: "x",
      ISSUER: "x",
      SUBJECT: "/CN=evil",
      EXTENSIONS: "basicConstraints=CA:TRUE",
      DAYS: "1",
      DURATION: "1",
      REMOVAL: "2001-01-01T00:00:00Z removes ../victim",
      CERTIFICATES: "x",
      CERTIFICATE: evil("ca.pem"),
      OTHER_CERTIFICATE: "x",
      NOT_AFTER: "2001-01-01T00:00:00Z",
      RENEW_BEFORE: "9999999",
      DIGEST: "md5",
      MQTT_PKI_STATE: "x",
      MQTT_PKI_TIME: "2001-01-01T00:00:00Z",
      MQTT_PKI_DECISIONS: "x",
      MQTT_PKI_WORKSPACE: "x",
      NODE_OPTIONS: `--require ${evil("mark.js")}`,
      NODE_PATH: evil("node_modules"),
      NODE_EXTRA_CA_CERTS: evil("missing.pem"),
      NODE_V8_COVERAGE: poisoned.path("coverage"),
      NODE_COMPILE_CACHE: poisoned.path("coverage"),
      NODE_REDIRECT_WARNINGS: poisoned.path("mark"),
      NODE_ICU_DATA: evil("missing"),
      NODE_DEBUG: "fs,module",
      NODE_PENDING_DEPRECATION: "1",
      NODE_CHANNEL_FD: "9",
      NODE_UNIQUE_ID: "9",
      NODE_TEST_CONTEXT: "child-v8",
      OPENSSL_CONF: evil("openssl.cnf"),
      OPENSSL_MODULES: evil("missing"),
      SSL_CERT_FILE: evil("missing"),
      UV_THREADPOOL_SIZE: "0",
      TZ: "Asia/Kolkata",
      LC_ALL: "tr_TR.UTF-8",
      TMPDIR: evil("missing"),
      BASH_ENV: evil("mark.js"),
      ENV: evil("mark.js"),
      IFS: "/",
      SHELLOPTS: "xtrace",
    });
  });
  afterAll(() => {
    for (const name of Object.keys(process.env).filter((name) => !(name in known))) {
      Reflect.deleteProperty(process.env, name);
    }
    Object.assign(process.env, known);
    clean.remove();
    poisoned.remove();
  });

  it("A deployment in a filled environment makes the same files, and prints no variable of it", async () => {
    const said = allOf(await poisoned.tryApply());

    expect(said).toContain("Apply complete! Resources: 4 added");
    expect(said).not.toContain("S3cr3t");
    expect(modesIn(poisoned)).toEqual(modesIn(clean));
    expect(saidIn(poisoned)).toEqual(saidIn(clean));
    expect(poisoned.flaws()).toEqual([]);
    expect(await poisoned.planned()).toEqual({});
  });

  it("A fleet in a filled environment renews and destroys the same", async () => {
    rmSync(poisoned.path(FIRST, "server.pem"));
    await expectConvergence(poisoned, BROKERS);
    await poisoned.apply("-destroy");

    expect(Object.keys(poisoned.files("pki")).sort()).toEqual(["authorities.records", "ca.key", "ca.pem"]);
  });

  it("A deployment runs nothing that its environment names, and writes nowhere else", () => {
    expect(readdirSync(poisoned.path()).filter((name) => ["mark", "coverage"].includes(name))).toEqual([]);
    expect(readdirSync(poisoned.path("victim"))).toEqual([]);
  });
});

describeOneBareEngine("a directory of two states", (engine) => {
  const [owner, other] = [1, 2].map(() => new Project(engine, { withoutProviders: true })) as [Project, Project];
  const shared = `directory: ${JSON.stringify(owner.path("pki"))},`;
  let before: ReturnType<Project["files"]>;

  beforeAll(async () => {
    await declare(owner, shared);
    await declare(other, shared);
    // What a plan does not see yet, an apply does.
    await other.planned("-out=saved");
    await owner.apply();
    for (const project of [owner, other]) {
      project.keep();
    }
  });
  beforeEach(() => {
    for (const project of [owner, other]) {
      project.restore();
    }
    before = owner.files("pki");
  });
  afterAll(() => {
    owner.remove();
    other.remove();
  });

  const NAME = "belongs to the fleet mqtt, workspace default, deployed from";

  /** Expects that plan and apply are refused, and that neither they nor a destroy touch what there is. */
  async function expectRefusal(project: Project): Promise<void> {
    const results = [await project.plan(), await project.tryApply()];
    for (const { status, stderr } of results) {
      expect(status).toBe(1);
      expect(wordsOf(stderr)).toContain(NAME);
      expect(wordsOf(stderr)).toContain(owner.path());
      expect(wordsOf(stderr)).toContain("create an empty file");
    }
    await project.apply("-destroy");
    expect(owner.files("pki")).toEqual(before);
  }

  it.each<[string, () => Promise<Project>]>([
    [
      "another workspace",
      async () => {
        expect(await owner.run("workspace", "new", "staging")).toMatchObject({ status: 0 });
        return owner;
      },
    ],
    ["another checkout", () => Promise.resolve(other)],
    [
      "another fleet",
      async () => {
        const text = other.read("main.ts").replace('"mqtt"', '"plant"');
        writeFileSync(other.path("main.ts"), text);
        other.stack = "plant";
        await other.synth();
        return other;
      },
    ],
    [
      "a state that is new, for the old one was lost",
      () => {
        rmSync(owner.path("terraform.mqtt.tfstate"));
        return Promise.resolve(owner);
      },
    ],
  ])(
    "A directory with an owner is refused to %s; the plan names the owner, a destroy removes nothing",
    async (_what, prepare) => {
      const project = await prepare();
      try {
        await expectRefusal(project);
      } finally {
        other.stack = "mqtt";
        await project.run("workspace", "select", "default");
      }
      owner.restore();
      expect(await owner.planned()).toEqual({});
    },
  );

  it("A saved plan is refused if another state owns the directory by then; a destroy removes nothing", async () => {
    const { status, stderr } = await other.run("apply", "-no-color", "saved");

    expect(status).toBe(1);
    expect(wordsOf(stderr)).toContain("the fleet mqtt, workspace default, deployed from");
    await other.apply("-destroy");
    expect(owner.files("pki")).toEqual(before);
    expect(await owner.planned()).toEqual({});
  });

  it("pki/take-over gives a directory to another state with all keys; the first state is then refused", async () => {
    writeFileSync(owner.path("pki/take-over"), "");
    await other.apply();
    rmSync(owner.path("pki/take-over"));

    const isPem = (path: string): boolean => /\.(key|pem)$/.test(path);
    expect(changed(before, owner.files("pki")).filter(isPem)).toEqual([]);
    expect(await other.planned()).toEqual({});
    const { status, stderr } = await owner.plan();
    expect(status).toBe(1);
    expect(wordsOf(stderr)).toContain(NAME);
    expect(wordsOf(stderr)).toContain(other.path());
    const taken = owner.files("pki");
    expect(await owner.apply("-destroy")).toContain("nothing is removed");
    expect(owner.files("pki")).toEqual(taken);
    expect(await other.planned()).toEqual({});
  });
});

describeOneBareEngine("a saved plan", (engine) => {
  const project = new Project(engine, { withoutProviders: true });

  beforeAll(async () => {
    await declare(project);
    await project.apply();
    renameSync(project.path(FIRST, "server.pem"), project.path("old.pem"));
    await project.planned("-out=saved");
    project.keep();
  });
  beforeEach(() => {
    project.restore();
  });
  afterAll(() => {
    project.remove();
  });

  const copy = (from: string, to: string): void => {
    cpSync(project.path(from), project.path(to));
  };

  it.each<[string, () => void | Promise<void>]>([
    [
      "what it would make was put back",
      () => {
        copy("old.pem", `${FIRST}/server.pem`);
      },
    ],
    [
      "another broker's certificate is missing",
      () => {
        rmSync(project.path("pki/brokers/mqtt-2.example.com/server.pem"));
      },
    ],
    [
      "another broker's key is another one",
      () => {
        copy(`${FIRST}/server.key`, "pki/brokers/mqtt-2.example.com/server.key");
      },
    ],
    [
      "the authority's key is another one",
      () => {
        copy(`${FIRST}/server.key`, "pki/ca.key");
      },
    ],
    [
      "the authority's certificate is another one",
      () => {
        copy("pki/brokers/mqtt-2.example.com/server.pem", "pki/ca.pem");
      },
    ],
    [
      "the authority's records are gone",
      () => {
        rmSync(project.path("pki/authorities.records"));
      },
    ],
    [
      "the brokers' records have another one",
      () => {
        const { removed, brokers } = readRecords(project, "brokers");
        const record = brokers["brokers/mqtt-2.example.com"];
        if (record !== undefined) {
          writeRecords(project, "brokers", { removed, brokers: { ...brokers, "brokers/x": record } });
        }
      },
    ],
    [
      "another name is declared",
      async () => {
        const [first = "", ...others] = BROKERS;
        const renamed = `{ address: "${first}", alternativeAddresses: ["mqtt.example.com"] }`;
        project.declareFleet([renamed, ...others], 'custody: "machine"');
        expect(await trySynth(project)).toMatchObject({ status: 0 });
      },
    ],
  ])("A saved plan is refused if %s since then, and no file changes", async (_what, change) => {
    await change();
    const before = project.files("pki");
    const { status } = await project.run("apply", "-no-color", "saved");

    expect(status).toBe(1);
    expect(project.files("pki")).toEqual(before);
  });

  it("A saved plan is applied if nothing changed", async () => {
    expect(await project.run("apply", "-no-color", "saved")).toMatchObject({ status: 0 });
    await expectConvergence(project, BROKERS);
  });
});

describeOneBareEngine("a broker that cannot be made", (engine) => {
  const project = new Project(engine, { withoutProviders: true });

  afterAll(() => {
    project.remove();
  });

  it("A broker that cannot be made stops no other, is named, and is made by the next deployment", async () => {
    // The engine has its password, and the program does not find it.
    project.declareFleet(
      ["mqtt-1.example.com", '{ address: "mqtt-2.example.com", passwordVariable: "second" }', "mqtt-3.example.com"],
      'custody: "machine"',
    );
    await project.synth();
    const result = await project.tryApply("-var", "second=S3cr3t");
    const words = wordsOf(allOf(result));

    expect(result.status).toBe(1);
    expect(words).toContain("1 of 3 brokers failed, 2 succeeded:");
    expect(words).toContain("brokers/mqtt-2.example.com:");
    expect(words).toContain("TF_VAR_second");
    expect(words).not.toContain("S3cr3t");
    const made = project.files("pki");
    expect(Object.keys(readRecords(project, "brokers").brokers)).toEqual([
      "brokers/mqtt-1.example.com",
      "brokers/mqtt-3.example.com",
    ]);
    expect(Object.keys(made).filter((path) => path.startsWith("brokers/"))).toHaveLength(4);

    project.variables = { second: "S3cr3t" };
    // In the second of the plan that failed, the token would be the same.
    await sleep(1000);
    expect(await project.planned()).toEqual({ "brokers/mqtt-2.example.com": "new" });
    await project.apply();
    const pems = changed(made, project.files("pki")).filter((path) => /\.(key|pem)$/.test(path));
    expect(pems).toEqual(["key", "pem"].map((name) => `brokers/mqtt-2.example.com/server.${name}`));
    expect(project.flaws({ "brokers/mqtt-2.example.com/server.key": "S3cr3t" })).toEqual([]);
    expect(await project.planned()).toEqual({});
  });
});

const isRoot = process.geteuid?.() === 0;
const root: Tool = { program: "chown", ...(!isRoot && { missing: "it takes root to give files to another user" }) };
const NOBODY = 65534;

describeOneBareEngine("a directory that others can write to or have prepared", (engine) => {
  const project = new Project(engine, { withoutProviders: true });

  beforeAll(async () => {
    await declare(project);
    await project.apply();
    mkdirSync(project.path("elsewhere"), { mode: 0o700 });
    writeFileSync(project.path("elsewhere/server.pem"), "not ours");
    project.keep();
  });
  beforeEach(() => {
    project.restore();
  });
  afterAll(() => {
    project.remove();
  });

  /** Expects that something that is due is refused, with `words`, and that nothing changes; and then heals. */
  async function expectRefusal(words: readonly string[], heal: () => void): Promise<void> {
    rmSync(project.path(FIRST, "server.pem"), { force: true });
    const before = [everythingIn(project, "pki"), everythingIn(project, "elsewhere")];
    const result = await project.tryApply();

    expect(result.status).toBe(1);
    for (const word of words) {
      expect(wordsOf(result.stderr)).toContain(word);
    }
    expect([everythingIn(project, "pki"), everythingIn(project, "elsewhere")]).toEqual(before);
    heal();
    await expectConvergence(project, BROKERS);
  }

  it.each(["pki", "pki/brokers", FIRST])(
    "A folder that its group can write to is refused with its mode: %s",
    async (folder) => {
      chmodSync(project.path(folder), 0o770);

      await expectRefusal(["has the mode 0770: its group or everyone can write to it", "chmod go-w"], () => {
        chmodSync(project.path(folder), 0o700);
      });
    },
  );

  it.each([
    "pki/brokers.records",
    "pki/authorities.records",
    "pki/owner.json",
    "pki/ca.key",
    "pki/ca.pem",
    `${FIRST}/server.key`,
  ])("A file that everyone can write to is refused with its mode: %s", async (file) => {
    const mode = statSync(project.path(file)).mode & 0o777;
    chmodSync(project.path(file), 0o666);

    await expectRefusal(["has the mode 0666: its group or everyone can write to it", "chmod go-w"], () => {
      chmodSync(project.path(file), mode);
    });
  });

  it.each([
    ["pki/brokers", "pki/brokers is a symbolic link, not a folder; move it away"],
    [FIRST, `${FIRST} is a symbolic link, not a folder; move it away`],
    ["pki/brokers.records", "pki/brokers.records is a symbolic link, not a file; move it away"],
    ["pki/authorities.records", "pki/authorities.records is a symbolic link, not a file; move it away"],
    ["pki/owner.json", "pki/owner.json is a symbolic link, not a file; move it away"],
    ["pki/ca.key", "pki/ca.key is a symbolic link, not a file; move it away"],
    [`${FIRST}/server.key`, "server.key is a symbolic link, not a file; move it away"],
  ])("A symbolic link in the directory is refused: %s", async (path, words) => {
    rmSync(project.path(FIRST, "server.pem"));
    renameSync(project.path(path), project.path("elsewhere/moved"));
    symlinkSync(project.path("elsewhere/moved"), project.path(path));

    await expectRefusal([words], () => {
      rmSync(project.path(path));
      renameSync(project.path("elsewhere/moved"), project.path(path));
    });
  });

  it("The directory itself may be a symbolic link", async () => {
    renameSync(project.path("pki"), project.path("elsewhere/pki"));
    symlinkSync(project.path("elsewhere/pki"), project.path("pki"));
    rmSync(project.path(FIRST, "server.pem"));

    await expectConvergence(project, BROKERS);
  });

  it("A destroy removes nothing behind a symbolic link", async () => {
    renameSync(project.path("pki/brokers"), project.path("elsewhere/moved"));
    symlinkSync(project.path("elsewhere/moved"), project.path("pki/brokers"));
    const before = project.files("elsewhere");
    const destroyed = await project.tryApply("-destroy");

    expect(destroyed.status).toBe(1);
    expect(wordsOf(destroyed.stderr)).toContain("pki/brokers is a symbolic link, not a folder; move it away");
    expect(project.files("elsewhere")).toEqual(before);
  });

  it.each([
    "../elsewhere",
    "brokers/../../elsewhere",
    "brokers",
    "",
    ".",
    "/etc",
    "brokers/x/../../../elsewhere",
    "brokers/-rf",
    "brokers/$(touch pwned)",
  ])("A record with a folder that no broker has removes nothing: %s", async (folder) => {
    const { removed, brokers } = readRecords(project, "brokers");
    const record = brokers["brokers/mqtt-1.example.com"];
    if (record === undefined) {
      throw new Error("no record");
    }
    const planted = { ...record, key_sha256: sha256("not ours"), certificate_sha256: sha256("not ours") };
    writeRecords(project, "brokers", { removed, brokers: { ...brokers, [folder]: planted } });
    const before = [project.files("elsewhere"), keysAndCertificates(project)];
    const result = await project.tryApply();

    expect(result.status).toBe(1);
    expect(wordsOf(allOf(result))).toContain("no broker has such a folder: nothing is removed");
    expect([project.files("elsewhere"), keysAndCertificates(project)]).toEqual(before);
  });

  it("A record's text about removed brokers removes nothing; the declaration decides", async () => {
    const { brokers } = readRecords(project, "brokers");
    writeRecords(project, "brokers", {
      removed: "2001-01-01T00:00:00Z removes ../elsewhere brokers/mqtt-2.example.com",
      brokers,
    });
    const before = [project.files("elsewhere"), keysAndCertificates(project)];
    await project.apply();

    expect([project.files("elsewhere"), keysAndCertificates(project)]).toEqual(before);
    expect(await project.planned()).toEqual({});
  });

  /** What is no file, and made where a path is. */
  const OTHERS: readonly [string, (path: string) => unknown][] = [
    ["a FIFO", (path) => run("mkfifo", [path])],
    [
      "a folder",
      (path) => {
        mkdirSync(path);
      },
    ],
  ];

  it.each(
    OTHERS.flatMap(([kind, make]) =>
      [
        ["brokers.records", "brokers.records is corrupt"],
        ["authorities.records", "or the record is corrupt"],
        // The engine's own words.
        ["take-over", 'pki/take-over" is a '],
        ["owner.json", `owner.json is ${kind}, not a file; move it away`],
        ["brokers.journal", `brokers.journal is ${kind}, not a file; move it away`],
      ].map(([name = "", words = ""]) => [kind, name, words, make] as const),
    ),
  )("A deployment is refused without a wait for %s named %s", async (_kind, name, words, make) => {
    rmSync(project.path(FIRST, "server.pem"));
    rmSync(project.path("pki", name), { force: true });
    await make(project.path("pki", name));
    const before = keysAndCertificates(project);
    const { status, stderr } = await project.tryApply();

    expect(status).toBe(1);
    expect(wordsOf(stderr)).toContain(words);
    expect(keysAndCertificates(project)).toEqual(before);
  });

  it.each(OTHERS.flatMap(([kind, make]) => ["server.key", "server.pem"].map((name) => [kind, name, make] as const)))(
    "A synth and an apply are refused without a wait for %s named %s",
    async (kind, name, make) => {
      rmSync(project.path(FIRST, name));
      await make(project.path(FIRST, name));

      expect((await trySynth(project)).stderr).toContain("exists and is not a file");
      const { status, stderr } = await project.tryApply();
      expect(status).toBe(1);
      expect(wordsOf(stderr)).toContain(`${name} is ${kind}, not a file; move it away`);
    },
  );

  it("A deployment refuses records of 64 MiB without reading all of them", async () => {
    rmSync(project.path(FIRST, "server.pem"));
    truncateSync(project.path("pki/authorities.records"), 64 * 1024 * 1024);

    const { status, stderr } = await project.tryApply();
    expect(status).toBe(1);
    expect(wordsOf(stderr)).toContain("or the record is corrupt");
  });
});

describeOneBareEngine(
  "a directory of another user",
  (engine) => {
    const project = new Project(engine, { withoutProviders: true });

    beforeAll(async () => {
      await declare(project);
      project.keep();
    });
    beforeEach(() => {
      project.restore();
    });
    afterAll(() => {
      project.remove();
    });

    it("A directory that another user prepared before the first deployment is refused", async () => {
      mkdirSync(project.path("pki"), { mode: 0o777 });
      chmodSync(project.path("pki"), 0o777);
      makeAuthority(project.path("pki"), "ca", { subject: "/CN=Test CA" });
      for (const name of ["ca.key", "ca.pem"]) {
        chownSync(project.path("pki", name), NOBODY, NOBODY);
      }
      writeFileSync(project.path("pki/take-over"), "");
      const before = project.files("pki");
      const open = await project.tryApply();
      chmodSync(project.path("pki"), 0o700);
      const closed = await project.tryApply();

      expect([open.status, closed.status]).toEqual([1, 1]);
      expect(wordsOf(open.stderr)).toContain("pki has the mode 0777");
      expect(wordsOf(closed.stderr)).toContain(`belongs to the user with the id ${NOBODY}`);
      expect(keysAndCertificates(project)).toEqual(
        Object.fromEntries(Object.entries(before).filter(([path]) => /\.(key|pem)$/.test(path))),
      );
    });

    it.each([
      "pki",
      "pki/brokers",
      FIRST,
      "pki/brokers.records",
      "pki/authorities.records",
      "pki/owner.json",
      "pki/ca.key",
    ])("A path of another user is refused with the owner's id: %s", async (path) => {
      await project.apply();
      rmSync(project.path(FIRST, "server.pem"));
      chownSync(project.path(path), NOBODY, NOBODY);
      const before = project.files("pki");
      const result = await project.tryApply();

      expect(result.status).toBe(1);
      expect(wordsOf(result.stderr)).toContain(`belongs to the user with the id ${NOBODY}, and this runs as root`);
      expect(project.files("pki")).toEqual(before);
      chownSync(project.path(path), 0, 0);
      await expectConvergence(project, BROKERS);
    });
  },
  [root],
);

describeOneBareEngine(
  "a directory below a folder with an access control list",
  (engine) => {
    const project = new Project(engine, { withoutProviders: true });

    afterAll(() => {
      project.remove();
    });

    it("A directory has its usual modes below a folder with a default access control list", async () => {
      await declare(project);
      await succeed("setfacl", ["-d", "-m", "u:nobody:rwx,g::rwx,o::rwx", project.path()]);
      await project.apply();

      const modes = modesIn(project);
      expect(new Set(modes.map((line) => line.split(" ")[0]))).toEqual(new Set(["600", "644", "700"]));
      expect(modes.filter((line) => /^6(?!00).*(key|json|records)$/.test(line))).toEqual([]);
      await expectConvergence(project, BROKERS);
    });
  },
  [accessLists()],
);

/** Whether lists of access can be given here. */
function accessLists(): Tool {
  const folder = mkdtempSync(join(tmpdir(), "acl-"));
  const { status } = spawnSync("setfacl", ["-d", "-m", "u:nobody:rwx", folder]);
  rmSync(folder, { recursive: true });
  return { program: "setfacl", ...(status !== 0 && { missing: "setfacl cannot give lists of access here" }) };
}

/** All that is in a folder, links as links. */
function everythingIn(project: Project, folder: string): unknown {
  return readdirSync(project.path(folder), { recursive: true, encoding: "utf8" })
    .sort()
    .map((path) => {
      const { mode, mtimeMs, size } = lstatSync(project.path(folder, path));
      return [path, mode, size, lstatSync(project.path(folder, path)).isDirectory() ? 0 : mtimeMs];
    });
}
