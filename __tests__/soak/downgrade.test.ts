import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { CUSTODIES, changed, trySynth } from "../e2e/support/custodies";
import { describeEachEngine, machine, type Tool } from "../e2e/support/machine";
import { type FileFacts, Project } from "../e2e/support/project";

const REPOSITORY = join(__dirname, "../..");
const CACHE = join(REPOSITORY, "node_modules/.cache/cdktf-mqtt-pki");
const MIRROR = join(CACHE, "providers");

/** Releases of the providers, each by the commit of its tag: their module paths have no major version, so Go knows no tag. */
const COMMITS = {
  tls: {
    "4.0.6": "6a386292e0f73c5156ab1ab0c9aac41ce248e6dc",
    "4.2.0": "ea437c61bb1421ac93bbf36fd960b34b3c9da7a1",
    "4.2.1": "857b38cda3fca4b6539f23b6dfc9724c6537f7e7",
  },
  local: {
    "2.5.2": "ae86bec9e1479c5b391a87cfca6b2b7cb95ad02a",
    "2.9.0": "3561e410f9fe1769a419c23adb8f1a9b89929b66",
  },
} as const;

/** A version of each of the two providers. */
interface Versions {
  readonly tls: keyof typeof COMMITS.tls;
  readonly local: keyof typeof COMMITS.local;
}

/** Below the lowest that the library admits; it needs nothing that they lack, but `local_command`, which is for passwords. */
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

/** Builds a provider from its source, once, into a mirror for both engines. */
function provider(name: keyof typeof COMMITS, version: string): Tool {
  const commit = (COMMITS[name] as Readonly<Record<string, string>>)[version] ?? "";
  const { program, missing } = machine().go;
  const file = (registry: string): string => {
    const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
    return join(MIRROR, registry, "hashicorp", name, version, platform, `terraform-provider-${name}_v${version}`);
  };
  const [first, second] = [file("registry.terraform.io"), file("registry.opentofu.org")];
  if (existsSync(second)) {
    return { program: second };
  }
  if (missing !== undefined) {
    return { program, missing };
  }
  try {
    const folder = dirname(first);
    const source = `github.com/hashicorp/terraform-provider-${name}@${commit}`;
    execFileSync(program, ["install", "-trimpath", "-ldflags=-s -w", source], {
      env: { ...process.env, CGO_ENABLED: "0", GOBIN: folder },
      stdio: "pipe",
    });
    renameSync(join(folder, `terraform-provider-${name}`), first);
    mkdirSync(dirname(second), { recursive: true });
    linkSync(first, second);
    return { program: second };
  } catch {
    return { program, missing: `Go cannot get terraform-provider-${name} ${version}` };
  }
}

/** Installs the older packages, once, beside what else the library needs. */
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

/** A synthesized stack, but for the version of cdktf. */
function textOf(project: Project): string {
  return project.read("cdktf.out/stacks/mqtt/cdk.tf.json").replace(/(?<="stackName": "mqtt",\s+"version": ")[^"]+/, "");
}

/** Puts the stack beside itself, with its state, for other versions of the providers. */
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

/** Declares and synthesizes, and keeps to the providers that there are. */
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
  const tools = [provider("tls", tls), provider("local", local)];
  describeEachEngine(
    `a fleet ${name} tls ${tls} and local ${local}`,
    (engine) => {
      const project = new Project(engine);
      const configured = process.env["TF_CLI_CONFIG_FILE"];
      let files: Record<string, FileFacts>;

      beforeAll(async () => {
        project.declareFleet(BROKERS);
        await project.synth();
        await project.apply();
        files = project.files("pki");
        const mirror = project.path("mirror.tfrc");
        writeFileSync(mirror, `provider_installation {\n  filesystem_mirror {\n    path = "${MIRROR}"\n  }\n}\n`);
        configure(mirror);
        await useProviders(project, versions);
      });
      afterAll(() => {
        configure(configured);
        project.remove();
      });

      body(project, () => files);
    },
    tools,
  );
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
    it("has nothing to do", async () => {
      expect((await project.plan()).status).toBe(0);
    });

    it("gets a broker and loses one there as here, and no other file changes", async () => {
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

    it("comes back, and has nothing to do", async () => {
      const files = project.files("pki");
      project.stack = "mqtt";

      expect((await project.plan()).status).toBe(0);
      expect(changed(files, project.files("pki"))).toEqual([]);
    });
  });
});

describeFleet("that goes on to", { tls: "4.2.0", local: "2.9.0" }, (project) => {
  // Whether or not the authority is guarded against that: what it signed goes with it.
  it("would have its authority's certificate anew, with the key that it has, and the plan says so", async () => {
    const { status, text } = await project.plan();

    expect(status).not.toBe(0);
    expect(text).toContain("# tls_self_signed_cert.authority must be replaced");
    expect(text).toMatch(/[+] max_path_length +=.*# forces replacement/);
    expect(text).not.toMatch(/# tls_private_key\.\S+ (will|must) be/);
  });
});

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  const packages = olderPackages();

  describeEach(
    `a fleet whose cdktf becomes ${OLDER_PACKAGES.cdktf}`,
    (engine) => {
      const project = new Project(engine, { offline: custody === "machine" });

      afterAll(() => {
        project.remove();
      });

      it("is the same text, and has nothing to do", async () => {
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
        await project.synth();

        expect(project.read("cdktf.out/stacks/mqtt/cdk.tf.json")).toContain(`"version": "${OLDER_PACKAGES.cdktf}"`);
        expect(textOf(project)).toEqual(text);
        expect((await project.plan()).status).toBe(0);
        expect(changed(files, project.files("pki"))).toEqual([]);
      });
    },
    [packages],
  );
});
