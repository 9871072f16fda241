import { spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { TerraformStack } from "cdktf";
import { BrokerPki, CertificateAuthority, Duration, PemDirectory, ServerCertificate } from "../../../../lib";
import { type Block, inNewDirectory, synthesize } from "../../../support/synth";

const SCRIPT = join(__dirname, "../../../../lib/custody/state/reload/reload.sh");

const FILES = ["ca.pem", "server.key", "server.pem"];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reload-"));
  for (const file of FILES) {
    writeFileSync(join(folder, file), "PEM\n");
  }
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly milliseconds: number;
}

function run(command: string, { attempts = 2, seconds = 20, hasKey = true } = {}): Ran {
  const start = Date.now();
  const args = [SCRIPT, `${attempts}`, `${seconds}`, "0", folder, "brokers/mqtt-1"];
  const { status, stdout } = spawnSync("sh", args, { encoding: "utf8", env: environmentOf(command, hasKey) });
  return { status, stdout, milliseconds: Date.now() - start };
}

function environmentOf(command: string, hasKey = true): NodeJS.ProcessEnv {
  return {
    ...process.env,
    TMPDIR: folder,
    TF_VAR_password: "canary-Zeisig",
    TF_TOKEN_app_terraform_io: "canary-Zeisig",
    TF_ENCRYPTION: "canary-Zeisig",
    MQTT_PKI_RELOAD_COMMAND: command,
    MQTT_PKI_KEY: hasKey ? join(folder, "server.key") : "",
    MQTT_PKI_CERTIFICATE: join(folder, "server.pem"),
    MQTT_PKI_CA: join(folder, "ca.pem"),
  };
}

describe("reload.sh", () => {
  it("reload.sh runs a command once, in its folder, without output and without the values of variables", () => {
    expect(run("env >environment; echo much")).toMatchObject({ status: 0, stdout: "" });
    const environment = readFileSync(join(folder, "environment"), "utf8");

    expect(environment).not.toMatch(/canary|TF_VAR_|TF_TOKEN_|TF_ENCRYPTION|MQTT_PKI_RELOAD/);
    expect(readdirSync(folder).sort()).toEqual([...FILES, "environment"].sort());
  });

  it("reload.sh runs a failed command again, and accepts its success", () => {
    expect(run("printf . >>attempts; test -s again || { echo x >again; exit 1; }").status).toBe(0);
    expect(readFileSync(join(folder, "attempts"), "utf8")).toBe("..");
  });

  it("reload.sh reports the last failure and the end of the output, without commands for a terminal or a CI", () => {
    const { status, stdout } = run("seq 3000; printf '\\033[2J##[error]x\\n'; exit 3");
    const lines = stdout.split("\n");

    expect(status).toBe(1);
    expect(lines[0]).toMatch(/^brokers\/mqtt-1: .*its reloadCommand failed 2 times, the last time with status 3\./);
    expect(lines.slice(-3)).toEqual(["  | 3000", "  | [2J## [error]x", ""]);
    expect(lines).toHaveLength(12);
  });

  it("reload.sh does not run a command if a file is missing or empty, as after a plan of another machine", () => {
    rmSync(join(folder, "server.key"));
    const { status, stdout } = run("touch ran");
    expect(status).toBe(1);
    expect(stdout).toContain("server.key is missing");
    expect(existsSync(join(folder, "ran"))).toBe(false);
    expect(run("touch ran", { hasKey: false }).status).toBe(0);
    writeFileSync(join(folder, "server.pem"), "");
    expect(run("true", { hasKey: false }).status).toBe(1);
  });

  it("reload.sh withholds output that may be a key, and invisible characters", () => {
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    writeFileSync(join(folder, "server.key"), privateKey);
    const { stdout } = run(
      "head -n 3 server.key; sed -n '4s/^/  tls.key: /p' server.key; printf 'für \\302\\2332J\\342\\200\\256x\\n'; exit 1",
    );

    const withheld = "  | (withheld: it may be a key)";
    expect(stdout.split("\n").slice(1)).toEqual([withheld, withheld, withheld, withheld, "  | für 2Jx", ""]);
  });

  it("reload.sh stops a command and its processes that ignore SIGTERM", async () => {
    const ignoring = `trap "" TERM; while :; do echo . >>alive; sleep 0.2; done`;

    expect(run(`sh -c '${ignoring}' & wait`, { attempts: 1, seconds: 1 }).stdout).toContain(
      "was stopped after 1 seconds",
    );
    expect(run(ignoring, { attempts: 1, seconds: 1 }).stdout).toContain("was stopped after 1 seconds");
    const { size } = statSync(join(folder, "alive"));
    await wait(1000);
    expect(statSync(join(folder, "alive")).size).toBe(size);
  }, 60_000);

  it("reload.sh ends a command, and leaves no file, if the engine kills it", async () => {
    const running = spawn("sh", [SCRIPT, "1", "60", "0", folder, "brokers/mqtt-1"], {
      env: environmentOf("while :; do echo . >>alive; sleep 0.2; done"),
      stdio: "ignore",
    });
    while (!existsSync(join(folder, "alive"))) {
      await wait(50);
    }
    running.kill("SIGKILL");
    const left = (): string[] => readdirSync(folder).filter((name) => ![...FILES, "alive"].includes(name));
    while (left().length > 0) {
      await wait(50);
    }
    const { size } = statSync(join(folder, "alive"));
    await wait(1000);
    expect(statSync(join(folder, "alive")).size).toBe(size);
  }, 60_000);

  it("reload.sh keeps only the end of an output that would fill the disk", () => {
    const isLong = '[ "$(cat tmp.*/said | wc -c)" -gt 100000 ]';
    const { stdout } = run(`seq 300000; while ${isLong}; do sleep 0.2; done; echo short; exit 1`, { attempts: 1 });

    expect(stdout.trimEnd().split("\n").slice(-2)).toEqual(["  | 300000", "  | short"]);
  }, 40_000);

  it("reload.sh stops a command that takes too long", () => {
    const { status, stdout, milliseconds } = run("exec sleep 30", { attempts: 1, seconds: 1 });

    expect(status).toBe(1);
    expect(stdout).toContain("(it was stopped after 1 seconds)");
    expect(milliseconds).toBeLessThan(15_000);
  });
});

describe("resource of a reload command", () => {
  const written = (isAuthorityFirst: boolean): Readonly<Record<string, Block>> => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        const stack = new TerraformStack(app, "own");
        const authority = new CertificateAuthority(stack, "ca", { subject: { commonName: "Test CA" } });
        const server = new ServerCertificate(stack, "a", {
          authority,
          address: "a.example.com",
          duration: Duration.days(1),
          reloadCommand: 'echo "${HOME}" %{x}',
          resourceName: "broker_a",
        });
        const directory = new PemDirectory(stack, "pem");
        if (isAuthorityFirst) {
          directory.addAuthority(authority);
        }
        directory.addServer(server);
        if (!isAuthorityFirst) {
          directory.addAuthority(authority);
        }
      }),
    );
    return stacks["own"]?.resources ?? {};
  };

  it.each([true, false])(
    "A reload command comes after all files, in any order of adding them: authority first: %s",
    (first) => {
      const all = written(first);
      const files = Object.keys(all).filter((address) => /^local_.*(broker_a|pem_capem)/.test(address));

      expect(files).toHaveLength(3);
      expect([...(all["terraform_data.broker_a"]?.["depends_on"] as string[])].sort()).toEqual(files.sort());
    },
  );

  it("A reload command comes after the forms of the trust anchors", () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        new BrokerPki(app, "mqtt", {
          authority: { subject: { commonName: "Test CA" } },
          trustForms: ["pem", "der"],
          brokers: [{ address: "a.example.com", reloadCommand: "true" }],
        });
      }),
    );
    const after = stacks["mqtt"]?.resources["terraform_data.broker_a_example_com"]?.["depends_on"];

    expect(after).toEqual(expect.arrayContaining(["local_file.trust_ca_1_pem", "local_file.trust_ca_1_der"]));
  });

  it("The resource of a reload command shows the command as declared, and nothing secret of the files", () => {
    expect(written(true)["terraform_data.broker_a"]).toMatchObject({
      input: { address: "a.example.com", reload_command: 'echo "$${HOME}" %%{x}' },
      triggers_replace: {
        certificate: '${sha256("${tls_locally_signed_cert.broker_a.cert_pem}")}',
        key: "${tls_private_key.broker_a.public_key_fingerprint_sha256}",
      },
    });
  });
});
