import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inNewDirectory } from "../support/synth";

const REPOSITORY = join(__dirname, "../..");
const FOLDER = "docs/reference/api";

/** The pages of the reference: the module's name in the code, with `/` as in its import. */
const PAGES = ["README.md", "cdktf-mqtt-pki.md", "cdktf-mqtt-pki/reports.md"];

/** The API reference, which TypeDoc writes from docstrings. */
export interface ApiReference {
  /** The pages, by their paths in the repository. */
  readonly pages: Readonly<Record<string, string>>;
  /** What TypeDoc warns about: a public name without a docstring, a link that leads nowhere. */
  readonly warnings: readonly string[];
}

export function apiReference(): ApiReference {
  return inNewDirectory((folder) => {
    const program = join(dirname(require.resolve("typedoc/package.json")), "bin/typedoc");
    const options = [
      ...["--entryPoints", "lib/index.ts", "--entryPoints", "lib/cli/reports.ts"],
      ...["--tsconfig", "tsconfig.build.json", "--skipErrorChecking"],
      ...["--plugin", "typedoc-plugin-markdown", "--out", join(folder, "api"), "--name", "API reference"],
      ...["--outputFileStrategy", "modules", "--readme", "none", "--disableSources", "--hidePageHeader"],
      ...["--hideBreadcrumbs", "--useHTMLAnchors", "--excludeInternal", "--excludePrivate", "--excludeExternals"],
      ...["--parametersFormat", "table", "--interfacePropertiesFormat", "table", "--typeDeclarationFormat", "table"],
      ...["--sort", "alphabetical", "--gitRevision", "main"],
      // Types that the package has no name for are written out.
      ...["--validation.notExported", "false", "--validation.notDocumented", "true"],
      ...NAMED.flatMap((kind) => ["--requiredToBeDocumented", kind]),
      ...["--logLevel", "Warn"],
    ];
    const { status, stderr, stdout } = spawnSync(process.execPath, [program, ...options], {
      cwd: REPOSITORY,
      env: { ...process.env, NO_COLOR: "1" },
      encoding: "utf8",
    });
    if (status !== 0) {
      throw new Error(`typedoc ended with ${status}:\n${stdout}${stderr}`);
    }
    const pages = PAGES.map((name) => [`${FOLDER}/${name}`, textOf(name)] as const);
    const warnings = `${stdout}${stderr}`.split("\n").filter((line) => line.includes("[warning]"));
    return { pages: Object.fromEntries(pages), warnings: warnings.filter((line) => !line.includes("Found 0 errors")) };
  });
}

/** What must have a docstring. */
const NAMED = [
  "Module",
  "Class",
  "Interface",
  "Function",
  "Variable",
  "TypeAlias",
  "Constructor",
  "Method",
  "Property",
  "Accessor",
];

/** A page, without blanks at the ends of lines. A default in words, which follow a hyphen in a docstring, is not code. */
function textOf(name: string): string {
  return readFileSync(join("api", name), "utf8")
    .replaceAll(/[ \t]+$/gm, "")
    .replaceAll(/\*\*Default\*\* `- ([^`]*)`/g, "**Default:** $1")
    .replaceAll("**Default** ", "**Default:** ");
}
