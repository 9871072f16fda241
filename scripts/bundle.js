// Bundles, next to their sources, the program of custody "machine", which node runs without packages, and the script and the
// style of HTML pages, which a browser runs.
const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { dirname, join, relative } = require("node:path");
const { buildSync } = require("esbuild");

const root = join(__dirname, "..");

/** Unused parts of modules are left out. */
const COMMON = {
  absWorkingDir: root,
  bundle: true,
  mainFields: ["module", "main"],
  minifyWhitespace: true,
  minifySyntax: true,
  metafile: true,
  write: false,
  logLevel: "warning",
};

/** Minified, because each page contains all of it. Browsers of 2023 and later run it. */
const PAGE = { ...COMMON, minifyIdentifiers: true, target: ["chrome109", "firefox115", "safari16.4"] };

const BUNDLES = [
  {
    ...COMMON,
    entryPoints: ["lib/custody/machine/program/main.ts"],
    platform: "node",
    target: "node20.19",
    format: "cjs",
    outfile: "lib/custody/machine/program.cjs",
  },
  {
    ...PAGE,
    entryPoints: ["lib/cli/page/browser/main.ts"],
    platform: "browser",
    format: "iife",
    charset: "ascii",
    outfile: "lib/cli/page/bundle/script.js",
  },
  { ...PAGE, entryPoints: ["lib/cli/page/browser/style/style.css"], outfile: "lib/cli/page/bundle/style.css" },
];

for (const options of BUNDLES) {
  const { outputFiles, metafile } = buildSync(options);
  const licenses = licensesOf(metafile);
  const text = `${outputFiles[0].text}${licenses.length > 0 ? `\n/* With: ${licenses.join(", ")}. */\n` : ""}`;
  const file = join(root, options.outfile);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  if (require.main === module) {
    console.log(`${relative(root, file)}: ${text.length} bytes`);
  }
}

/** The packages in a bundle, each with its license. */
function licensesOf({ inputs }) {
  const packages = [
    ...new Set(Object.keys(inputs).flatMap((input) => /^(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? [])),
  ].sort();
  return packages.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    return `${name} ${version} (${license})`;
  });
}
