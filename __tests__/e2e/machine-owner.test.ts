import { rmSync, writeFileSync } from "node:fs";
import { changed, describeOneBareEngine, wordsOf } from "./support/custodies";
import { declare } from "./support/machine-directory";
import { Project } from "./support/project";

describeOneBareEngine("a directory of two states", (engine) => {
  const [owner, other] = [1, 2].map(() => new Project(engine, { withoutProviders: true })) as [Project, Project];
  const shared = `directory: ${JSON.stringify(owner.path("pki"))},`;
  let before: ReturnType<Project["files"]>;

  beforeAll(async () => {
    await declare(owner, shared);
    await declare(other, shared);
    // The apply finds what this earlier plan could not.
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

  /** Expects that plan and apply are refused, and that these and a destroy change no file. */
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
