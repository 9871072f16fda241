import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type CertificateRecord, sha256 } from "../../lib/machine-format/record";
import { expectConvergence } from "./support/convergence";
import { describeOneBareEngine, isLong, keysAndCertificates, wordsOf } from "./support/custodies";
import { killApply, letGoOn } from "./support/kill";
import { MachineProgram } from "./support/machine-program";
import { Project } from "./support/project";
import { randomNumbers, SEED } from "./support/random";
import { readRecords } from "./support/records";
import { allOf, type Result } from "./support/run";

const BROKERS = Array.from({ length: 20 }, (_, index) => `mqtt-${index}.example.com`);

/** The number of deployments in one test. Each starts with an empty directory. */
const TOGETHER = 10;

/** Random numbers in lots; the long tests have more. */
function lots(short: number, long: number): (readonly [lot: number, numbers: readonly number[]])[] {
  const all = randomNumbers(isLong() ? long : short);
  return Array.from({ length: Math.ceil(all.length / TOGETHER) }, (_, lot) => [
    lot + 1,
    all.slice(lot * TOGETHER, (lot + 1) * TOGETHER),
  ]);
}

async function declare(project: Project, options = "", ofBroker = ""): Promise<void> {
  const brokers = BROKERS.map((address) => `{ address: "${address}", ${ofBroker} }`);
  project.declareFleet(brokers, `custody: "machine", ${options}`);
  await project.synth();
}

/** Expects of a directory at any time that recorded files exist, each key fits its certificate, and no mode is loose. */
function expectSound(project: Project): void {
  if (!existsSync(project.path("pki"))) {
    return;
  }
  const modes = readdirSync(project.path("pki"), { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return [path, (statSync(path).mode & 0o777).toString(8)] as const;
  });
  const isLoose = ([path, mode]: readonly [string, string]): boolean =>
    !(
      /\.pem$|\/\.lock-[^/]+$/.test(path)
        ? ["644"]
        : // The file gets its mode after it is written.
          path.endsWith(".pem.new")
          ? ["600", "644"]
          : [statSync(path).isDirectory() ? "700" : "600"]
    ).includes(mode);
  expect(modes.filter(isLoose)).toEqual([]);
  const has = (name: string): boolean => existsSync(project.path("pki", name));
  const generations = has("authorities.records") ? readRecords(project, "authorities").generations : {};
  const brokers = has("brokers.records") ? readRecords(project, "brokers").brokers : {};
  const journal = has("brokers.journal") ? project.read("pki/brokers.journal") : "";
  const told = [
    ...Object.values<CertificateRecord>(generations).map((record) => ["ca", record] as const),
    // Files in the journal may not be in place yet.
    ...Object.entries<CertificateRecord>(brokers)
      .filter(([folder]) => !journal.includes(`"${folder}"`))
      .map(([folder, record]) => [`${folder}/server`, record] as const),
  ];
  expect(told.filter(([path, record]) => !isAsTold(project, path, record)).map(([path]) => path)).toEqual([]);
}

function isAsTold(project: Project, path: string, record: CertificateRecord): boolean {
  const [key, certificate] = ["key", "pem"].map((suffix) =>
    readFileSync(project.path("pki", `${path}.${suffix}`), "utf8"),
  );
  return (
    key !== undefined &&
    certificate !== undefined &&
    sha256(key) === record.key_sha256 &&
    sha256(certificate) === record.certificate_sha256 &&
    new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
  );
}

describeOneBareEngine(`a deployment that is killed at any time (SOAK_SEED=${SEED})`, (engine) => {
  const fresh = new Project(engine, { withoutProviders: true });
  const known = new Project(engine, { withoutProviders: true });
  const length = new Map<Project, number>();

  beforeAll(async () => {
    await declare(fresh);
    await declare(known);
    await known.apply();
    // A new key for every broker.
    await declare(known, "", "keyVersion: 2");
    expect(Object.values(await known.planned())).toEqual(
      BROKERS.map(() => "new key and certificate: another version of the key is declared"),
    );
    for (const project of [fresh, known]) {
      project.keep();
      const start = Date.now();
      await project.apply();
      length.set(project, Date.now() - start);
    }
  });
  afterAll(() => {
    fresh.remove();
    known.remove();
  });

  it.each(lots(5, 250))(
    "A killed deployment leaves no key without its certificate, and the next one makes all whole: lot %i",
    async (_lot, moments) => {
      for (const [index, moment] of moments.entries()) {
        const project = index % 2 === 0 ? fresh : known;
        project.restore();
        const end = Date.now() + moment * (length.get(project) ?? 0);
        await killApply(
          engine,
          project,
          () => Date.now() >= end,
          () => sleep(1),
        );
        expectSound(project);
        const before = keysAndCertificates(project);

        const withdraw = letGoOn(project);
        await project.apply();
        withdraw();
        await expectConvergence(project, BROKERS);
        const after = keysAndCertificates(project);
        expect(
          ["ca.key", "ca.pem"].filter((path) => path in before && before[path]?.content !== after[path]?.content),
        ).toEqual([]);
        expectSound(project);
      }
    },
  );
});

describeOneBareEngine(`two deployments at once on one directory (SOAK_SEED=${SEED})`, (engine) => {
  const projects = [1, 2].map(() => new Project(engine, { withoutProviders: true })) as [Project, Project];
  const [one, other] = projects;

  beforeAll(async () => {
    for (const project of projects) {
      await declare(project, `directory: ${JSON.stringify(one.path("pki"))},`);
      project.keep();
    }
  });
  afterAll(() => {
    one.remove();
    other.remove();
  });

  const REASONS =
    /belongs to the fleet|is being written to by process|several processes want to write to|Files in .* changed since this was planned|the fleet mqtt, workspace default|is not the key in its record, authorities\.records/;

  /** Expects that at most one succeeded, that each other explains its failure, and that the files fit together. */
  function expectOneAtMost(results: readonly Result[]): void {
    const losers = results.filter(({ status }) => status !== 0);
    expect(losers.length).toBeGreaterThanOrEqual(1);
    for (const loser of losers) {
      expect(wordsOf(allOf(loser))).toMatch(REASONS);
    }
    expectSound(one);
  }

  it.each(lots(2, 30))(
    "Of two deployments by the engine at once, one succeeds, and the other explains its failure: lot %i",
    async (_lot, offsets) => {
      for (const offset of offsets) {
        for (const project of projects) {
          project.restore();
        }
        const results = await Promise.all([one.tryApply(), sleep(300 * offset).then(() => other.tryApply())]);
        expectOneAtMost(results);

        const owner = ownerOf(projects);
        await owner.apply();
        expect(one.flaws()).toEqual([]);
        expect(Object.keys(keysAndCertificates(one))).toHaveLength(2 * (BROKERS.length + 1));
        expect(await owner.planned()).toEqual({});
        expect((await (owner === one ? other : one).plan()).status).toBe(1);
      }
    },
  );

  it.each(lots(10, 150))(
    "Of two runs of the program at once, one succeeds, and the other explains its failure: lot %i",
    async (_lot, offsets) => {
      for (const offset of offsets) {
        rmSync(one.path("pki"), { recursive: true, force: true });
        const [first, second] = projects.map((project) => new MachineProgram(project, BROKERS));
        const results = await Promise.all([
          first?.deploy("first", "2026-01-05T09:00:00Z"),
          sleep(300 * offset).then(() => second?.deploy("second", "2026-01-05T09:00:01Z")),
        ]);
        expectOneAtMost(results.flatMap((result) => result ?? []));
        if (results.some((result) => result?.status === 0)) {
          expect(one.flaws()).toEqual([]);
          expect(Object.keys(keysAndCertificates(one))).toHaveLength(2 * (BROKERS.length + 1));
        }
      }
    },
  );
});

/** The owner of the directory: the project whose state it names. */
function ownerOf(projects: readonly [Project, Project]): Project {
  const { state } = JSON.parse(projects[0].read("pki/owner.json")) as { readonly state: string };
  const isOwner = (project: Project): boolean =>
    existsSync(project.path("terraform.mqtt.tfstate")) &&
    (project.state()["terraform_data.owner"] as { readonly id: string } | undefined)?.id === state;
  return isOwner(projects[0]) ? projects[0] : projects[1];
}
