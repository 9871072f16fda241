import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { page } from "../support/examples";
import { describeWith, machine, type Tool } from "./support/machine";
import { freePort } from "./support/mosquitto";
import { blocksBelow } from "./support/pages";
import { locate, succeed } from "./support/run";
import { Shell } from "./support/shell";

const PAGE = page("start.md");
const REPOSITORY = join(__dirname, "../..");
const FOLDER = "first-fleet";

const { engines, mosquitto, mosquittoClients, npm } = machine();
const engine = engines.find(({ missing }) => missing === undefined) ?? engines[0];

/** This package as npm would serve it. It is not built in dist, which another test builds at the same time. */
async function pack(folder: string): Promise<string> {
  await succeed(process.execPath, [join(REPOSITORY, "scripts/build.js"), join(folder, "dist")]);
  for (const name of ["package.json", "schema", "monitoring"]) {
    cpSync(join(REPOSITORY, name), join(folder, name), { recursive: true });
  }
  const name = await succeed("npm", ["pack", "--ignore-scripts", "--silent"], { cwd: folder });
  return join(folder, name.trim());
}

/** A folder for PATH, in which each program has the name that the page uses. */
function provide(folder: string, programs: Readonly<Record<string, Tool>>): string {
  mkdirSync(folder);
  for (const [name, { program, libraryPath = "" }] of Object.entries(programs)) {
    const libraries = libraryPath === "" ? "" : `export LD_LIBRARY_PATH='${libraryPath}'\n`;
    writeFileSync(join(folder, name), `#!/bin/sh\n${libraries}exec '${program}' "$@"\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

describeWith([engine ?? [], npm, mosquitto, mosquittoClients].flat(), "docs/start.md", () => {
  let root: string;
  let tarball: string;
  let port: number;
  let shell: Shell;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "start-"));
    mkdirSync(join(root, "package"));
    mkdirSync(join(root, "empty"));
    tarball = await pack(join(root, "package"));
    port = await freePort("127.0.0.1");
    const program = engine?.program ?? "";
    const publisher = { ...mosquittoClients, program: join(dirname(mosquittoClients.program), "mosquitto_pub") };
    const programs = provide(join(root, "bin"), {
      [engine?.name === "OpenTofu" ? "tofu" : "terraform"]: { program: locate(program) },
      mosquitto,
      mosquitto_sub: mosquittoClients,
      mosquitto_pub: publisher,
    });
    shell = new Shell(join(root, "empty"), {
      PATH: `${programs}:${process.env["PATH"] ?? ""}`,
      TF_CLI_CONFIG_FILE: undefined,
    });
  });
  afterAll(async () => {
    await shell.stop();
    rmSync(root, { recursive: true });
  });

  /** A block of the page, with the package that is not published yet and the port that is free here. */
  function adapted(text = ""): string {
    return text
      .replace(/^(npm install .*)\bcdktf-mqtt-pki\b/m, `$1${tarball}`)
      .replaceAll("8883", String(port))
      .replaceAll(/^terraform\b/gm, engine?.name === "OpenTofu" ? "tofu" : "terraform");
  }

  /** Runs the blocks in their order, and returns what the last one wrote. */
  async function runAll(blocks: readonly string[]): Promise<string> {
    let said = "";
    for (const block of blocks) {
      said = await shell.run(adapted(block));
    }
    return said;
  }

  const inFolder = (name: string) => join(root, "empty", FOLDER, name);

  /** The output of the page and the real output differ only in dates. */
  const undated = (text: string) => text.replaceAll(/\d{4}-\d\d-\d\d/g, "<date>");

  it("docs/start.md leads from an empty folder to a message over TLS and a reviewed second broker", async () => {
    await runAll(blocksBelow("start.md", "1. Make a project", "sh"));
    writeFileSync(inFolder("main.ts"), adapted(blocksBelow("start.md", "2. Declare one broker", "ts")[0]));
    await runAll(blocksBelow("start.md", "3. Deploy", "sh"));
    const [, tree = ""] = /^```\n(pki\/ca\.pem [^]*?)^```$/m.exec(PAGE) ?? [];
    const paths = tree
      .trim()
      .split("\n")
      .map((line) => line.replace(/ .*/, ""));
    expect(paths).toHaveLength(4);
    expect(paths.filter((path) => !existsSync(inFolder(path)))).toEqual([]);
    const anchors = readFileSync(inFolder("pki/ca.pem"), "utf8");

    // The page instructs root to add this line.
    expect(PAGE).toContain("add the line `user root`");
    const user = process.getuid?.() === 0 ? "user root\n" : "";
    const [configuration] = blocksBelow("start.md", "4. Start the broker", "conf");
    writeFileSync(inFolder("mosquitto.conf"), `${adapted(configuration)}${user}`);
    await runAll(blocksBelow("start.md", "4. Start the broker", "sh"));
    // With the end of its line: Terraform recommends to "try running" a plan.
    await shell.until(" running\n");

    const [connect, check] = blocksBelow("start.md", "5. Connect a client", "sh");
    expect(await shell.run(adapted(connect))).toContain("Hello over TLS\n");
    expect(await shell.run(adapted(check))).toMatch(/^localhost .* current$/m);

    const [second] = blocksBelow("start.md", "6. Review a second broker before you add it", "ts");
    writeFileSync(inFolder("main.ts"), adapted(second));
    const [plan, apply] = blocksBelow("start.md", "6. Review a second broker before you add it", "sh");
    const [, review = ""] = /^```\n(\d+ certificate[^]*?)^```$/m.exec(PAGE) ?? [];
    expect(review).not.toBe("");
    expect(undated(await shell.run(adapted(plan)))).toContain(undated(review));
    expect(await shell.run(adapted(apply))).toMatch(/^localhost .* yes .*\nmqtt-2\.plant\.example\.com .* yes /m);
    expect(readFileSync(inFolder("pki/ca.pem"), "utf8")).toBe(anchors);

    await runAll(blocksBelow("start.md", "7. Clean up", "sh"));
    expect(existsSync(join(root, "empty", FOLDER))).toBe(false);
  });
});
