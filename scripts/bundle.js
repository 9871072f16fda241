// Bundles the program of custody "machine" to one file, beside its source: node runs it where there are no packages.
const { readFileSync, writeFileSync } = require("node:fs");
const { join, relative } = require("node:path");
const { buildSync } = require("esbuild");

const root = join(__dirname, "..");
const source = join(root, "lib/custody/machine/program/main.ts");
const bundle = join(root, "lib/custody/machine/program.cjs");

const { outputFiles, metafile } = buildSync({
  absWorkingDir: root,
  entryPoints: [source],
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "cjs",
  // Of modules, what is not used is left out.
  mainFields: ["module", "main"],
  minifyWhitespace: true,
  minifySyntax: true,
  metafile: true,
  write: false,
  outfile: bundle,
  logLevel: "warning",
});

/** The packages that are in it, each with its license. */
const packages = [
  ...new Set(
    Object.keys(metafile.inputs).flatMap((input) => /^(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []),
  ),
].sort();
const licenses = packages.map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  return `${name} ${version} (${license})`;
});
const text = `${outputFiles[0].text}\n/* With: ${licenses.join(", ")}. */\n`;
writeFileSync(bundle, text);
if (require.main === module) {
  console.log(`${relative(root, bundle)}: ${text.length} bytes`);
}
