import { readSynth } from "../../../lib/cli/affected/synth";
import type { Io } from "../../../lib/cli/io";

const SYNTH = {
  "out/manifest.json": JSON.stringify({
    version: "0.21.0",
    stacks: { own: entry("own", "plant/own", ["plant/mqtt"]), mqtt: entry("mqtt", "plant/mqtt") },
  }),
  "out/stacks/mqtt/cdk.tf.json": "{}",
  "out/stacks/own/cdk.tf.json": "{}",
};

function entry(name: string, constructPath: string, dependencies: string[] = []): object {
  const workingDirectory = `stacks/${name}`;
  return {
    name,
    constructPath,
    dependencies,
    workingDirectory,
    synthesizedStackPath: `${workingDirectory}/cdk.tf.json`,
  };
}

/** Only these files are there. */
function holding(files: Readonly<Record<string, string>>): Io {
  const nothing = (): void => undefined;
  return {
    now: new Date(0),
    env: {},
    directory: "/work",
    isTerminal: false,
    read: (path) => Promise.resolve(new TextEncoder().encode(files[path])),
    find: () => Promise.resolve(undefined),
    list: (directory) => {
      const paths = Object.keys(files).filter((path) => path.startsWith(`${directory}/`));
      return Promise.resolve(directory in files ? undefined : paths.map((path) => path.slice(directory.length + 1)));
    },
    writeCommands: () => undefined,
    write: nothing,
    warn: nothing,
    progress: nothing,
    dial: () => Promise.reject(new Error("nothing is dialled")),
    reportFindings: nothing,
  };
}

describe("readSynth", () => {
  it("readSynth returns the stacks with the names of their dependencies", async () => {
    const stacks = await readSynth(holding(SYNTH), "out");

    expect(stacks).toEqual([
      { name: "own", workingDirectory: "stacks/own", dependencies: ["mqtt"], content: {}, files: {} },
      { name: "mqtt", workingDirectory: "stacks/mqtt", dependencies: [], content: {}, files: {} },
    ]);
  });

  it("readSynth returns the files of a stack's folder, without those that an engine left", async () => {
    const left = [
      ".terraform/providers/tls",
      ".terraform.lock.hcl",
      "plan",
      "terraform.tfstate",
      "errored.tfstate.backup",
    ];
    const kept = ["assets/table/brokers.json", "assets/plan", ".env"];
    const files = Object.fromEntries([...left, ...kept].map((path) => [`out/stacks/mqtt/${path}`, path]));
    const stacks = await readSynth(holding({ ...SYNTH, ...files }), "out");

    expect(Object.keys(stacks[1]?.files ?? {}).sort()).toEqual([...kept].sort());
  });

  it.each([
    ["nothing in it", { "out/x": "" }, '"out" has no manifest.json'],
    ["a file in its place", { out: "" }, '"out" is not a directory'],
    ["an empty manifest", { ...SYNTH, "out/manifest.json": "" }, '"out/manifest.json" is empty'],
    ["half a manifest", { ...SYNTH, "out/manifest.json": '{"stacks":' }, '"out/manifest.json" is not JSON'],
    [
      "another manifest",
      { ...SYNTH, "out/manifest.json": '{"stacks":{"a":{"name":1}}}' },
      "is not a manifest of cdktf",
    ],
    ["a list for a manifest", { ...SYNTH, "out/manifest.json": "[]" }, "is not a manifest of cdktf"],
    [
      "a stack that is nested without end",
      { ...SYNTH, "out/stacks/own/cdk.tf.json": `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}` },
      '"out/stacks/own/cdk.tf.json" is nested more than 200 deep',
    ],
    ["half a stack", { ...SYNTH, "out/stacks/own/cdk.tf.json": "{" }, '"out/stacks/own/cdk.tf.json" is not JSON'],
  ])("readSynth refuses a directory with %s, and says how to fix it", async (_, files, message) => {
    await expect(readSynth(holding(files), "out")).rejects.toThrow(message);
    await expect(readSynth(holding(files), "out")).rejects.toThrow('run "cdktf synth" again');
  });

  it("readSynth quotes nothing of an invalid file", async () => {
    const files = { ...SYNTH, "out/stacks/own/cdk.tf.json": '{"key": "a secret", oops' };

    await expect(readSynth(holding(files), "out")).rejects.toThrow(/^(?!.*secret)/);
  });
});
