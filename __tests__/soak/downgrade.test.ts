import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CUSTODIES, changed, trySynth } from "../e2e/support/custodies";
import { describeEngine, type Engine, machine, type Tool } from "../e2e/support/machine";
import { type FileFacts, Project } from "../e2e/support/project";

const REPOSITORY = join(__dirname, "../..");
const CACHE = join(REPOSITORY, "node_modules/.cache/cdktf-mqtt-pki");

/** The variable with the folder of other provider versions, in the layout of `filesystem_mirror`. */
const VARIABLE = "OTHER_PROVIDERS";

/** The registries of the engines for providers without a host. */
const REGISTRIES = { Terraform: "registry.terraform.io", OpenTofu: "registry.opentofu.org" } as const;

/** The versions of the two providers. */
interface Versions {
  readonly tls: string;
  readonly local: string;
}

/** Below the lowest supported versions. They lack only `local_command`, which passwords need. */
const OLDER_PACKAGES = {
  cdktf: "0.20.12",
  constructs: "10.6.0",
  "@cdktf/provider-tls": "10.1.0",
  "@cdktf/provider-local": "11.1.1",
};

const BROKERS = [
  "mqtt-1.example.com",
  "192.0.2.10",
  '{ address: "2001:db8::10", keyAlgorithm: KeyAlgorithm.ED25519 }',
  '{ address: "*.example.com", alternativeAddresses: ["example.com", "192.0.2.11"], subject: { organization: "Example Ltd" } }',
  '{ address: "legacy.example.com", keyAlgorithm: KeyAlgorithm.RSA_2048, duration: Duration.days(365) }',
];

/** A provider version in the folder that the variable names, packed or unpacked. */
function provider(engine: Engine, name: keyof Versions, version: string): Tool {
  const mirror = process.env[VARIABLE];
  if (mirror === undefined) {
    return { program: name, missing: `${VARIABLE} names no folder with other versions of the providers` };
  }
  const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
  const folder = join(mirror, REGISTRIES[engine.name], "hashicorp", name);
  const forms = [join(version, platform), `terraform-provider-${name}_${version}_${platform}.zip`];
  return forms.some((form) => existsSync(join(folder, form)))
    ? { program: name }
    : { program: name, missing: `${VARIABLE} has no ${name} ${version} for ${engine.name}` };
}

/** Installs the older packages once, with the other packages that the library needs. */
function olderPackages(): Tool {
  const folder = join(CACHE, `cdktf-${OLDER_PACKAGES.cdktf}`);
  const program = join(folder, "node_modules");
  const installed = join(folder, "installed");
  if (existsSync(installed)) {
    return { program };
  }
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(REPOSITORY, "package.json"), "utf8"),
  ) as Record<"dependencies" | "devDependencies", Record<string, string>>;
  mkdirSync(folder, { recursive: true });
  const needed = { ...dependencies, tsx: devDependencies["tsx"], ...OLDER_PACKAGES };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: needed }));
  try {
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps"], {
      cwd: folder,
      stdio: "pipe",
    });
    writeFileSync(installed, "");
    return { program };
  } catch {
    return { program, missing: `npm cannot get cdktf ${OLDER_PACKAGES.cdktf}` };
  }
}

/** A synthesized stack without the version of cdktf. */
function textOf(project: Project): string {
  return project.read("cdktf.out/stacks/mqtt/cdk.tf.json").replace(/(?<="stackName": "mqtt",\s+"version": ")[^"]+/, "");
}

/** Copies the stack to another folder with other provider versions. Both use the same state. */
async function useProviders(project: Project, { tls, local }: Versions): Promise<void> {
  const text = JSON.parse(project.read("cdktf.out/stacks/mqtt/cdk.tf.json")) as {
    terraform: { required_providers: Record<"tls" | "local", { version: string }> };
  };
  text.terraform.required_providers.tls.version = tls;
  text.terraform.required_providers.local.version = local;
  project.stack = `tls-${tls}`;
  mkdirSync(project.stackFolder, { recursive: true });
  writeFileSync(join(project.stackFolder, "cdk.tf.json"), JSON.stringify(text));
  expect(await project.run("init", "-input=false", "-no-color")).toMatchObject({ status: 0 });
}

/** Declares and synthesizes without initializing the engine. */
async function declare(project: Project, brokers: readonly string[], options = ""): Promise<void> {
  project.stack = "mqtt";
  project.declareFleet(brokers, options);
  expect(await trySynth(project)).toMatchObject({ status: 0 });
}

function describeFleet(
  name: string,
  versions: Versions,
  body: (project: Project, files: () => Record<string, FileFacts>) => void,
): void {
  const { tls, local } = versions;
  for (const engine of machine().engines) {
    describeEngine(
      engine,
      `a fleet ${name} tls ${tls} and local ${local}`,
      () => {
        const project = new Project(engine);
        const configured = process.env["TF_CLI_CONFIG_FILE"];
        let files: Record<string, FileFacts>;

        beforeAll(async () => {
          project.declareFleet(BROKERS);
          await project.synth();
          await project.apply();
          files = project.files("pki");
          const mirror = project.path("mirror.tfrc");
          const path = JSON.stringify(resolve(process.env[VARIABLE] ?? ""));
          writeFileSync(mirror, `provider_installation {\n  filesystem_mirror {\n    path = ${path}\n  }\n}\n`);
          configure(mirror);
          await useProviders(project, versions);
        });
        afterAll(() => {
          configure(configured);
          project.remove();
        });

        body(project, () => files);
      },
      [provider(engine, "tls", tls), provider(engine, "local", local)],
    );
  }
}

function configure(file: string | undefined): void {
  if (file === undefined) {
    delete process.env["TF_CLI_CONFIG_FILE"];
  } else {
    process.env["TF_CLI_CONFIG_FILE"] = file;
  }
}

describe.each<readonly [string, Versions]>([
  ["that goes back to", { tls: "4.0.6", local: "2.5.2" }],
  ["that goes on to", { tls: "4.2.1", local: "2.9.0" }],
])("other providers", (name, versions) => {
  describeFleet(name, versions, (project, files) => {
    it("A plan is empty with other provider versions", async () => {
      expect((await project.plan()).status).toBe(0);
    });

    it("A fleet with other provider versions adds and removes a broker, and no other file changes", async () => {
      await declare(project, ["added.example.com", ...BROKERS.slice(1)]);
      await useProviders(project, versions);
      await project.apply();
      const after = project.files("pki");

      expect(project.flaws()).toEqual([]);
      expect(changed(files(), after).map((path) => path.split("/")[1])).toEqual([
        "added.example.com",
        "added.example.com",
        "mqtt-1.example.com",
        "mqtt-1.example.com",
      ]);
    });

    it("A plan is empty after a return to the declared provider versions", async () => {
      const files = project.files("pki");
      project.stack = "mqtt";

      expect((await project.plan()).status).toBe(0);
      expect(changed(files, project.files("pki"))).toEqual([]);
    });
  });
});

describeFleet("that goes on to", { tls: "4.2.0", local: "2.9.0" }, (project) => {
  // A replaced authority would also replace the certificates that it signed.
  it("tls provider 4.2.0 replaces the authority's certificate with the same key, and the plan shows it", async () => {
    const { status, stdout } = await project.plan();

    expect(status).not.toBe(0);
    expect(stdout).toContain("# tls_self_signed_cert.authority must be replaced");
    expect(stdout).toMatch(/[+] max_path_length +=.*# forces replacement/);
    expect(stdout).not.toMatch(/# tls_private_key\.\S+ (will|must) be/);
  });
});

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  const packages = olderPackages();

  describeEach(
    `a fleet whose cdktf becomes ${OLDER_PACKAGES.cdktf}`,
    (engine) => {
      const project = new Project(engine, { withoutProviders: custody === "machine" });

      afterAll(() => {
        project.remove();
      });

      it("An older cdktf synthesizes the same text, and the plan is empty", async () => {
        project.declareFleet(BROKERS, `custody: "${custody}",`);
        await project.synth();
        await project.apply();
        const text = textOf(project);
        const files = project.files("pki");

        cpSync(join(REPOSITORY, "lib"), project.path("lib"), { recursive: true });
        const main = project.read("main.ts").replace(JSON.stringify(join(REPOSITORY, "lib")), '"./lib"');
        writeFileSync(project.path("main.ts"), main);
        rmSync(project.path("node_modules"));
        symlinkSync(packages.program, project.path("node_modules"));
        // In a new process, which loads these packages.
        expect(await trySynth(project)).toMatchObject({ status: 0 });
        expect(await project.run("init", "-input=false", "-no-color")).toMatchObject({ status: 0 });

        expect(project.read("cdktf.out/stacks/mqtt/cdk.tf.json")).toContain(`"version": "${OLDER_PACKAGES.cdktf}"`);
        expect(textOf(project)).toEqual(text);
        expect((await project.plan()).status).toBe(0);
        expect(changed(files, project.files("pki"))).toEqual([]);
      });
    },
    [packages],
  );
});
