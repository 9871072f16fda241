// Compiles the library to dist/cdktf, and makes dist/cdktn of it: the same for CDK Terrain, except the names of its packages.
// With a folder as argument, it writes there instead of dist, and does not check the types.
const { execFileSync } = require("node:child_process");
const { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { dirname, join, relative, resolve, sep } = require("node:path");

const root = join(__dirname, "..");
const [folder] = process.argv.slice(2);
const dist = folder === undefined ? join(root, "dist") : resolve(folder);
const [own, other] = ["cdktf", "cdktn"].map((name) => join(dist, name));

/** The one file that names the CDK, and its types. */
const CDK = ["cdk.js", "cdk.d.ts"];

function compile(project, ...options) {
  execFileSync(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", project, ...options], {
    cwd: root,
    stdio: "inherit",
  });
}

if (folder === undefined) {
  // Before anything is removed: if the types are wrong, the last build stays.
  compile("tsconfig.json");
  // What runs in browsers has other globals.
  compile("lib/cli/page/browser/tsconfig.json");
  compile("__tests__/e2e/browser/tsconfig.json");
  compile("examples/tsconfig.json");
}
rmSync(dist, { recursive: true, force: true });
compile("tsconfig.build.json", "--outDir", own, ...(folder === undefined ? [] : ["--noCheck"]));
require("./bundle");
for (const file of [
  "custody/state/password/key-password.sh",
  "custody/state/reload/reload.sh",
  "custody/machine/program.cjs",
  "cli/page/bundle/script.js",
  "cli/page/bundle/style.css",
]) {
  mkdirSync(dirname(join(own, file)), { recursive: true });
  copyFileSync(join(root, "lib", file), join(own, file));
}

// The command line knows no CDK: one is enough.
cpSync(own, other, { recursive: true, filter: (path) => relative(own, path).split(sep)[0] !== "cli" });
for (const file of CDK) {
  const text = readFileSync(join(other, file), "utf8");
  writeFileSync(join(other, file), text.replaceAll(/"(@?)cdktf(?=["/])/g, '"$1cdktn'));
}
