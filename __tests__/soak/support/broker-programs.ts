import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { debianProgram } from "../../../scripts/debian-program";
import { machine, type Tool } from "../../e2e/support/machine";
import { locate, succeed } from "../../e2e/support/run";

const REPOSITORY = join(__dirname, "../../..");

/** The folder of downloaded brokers. */
const CACHE = join(REPOSITORY, "node_modules/.cache/cdktf-mqtt-pki");

/** Folders of Debian's packages that are not in a user's PATH. */
const FOLDERS = ["/usr/sbin", "/usr/lib/rabbitmq/bin", "/usr/lib/nginx/modules"];

/** An installed program. Its Debian package has fixed paths, so it does not run unpacked. */
export function installed(name: string): Tool {
  const program = find(name);
  return program === undefined ? { program: name, missing: `${name} is not installed` } : { program };
}

/** An installed program, otherwise one from an unpacked Debian package. */
export function debian(packageName: string, path: string): Tool {
  const program = find(basename(path));
  if (program !== undefined) {
    return { program };
  }
  try {
    return debianProgram(packageName, path);
  } catch {
    return { program: path, missing: `${packageName} is not installed, and apt-get cannot get it` };
  }
}

/** A program that downloads others. */
export function fetching(name: string): Tool {
  const program = find(name);
  return program === undefined ? { program: name, missing: `there is no ${name}` } : { program };
}

/** The program of a Go module, built once. */
export async function ofGo(module: string, version: string): Promise<string> {
  const folder = folderOf(`${module.replaceAll("/", "-")}-${version}`);
  const [name = ""] = module.split("/").slice(module.endsWith("/v2") ? -2 : -1);
  if (!existsSync(join(folder, name))) {
    await succeed(machine().go.program, ["install", `${module}@${version}`], { env: { GOBIN: folder } });
  }
  return join(folder, name);
}

/** The program of a crate, built once, since that takes minutes. */
export async function ofCargo(crate: string, version: string): Promise<string> {
  const folder = folderOf(`${crate}-${version}`);
  const program = join(folder, "bin", crate);
  if (!existsSync(program)) {
    await succeed("cargo", ["install", crate, "--version", version, "--root", folder]);
  }
  return program;
}

/** A folder with a package of npm in its node_modules. */
export async function ofNpm(name: string, version: string): Promise<string> {
  const folder = folderOf(`${name}-${version}`);
  if (!existsSync(join(folder, "node_modules", name))) {
    await succeed("npm", ["install", "--no-audit", "--no-fund", "--prefix", folder, `${name}@${version}`]);
  }
  return folder;
}

/** The class path of artifacts of Maven, each `group:artifact:version`, with all that they need. */
export async function ofMaven(name: string, artifacts: readonly string[]): Promise<string> {
  const folder = folderOf(name);
  const libraries = join(folder, "lib");
  if (!existsSync(join(folder, "complete"))) {
    const dependencies = artifacts.map((artifact) => {
      const [group = "", id = "", version = ""] = artifact.split(":");
      return `<dependency><groupId>${group}</groupId><artifactId>${id}</artifactId><version>${version}</version></dependency>`;
    });
    writeFileSync(
      join(folder, "pom.xml"),
      `<project><modelVersion>4.0.0</modelVersion><groupId>tests</groupId><artifactId>${name}</artifactId>
       <version>1</version><dependencies>${dependencies.join("")}</dependencies></project>`,
    );
    const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${libraries}`];
    await succeed("mvn", ["-B", "-q", ...goal], { cwd: folder });
    writeFileSync(join(folder, "complete"), "");
  }
  return join(libraries, "*");
}

function folderOf(name: string): string {
  const folder = join(CACHE, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

function find(name: string): string | undefined {
  const program = locate(name);
  return program === name ? FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path)) : program;
}
