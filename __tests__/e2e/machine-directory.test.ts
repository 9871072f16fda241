import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
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
import { sha256 } from "../../lib/machine-format/record";
import { makeAuthority } from "../support/authorities";
import { expectConvergence } from "./support/convergence";
import { describeOneBareEngine, keysAndCertificates, trySynth, wordsOf } from "./support/custodies";
import type { Tool } from "./support/machine";
import { BROKERS, FIRST, declare, modesIn } from "./support/machine-directory";
import { Project } from "./support/project";
import { readRecords, writeRecords } from "./support/records";
import { allOf, run, succeed } from "./support/run";

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

  /** Expects that a due change is refused with `words` and changes nothing; repairs it with `heal`; then expects success. */
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

  /** Things that are not files, and how to make one at a path. */
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
        // The engine's wording.
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
      const before = keysAndCertificates(project);
      const result = await project.tryApply();

      expect(result.status).toBe(1);
      expect(wordsOf(result.stderr)).toContain(`belongs to the user with the id ${NOBODY}, and this runs as root`);
      expect(keysAndCertificates(project)).toEqual(before);
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

/** Whether access control lists can be set here. */
function accessLists(): Tool {
  const folder = mkdtempSync(join(tmpdir(), "acl-"));
  const { status } = spawnSync("setfacl", ["-d", "-m", "u:nobody:rwx", folder]);
  rmSync(folder, { recursive: true });
  return { program: "setfacl", ...(status !== 0 && { missing: "setfacl cannot give lists of access here" }) };
}

/** The entries of a folder; links are not followed. */
function everythingIn(project: Project, folder: string): unknown {
  return readdirSync(project.path(folder), { recursive: true, encoding: "utf8" })
    .sort()
    .map((path) => {
      const stats = lstatSync(project.path(folder, path));
      // If one broker fails, the records of all are written again.
      const isOther = stats.isDirectory() || path === "brokers.records";
      return [path, stats.mode, stats.size, isOther ? 0 : stats.mtimeMs];
    });
}
