import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformStack } from "cdktf";
import { CertificateAuthority, Duration, PemDirectory, ServerCertificate } from "../../../../lib";
import { type Block, inNewDirectory, synthesize } from "../../../support/synth";

const SCRIPT = join(__dirname, "../../../../lib/custody/state/reload/reload.sh");

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reload-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly milliseconds: number;
}

function run(command: string, { attempts = 2, seconds = 20 } = {}): Ran {
  const start = Date.now();
  const args = [SCRIPT, `${attempts}`, `${seconds}`, "0", folder, "brokers/mqtt-1"];
  const env = { ...process.env, TMPDIR: folder, TF_VAR_password: "canary-Zeisig", MQTT_PKI_RELOAD_COMMAND: command };
  const { status, stdout } = spawnSync("sh", args, { encoding: "utf8", env });
  return { status, stdout, milliseconds: Date.now() - start };
}

describe("reload.sh", () => {
  it("reload.sh runs a command once, in its folder, without output and without the values of variables", () => {
    expect(run("env >environment; echo much")).toMatchObject({ status: 0, stdout: "" });
    const environment = readFileSync(join(folder, "environment"), "utf8");

    expect(environment).not.toMatch(/canary|TF_VAR_|MQTT_PKI_RELOAD/);
    expect(readdirSync(folder)).toEqual(["environment"]);
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
