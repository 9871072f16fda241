// Turns the files of .changeset/ into the next version: package.json, its lockfile, CHANGELOG.md, and the pages that pin it.
"use strict";

const { execFileSync } = require("node:child_process");
const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");

/** Files that install this package by its version. */
const PINNING = ["docs/workflows/atlantis/Dockerfile"];

function versionNow() {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
}

function run(program, args) {
  execFileSync(program, args, { cwd: root, stdio: "inherit" });
}

const before = versionNow();
run(process.execPath, [join(root, "node_modules/@changesets/cli/bin.js"), "version"]);
const version = versionNow();
if (version === before) {
  console.error("There is no change to publish: .changeset/ holds none. Describe one with npm run changeset.");
  process.exitCode = 1;
} else {
  run("npm", ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]);
  for (const file of PINNING) {
    const path = join(root, file);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replaceAll(`cdktf-mqtt-pki@${before}`, `cdktf-mqtt-pki@${version}`));
  }
  console.log(`\n${version} is prepared. Read the diff, commit it as "Release ${version}", and open a pull request.`);
}
