import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryFiles } from "../../scripts/repository-files";

const REPOSITORY = join(__dirname, "../..");

/** What an example need not import: it is a part of a program, of which the page shows no more. */
const PRELUDE = [
  'import * as Fs from "node:fs"; import * as Path from "node:path";',
  'import { App, LocalBackend, PgBackend, S3Backend, TerraformStack, Token } from "cdktf";',
  'import { Construct } from "constructs";',
  `import { ${publicNames().join(", ")} } from "cdktf-mqtt-pki";`,
  "declare const app: App; declare const stack: TerraformStack; declare const fleet: BrokerPki; declare const scope: Construct;",
].join(" ");

interface Example {
  /** As in `docs/start.md:12`. */
  readonly place: string;
  readonly code: string;
}

function publicNames(): string[] {
  const index = readFileSync(join(REPOSITORY, "lib/index.ts"), "utf8");
  return [...index.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = ""]) =>
    names
      .split(",")
      .map((name) => name.trim().replace(/^type /, ""))
      .filter(Boolean),
  );
}

function examplesOf(page: string): Example[] {
  const text = readFileSync(join(REPOSITORY, page), "utf8");
  return [...text.matchAll(/^( *)```(?:ts|typescript)\n([^]*?)^ *```$/gm)].map((match) => ({
    place: `${page}:${text.slice(0, match.index).split("\n").length}`,
    code: match[2] ?? "",
  }));
}

/** What the compiler reports of examples, each with its place. */
function compile(examples: readonly Example[]): string {
  const folder = mkdtempSync(join(tmpdir(), "examples-"));
  try {
    symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
    mkdirSync(join(folder, "examples"));
    for (const { place, code } of examples) {
      const isModule = /^ *import /m.test(code);
      const line = Number(place.split(":")[1]);
      // Its lines are those of the page.
      const above = `${isModule ? "" : PRELUDE}${"\n".repeat(line)}`;
      writeFileSync(join(folder, "examples", fileOf(place)), `${above}${code}${isModule ? "" : "\nexport {};"}`);
    }
    const library = join(REPOSITORY, "lib");
    const bindings = (name: string) => [join(REPOSITORY, "node_modules/@cdktf", `${name}/*`)];
    const tsconfig = {
      extends: join(REPOSITORY, "tsconfig.json"),
      compilerOptions: {
        noUnusedLocals: false,
        paths: {
          "cdktf-mqtt-pki": [join(library, "index.ts")],
          "cdktf-mqtt-pki/cdktn": [join(library, "index.ts")],
          "cdktf-mqtt-pki/reports": [join(library, "cli/reports.ts")],
          cdktn: [join(REPOSITORY, "node_modules/cdktf")],
          "@cdktn/provider-tls/*": bindings("provider-tls"),
          "@cdktn/provider-local/*": bindings("provider-local"),
        },
        types: ["node"],
        typeRoots: [join(REPOSITORY, "node_modules/@types")],
      },
      include: ["examples"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
    const compiler = join(REPOSITORY, "node_modules/typescript/bin/tsc");
    const { stdout } = spawnSync(process.execPath, [compiler, "--noEmit"], { cwd: folder, encoding: "utf8" });
    return stdout.replace(
      /^examples\/(\S+?)\.L\d+\.ts\((\d+),/gm,
      (_, page: string, line: string) => `${page.replaceAll("__", "/")}:${line} (`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fileOf(place: string): string {
  const [page = "", line = ""] = place.split(":");
  return `${page.replaceAll("/", "__")}.L${line}.ts`;
}

/** So that a compiler that finds nothing is noticed. */
const WRONG: readonly Example[] = [
  { place: "docs/a.md:3", code: 'import { BrokerPki } from "cdktf-mqtt-pki";\nnew BrokerPki();\n' },
  { place: "docs/how-to/b.md:7", code: "new BrokerPki(app, 7);\n" },
];

describe("TypeScript in the docs", () => {
  it("Every TypeScript example of the docs compiles in strict mode, and the compiler finds what is wrong", () => {
    const examples = repositoryFiles(/^(?!__tests__).*\.md$/).flatMap(examplesOf);

    expect(examples.length).toBeGreaterThan(20);
    expect(
      compile([...examples, ...WRONG])
        .trim()
        .split("\n"),
    ).toEqual([
      expect.stringMatching(/^docs\/a\.md:5 \(1\): error TS2554: /),
      expect.stringMatching(/^docs\/how-to\/b\.md:8 \(\d+\): error TS2554: /),
    ]);
  });
});
