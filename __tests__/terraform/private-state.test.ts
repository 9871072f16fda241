import fs, { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App, LocalBackend, S3Backend, TerraformStack, Testing } from "cdktf";
import { BrokerPki, type BrokerPkiProps, CertificateAuthority, type Custody, InvalidInputError } from "../../lib";
import { inNewDirectory, synthesize } from "../support/synth";

const STATE = "terraform.mqtt.tfstate";
const BACKUP = `${STATE}.backup`;
const FOLDER = "cdktf.out/stacks/mqtt";

function declareFleet(app: App, props: Partial<BrokerPkiProps> = {}): BrokerPki {
  return new BrokerPki(app, "mqtt", {
    authority: { subject: { commonName: "Test CA" } },
    brokers: [{ address: "a.b" }],
    ...props,
  });
}

/** Synthesizes as `cdktf synth` does, under a umask that lets everyone read. */
function synthesizeFleet(props: Partial<BrokerPkiProps> = {}): void {
  const before = process.umask(0);
  try {
    synthesize((app) => declareFleet(app, props));
  } finally {
    process.umask(before);
  }
}

function mode(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

const onUnix = process.platform === "win32" ? describe.skip : describe;

onUnix("files of a stack whose state has keys", () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it("A synth makes the folder, the state and its backup for the owner alone, before the engine writes", () => {
    inNewDirectory(() => {
      synthesizeFleet();

      expect([mode(FOLDER), mode(STATE), mode(BACKUP)]).toEqual(["700", "600", "600"]);
      expect(readFileSync(STATE, "utf8")).toBe("");
    });
  });

  it("A synth tightens looser modes of existing files, and keeps their content", () => {
    inNewDirectory(() => {
      mkdirSync(FOLDER, { recursive: true });
      chmodSync(FOLDER, 0o2775);
      writeFileSync(STATE, "a state", { mode: 0o644 });
      writeFileSync(BACKUP, "its backup", { mode: 0o440 });
      synthesizeFleet();

      expect([mode(FOLDER), mode(STATE), mode(BACKUP)]).toEqual(["2700", "600", "400"]);
      expect([readFileSync(STATE, "utf8"), readFileSync(BACKUP, "utf8")]).toEqual(["a state", "its backup"]);
    });
  });

  it("A synth tightens a state behind a link, and the state of each of several stacks", () => {
    inNewDirectory(() => {
      writeFileSync("elsewhere", "a state", { mode: 0o644 });
      symlinkSync("elsewhere", STATE);
      synthesizeFleet({ shards: 1 });

      expect(["elsewhere", "terraform.mqtt-1.tfstate"].map(mode)).toEqual(["600", "600"]);
    });
  });

  it("A synth tightens the state of a local backend that the user declares", () => {
    inNewDirectory(() => {
      synthesizeFleet({ backend: (stack) => new LocalBackend(stack, { path: "../../../states/mqtt.tfstate" }) });
      expect(mode("states/mqtt.tfstate")).toBe("600");
      expect(existsSync(STATE)).toBe(false);

      synthesizeFleet({ backend: (stack) => new LocalBackend(stack) });
      expect(mode(STATE)).toBe("600");
    });
  });

  it("A synth tightens only the folder if the state is remote, because saved plans go there", () => {
    inNewDirectory(() => {
      synthesizeFleet({
        backend: (stack) => new S3Backend(stack, { bucket: "states", key: "mqtt", region: "eu-west-1" }),
      });

      expect(mode(FOLDER)).toBe("700");
      expect(existsSync(STATE)).toBe(false);
    });
  });

  it("A synth tightens the state of a user's stack that has authorities", () => {
    inNewDirectory(() => {
      synthesize((app) => {
        const stack = new TerraformStack(app, "plant");
        new CertificateAuthority(stack, "one", { subject: { commonName: "One" } });
        new CertificateAuthority(stack, "two", { subject: { commonName: "Two" } });
      });

      expect([mode("cdktf.out/stacks/plant"), mode("terraform.plant.tfstate")]).toEqual(["700", "600"]);
    });
  });

  it('A synth leaves modes to the umask with custody "machine", whose states and plans hold no key', () => {
    inNewDirectory(() => {
      synthesizeFleet({ custody: "machine" satisfies Custody });

      expect(mode(FOLDER)).toBe("777");
      expect(existsSync(STATE)).toBe(false);
    });
  });

  it("Testing.fullSynth leaves no state next to the user's tests", () => {
    inNewDirectory(() => {
      Testing.fullSynth(declareFleet(new App()));

      expect(existsSync(STATE)).toBe(false);
    });
  });

  it("A synth fails with the command to run if another user owns a state with a looser mode", () => {
    inNewDirectory(() => {
      synthesizeFleet();
      chmodSync(STATE, 0o640);
      jest.spyOn(fs, "chmodSync").mockImplementation(() => {
        throw new Error("EPERM: operation not permitted");
      });
      const error = thrownBy(() => {
        synthesizeFleet();
      });

      expect(error.message).toBe(
        `1 problem in the stack "mqtt":\n  "${STATE}" has mode 0640, is for private keys, and this user cannot change it; run as its owner: chmod go= ${STATE}`,
      );
      expect(error.problems).toMatchObject([{ kind: "occupied" }]);
    });
  });

  it.each<[string, (path: string) => void]>([
    [
      "made it",
      (path) => {
        writeFileSync(path, "", { mode: 0o600 });
      },
    ],
    [
      "made a link in its place",
      (path) => {
        symlinkSync("../elsewhere", path);
      },
    ],
  ])("A synth refuses a state in a shared folder if another user %s, who could read the keys", (_, plant) => {
    inNewDirectory((directory) => {
      const shared = join(directory, "shared");
      const path = join(shared, "mqtt.tfstate");
      const backend = (stack: TerraformStack) => new LocalBackend(stack, { path });
      mkdirSync(shared);
      plant(path);
      const { lstatSync } = fs;
      jest.spyOn(fs, "lstatSync").mockImplementation(((file: string) => {
        const stats = lstatSync(file, { throwIfNoEntry: false });
        return stats && Object.assign(stats, file === path && { uid: 65534 });
      }) as typeof lstatSync);

      expect(
        thrownBy(() => {
          synthesizeFleet({ backend });
        }).problems,
      ).toMatchObject([
        { value: '"shared/mqtt.tfstate"', kind: "occupied", fix: expect.stringMatching(/^remove it/) as string },
      ]);
      expect(existsSync("elsewhere")).toBe(false);
    });
  });

  it("A synth leaves a device and a folder alone at the paths of the state", () => {
    inNewDirectory(() => {
      const before = mode("/dev/null");
      symlinkSync("/dev/null", STATE);
      mkdirSync(BACKUP, { mode: 0o755 });
      synthesizeFleet();

      expect(mode("/dev/null")).toBe(before);
      expect(mode(BACKUP)).toBe("755");
    });
  });

  it("A synth continues if the folders of the state cannot be made", () => {
    inNewDirectory(() => {
      synthesizeFleet({ backend: (stack) => new LocalBackend(stack, { path: "/proc/none/states/mqtt.tfstate" }) });

      expect(mode(FOLDER)).toBe("700");
    });
  });

  it("A synth continues if the state cannot be written, because the engine reports that", () => {
    inNewDirectory(() => {
      writeFileSync("states", "a file, and no folder");
      synthesizeFleet({ backend: (stack) => new LocalBackend(stack, { path: "../../../states/mqtt.tfstate" }) });

      expect(readFileSync("states", "utf8")).toBe("a file, and no folder");
    });
  });
});

function thrownBy(body: () => void): InvalidInputError {
  try {
    body();
  } catch (error) {
    if (error instanceof InvalidInputError) {
      return error;
    }
    throw error;
  }
  throw new Error("Nothing was refused.");
}
