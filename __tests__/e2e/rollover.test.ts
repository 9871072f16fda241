import { X509Certificate } from "node:crypto";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { makeAuthority, type MadeAuthority } from "../support/authorities";
import { changed, CUSTODIES, type Custody, trySynth, wordsOf } from "./support/custodies";
import { type FileFacts, Project } from "./support/project";
import { shakeHands } from "./support/tls-server";

const BROKERS = ["mqtt-1.example.com", "mqtt-2.example.com", "192.0.2.10"] as const;

type Files = Record<string, FileFacts>;

/** The declarations of the first authority and of its successor. */
interface Generations {
  readonly first: string;
  readonly second: string;
}

const FROM_RSA_TO_ECDSA: Generations = {
  first: '{ subject: { commonName: "First CA" }, keyAlgorithm: KeyAlgorithm.RSA_2048 }',
  second: '{ generation: 2, subject: { commonName: "Second CA" }, keyAlgorithm: KeyAlgorithm.ECDSA_P256 }',
};

/** The error of a plan after which clients would refuse brokers. Custody "machine" may stop earlier, at existing files. */
const REFUSED =
  /in the deployment that makes it, and clients do not trust it yet|clients trust no other|was not made for this fleet|authorities\/2\/ca\.key is not on this machine/;

/** The declaration of a fleet at a step of the rollover. */
interface Step {
  readonly authority: string;
  readonly options?: string;
  /** The generation of one broker that is ahead of the others. */
  readonly ahead?: number;
}

/** The pull requests of a rollover in their order, each with a name. */
function stepsOf({ first, second }: Generations): readonly (readonly [name: string, step: Step])[] {
  const both = `[${first}, ${second}]`;
  return [
    ["before", { authority: first }],
    ["a generation is added", { authority: both, options: "signingGeneration: 1," }],
    ["it signs for one broker", { authority: both, options: "signingGeneration: 1,", ahead: 2 }],
    ["it signs for all", { authority: both, options: "signingGeneration: 2," }],
    ["the old one is dropped", { authority: second }],
  ];
}

function declare(project: Project, custody: Custody, { authority, options = "", ahead }: Step): void {
  const brokers = BROKERS.map((address, index) => ({
    address,
    ...(index === 0 && ahead !== undefined && { signingGeneration: ahead }),
  }));
  project.declare(`new BrokerPki(app, "mqtt", {
    custody: "${custody}",
    authority: ${authority},
    ${options}
    keyAlgorithm: KeyAlgorithm.ECDSA_P256,
    brokers: ${JSON.stringify(brokers)},
  });`);
}

async function apply(project: Project, custody: Custody, step: Step): Promise<void> {
  declare(project, custody, step);
  await project.synth();
  await project.apply();
}

/** Keeps a copy of the files, which a client or a broker before its restart may still use. */
function putAside(project: Project, step: number): string {
  const folder = project.path("aside", String(step));
  cpSync(project.path("pki"), folder, { recursive: true });
  return folder;
}

/**
 * Expects that any client accepts any broker. During a step and until its restart, a broker uses the files of the previous
 * step, and a client its trust anchors.
 */
async function expectTrust(steps: readonly string[], brokers: readonly string[]): Promise<void> {
  for (const address of brokers) {
    for (const pair of steps) {
      for (const trust of steps) {
        const { status } = await shakeHands(join(pair, "brokers", address), address, join(trust, "ca.pem"));
        expect([pair, trust, status]).toEqual([pair, trust, 0]);
      }
    }
  }
}

function namesIn(pem: string): (string | undefined)[] {
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\n/g) ?? [];
  return certificates.map((certificate) => /CN=(.*)/.exec(new X509Certificate(certificate).subject)?.[1]);
}

function pemsOf(files: Files): Record<string, string> {
  const pems = Object.entries(files).filter(([path]) => /\.(key|pem)$/.test(path));
  return Object.fromEntries(pems.map(([path, { content }]) => [path, content]));
}

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  const withoutProviders = custody === "machine";

  describeEach("a rollover of the authority, from RSA to ECDSA", (engine) => {
    const project = new Project(engine, { withoutProviders });
    const [[, initial], ...steps] = stepsOf(FROM_RSA_TO_ECDSA) as [
      readonly [string, Step],
      ...(readonly [string, Step])[],
    ];
    /** The files of brokers and clients as each step left them. */
    const kept: string[] = [];

    beforeAll(async () => {
      await apply(project, custody, initial);
      kept.push(putAside(project, kept.length));
    });
    afterAll(() => {
      project.remove();
    });

    describe.each(steps)("when %s", (name, step) => {
      let before: Files;
      let planned: Record<string, string>;

      beforeAll(async () => {
        before = project.files("pki");
        declare(project, custody, step);
        await project.synth();
        planned = await project.planned();
        await project.apply();
        kept.push(putAside(project, kept.length));
      });

      it("A step of a rollover keeps the keys of all brokers", () => {
        const keys = changed(before, project.files("pki")).filter((path) => path.endsWith("server.key"));

        expect(keys).toEqual([]);
      });

      it("A step of a rollover issues certificates for the brokers that it concerns alone", () => {
        const signed =
          { "it signs for one broker": BROKERS.slice(0, 1), "it signs for all": BROKERS.slice(1) }[name] ?? [];
        const certificates = changed(before, project.files("pki")).filter((path) => path.endsWith("server.pem"));

        expect(certificates).toEqual(signed.map((address) => `brokers/${address}/server.pem`).sort());
        const brokers = Object.keys(planned).filter((address) => /^(tls\S*\.broker_|brokers\/)/.test(address));
        expect(brokers).toHaveLength(signed.length);
      });

      it("Clients with the trust of this or the previous step accept each broker throughout a rollover", async () => {
        await expectTrust(kept.slice(-2), BROKERS);
      });

      it("A plan is empty after a step of a rollover", async () => {
        expect(await project.planned()).toEqual({});
      });
    });

    it("ca.pem has the certificates of all generations, the signing one first", () => {
      const trusted = kept.map((folder) => namesIn(project.read(folder.slice(project.path().length), "ca.pem")));

      expect(trusted).toEqual([
        ["First CA"],
        ["First CA", "Second CA"],
        ["First CA", "Second CA"],
        ["Second CA", "First CA"],
        ["Second CA"],
      ]);
    });

    it("A client without the new trust refuses brokers after the rollover", async () => {
      const folder = project.path("pki/brokers", BROKERS[0]);

      expect((await shakeHands(folder, BROKERS[0], project.path("pki/ca.pem"))).status).toBe(0);
      expect((await shakeHands(folder, BROKERS[0], join(kept[0] ?? "", "ca.pem"))).status).not.toBe(0);
    });

    it("A declaration without the generation number is refused after a rollover", async () => {
      const before = project.files("pki");
      declare(project, custody, { authority: FROM_RSA_TO_ECDSA.second.replace("generation: 2,", "") });
      await project.synth();
      const result = await project.tryApply();

      expect(result.status).toBe(1);
      expect(wordsOf(result.stderr)).toMatch(REFUSED);
      expect(project.files("pki")).toEqual(before);
    });

    it("A generation that still signs cannot be dropped", async () => {
      declare(project, custody, { authority: FROM_RSA_TO_ECDSA.second, options: "signingGeneration: 1," });
      const result = await trySynth(project);

      expect(result.status).toBe(1);
      expect(wordsOf(result.stderr)).toContain(
        "signingGeneration: 1 is not a declared generation, but signs the certificates of 192.0.2.10, mqtt-1.example.com and mqtt-2.example.com",
      );
    });
  });

  describeEach("a step of a rollover that is taken back", (engine) => {
    const project = new Project(engine, { withoutProviders });
    const [before, added] = stepsOf(FROM_RSA_TO_ECDSA).map(([, step]) => step) as [Step, Step];

    afterAll(() => {
      project.remove();
    });

    it("A rollover step that is taken back restores authority and brokers; no step can be skipped", async () => {
      await apply(project, custody, before);
      const files = project.files("pki");
      // Neither two steps at once nor all three.
      for (const authority of [added.authority, FROM_RSA_TO_ECDSA.second]) {
        declare(project, custody, { authority, options: "signingGeneration: 2," });
        await project.synth();
        expect(wordsOf((await project.tryApply()).stderr)).toMatch(REFUSED);
      }
      expect(project.files("pki")).toEqual(files);
      await apply(project, custody, added);
      const withBoth = project.files("pki");
      await apply(project, custody, before);
      const after = project.files("pki");

      expect(pemsOf(after)).toMatchObject(pemsOf(files));
      expect(await project.planned()).toEqual({});

      if (custody === "machine") {
        // The signing certificate has its own file next to ca.pem as long as the two differ.
        expect(withBoth["authority.pem"]?.content).toBe(files["ca.pem"]?.content);
        expect(Object.keys(after)).not.toContain("authority.pem");
        const ofTheOther = ["authorities/2/ca.key", "authorities/2/ca.pem"];
        expect(ofTheOther.map((path) => after[path])).toEqual(ofTheOther.map((path) => withBoth[path]));
        await apply(project, custody, added);
        expect(pemsOf(project.files("pki"))).toEqual(pemsOf(withBoth));
        expect(await project.planned()).toEqual({});
      }
    });
  });

  describeEach("a rollover from an imported authority", (engine) => {
    const project = new Project(engine, { withoutProviders });

    afterAll(() => {
      project.remove();
    });

    it("A rollover from an imported authority keeps every client and broker connected", async () => {
      const { certificateFile, keyFile } = makeAuthority(project.path(), "ca");
      const first = `{ certificateFile: "${certificateFile}", keyFile: "${keyFile}" }`;
      const kept: string[] = [];
      for (const [, step] of stepsOf({ ...FROM_RSA_TO_ECDSA, first })) {
        await apply(project, custody, step);
        kept.push(putAside(project, kept.length));
        await expectTrust(kept.slice(-2), BROKERS);
      }
      expect(namesIn(project.read("pki/ca.pem"))).toEqual(["Second CA"]);
    });
  });

  describeEach("an imported authority", (engine) => {
    const project = new Project(engine, { withoutProviders });
    const imported = ({ certificateFile, keyFile }: MadeAuthority) => ({
      authority: JSON.stringify({ certificateFile, keyFile }),
    });

    afterAll(() => {
      project.remove();
    });

    it("An imported authority's certificate may be renewed, but another authority cannot replace it", async () => {
      const first = makeAuthority(project.path(), "first");
      const renewed = makeAuthority(project.path(), "renewed", { subject: "/CN=first", keyOf: first });
      await apply(project, custody, imported(first));
      const before = putAside(project, 0);
      await apply(project, custody, imported(renewed));
      await expectTrust([before, putAside(project, 1)], BROKERS);
      expect(namesIn(project.read("pki/ca.pem"))).toEqual(["first"]);

      const files = project.files("pki");
      declare(project, custody, imported(makeAuthority(project.path(), "other")));
      await project.synth();
      const result = await project.tryApply();

      expect(result.status).not.toBe(0);
      expect(wordsOf(result.stderr)).toMatch(REFUSED);
      expect(changed(files, project.files("pki"))).toEqual([]);
    });
  });
});
