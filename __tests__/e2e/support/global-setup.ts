import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { chromium } from "../../../scripts/chromium";
import { debianProgram } from "../../../scripts/debian-program";
import { type Engine, publish, type Tool } from "./machine";
import { locate, run } from "./run";

/** Finds out once which engines, providers, brokers and clients this machine has. */
export default async function globalSetup(): Promise<void> {
  process.env["CHECKPOINT_DISABLE"] = "1";
  // cdktf has engines share a cache of providers, which engines that run at the same time write into one another's hands.
  process.env["CDKTF_DISABLE_PLUGIN_CACHE_ENV"] = "1";
  await provideCache("GOCACHE", "go", ["env", "GOCACHE"]);
  await provideCache("npm_config_cache", "npm", ["config", "get", "cache"]);
  const machine = {
    engines: [await findEngine("Terraform", "terraform"), await findEngine("OpenTofu", "tofu")],
    mosquitto: await findMosquitto(),
    mosquittoClients: await findMosquittoClients(),
    nats: await findNats(),
    rabbitmq: await findRabbitmq(),
    sshd: await findSshd(),
    openssl: await findProgram("openssl", ["version"]),
    python: await findProgram("python3", ["-c", "import ssl; ssl.VERIFY_X509_STRICT"]),
    go: await findProgram("go", ["version"]),
    java: await findProgram("javac", ["-version"]),
    haproxy: await findHaproxy(),
    chromium: findChromium(),
    npm: await findNpm(),
  };
  const { engines, ...others } = machine;
  for (const tool of [...engines, ...Object.values(others)]) {
    process.stderr.write(`  ${tool.missing === undefined ? `with ${tool.program}` : `WITHOUT ${tool.missing}`}\n`);
  }
  for (const { missing } of engines.map(({ providers }) => providers)) {
    process.stderr.write(missing === undefined ? "" : `  WITHOUT PROVIDERS: ${missing}\n`);
  }
  publish(machine);
}

/** Go and npm need a writable cache. If theirs is read-only, they get one in this project. */
async function provideCache(variable: string, program: string, query: readonly string[]): Promise<void> {
  const { status, stdout } = await run(program, query);
  if (status === 0 && !isWritable(stdout.trim())) {
    process.env[variable] = join(__dirname, "../../../node_modules/.cache/cdktf-mqtt-pki", program);
  }
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The program of npm, otherwise Debian's. */
function findChromium(): Tool {
  try {
    return chromium();
  } catch {
    return { program: "chromium", missing: "no Chromium can be run: neither npm's nor Debian's" };
  }
}

async function findNpm(): Promise<Tool> {
  const { status } = await run("npm", ["ping", "--fetch-retries=0"]);
  return status === 0 ? { program: "npm" } : { program: "npm", missing: "npm reaches no registry" };
}

async function findProgram(program: string, parameters: readonly string[]): Promise<Tool> {
  const { status } = await run(program, parameters);
  return status === 0 ? { program } : { program, missing: `${program} cannot be run` };
}

async function findEngine(name: Engine["name"], program: string): Promise<Engine> {
  const found = await findProgram(program, ["version"]);
  return { name, ...found, providers: found.missing === undefined ? await findProviders(name, program) : found };
}

async function findProviders(name: Engine["name"], program: string): Promise<Tool> {
  const folder = mkdtempSync(join(tmpdir(), "providers-"));
  try {
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers: PROVIDERS } }));
    const { status } = await run(program, ["init", "-input=false", "-no-color"], { cwd: folder });
    return status === 0 ? { program } : { program, missing: `${name} cannot get the tls and local providers` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const PROVIDERS = { tls: providerOf("@cdktf/provider-tls"), local: providerOf("@cdktf/provider-local") };

/** The provider that a package of bindings belongs to. */
function providerOf(name: string): { source: string; version: string } {
  const { cdktf } = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")) as {
    cdktf: { provider: { name: string; version: string } };
  };
  return { source: cdktf.provider.name.replace(/^.*?\//, ""), version: cdktf.provider.version };
}

/** The system's mosquitto, otherwise Debian's. */
async function findMosquitto(): Promise<Tool> {
  for (const program of [locate("mosquitto"), "/usr/sbin/mosquitto"]) {
    // Mosquitto has no option that exits 0: -h prints its usage and exits 3.
    if ((await run(program, ["-h"])).stdout.includes("mosquitto version")) {
      return { program };
    }
  }
  return ofDebian("mosquitto", "usr/sbin/mosquitto");
}

/** The system's mosquitto_sub, otherwise Debian's. */
async function findMosquittoClients(): Promise<Tool> {
  const program = locate("mosquitto_sub");
  if ((await run(program, ["--help"])).stdout.includes("mosquitto_sub version")) {
    return { program };
  }
  return ofDebian("mosquitto-clients", "usr/bin/mosquitto_sub");
}

/** The system's nats-server, otherwise Debian's. */
async function findNats(): Promise<Tool> {
  for (const program of [locate("nats-server"), "/usr/sbin/nats-server"]) {
    if ((await run(program, ["--version"])).status === 0) {
      return { program };
    }
  }
  return ofDebian("nats-server", "usr/sbin/nats-server");
}

/** The system's RabbitMQ, otherwise Debian's. */
async function findRabbitmq(): Promise<Tool> {
  const folder = "usr/lib/rabbitmq/bin";
  const { status } = await run(join("/", folder, "rabbitmqctl"), ["version"]);
  return status === 0
    ? { program: join("/", folder, "rabbitmq-server") }
    : ofDebian("rabbitmq-server", join(folder, "rabbitmq-server"));
}

/** The system's HAProxy, otherwise Debian's. */
async function findHaproxy(): Promise<Tool> {
  const found = await findProgram("haproxy", ["-v"]);
  return found.missing === undefined ? found : ofDebian("haproxy", "usr/sbin/haproxy");
}

/** A program of a Debian package, unpacked. */
function ofDebian(name: string, path: string): Tool {
  try {
    return debianProgram(name, path);
  } catch {
    return { program: basename(path), missing: `${name} is not installed, and apt-get cannot get it` };
  }
}

const WRAPPER = `usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/libnss_wrapper.so`;

/** The system's sshd, otherwise Debian's. If root runs it, it needs its own user, which Debian's nss_wrapper can pretend. */
async function findSshd(): Promise<Tool> {
  const program = "/usr/sbin/sshd";
  if ((await run("ssh", ["-V"])).status !== 0) {
    return { program, missing: "ssh cannot be run" };
  }
  const needsUser = process.getuid?.() === 0 && (await run("getent", ["passwd", "sshd"])).status !== 0;
  try {
    return {
      ...(existsSync(program) ? { program } : debianProgram("openssh-server", "usr/sbin/sshd")),
      ...(needsUser && { preload: debianProgram("libnss-wrapper", WRAPPER).program }),
    };
  } catch {
    return { program, missing: "sshd or its user is missing, and apt-get cannot get it" };
  }
}
