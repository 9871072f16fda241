// Prints the notes of the version in package.json: its section of CHANGELOG.md. Fails if that version is not ready to publish.
// Run in the repository, before its packages are installed.
"use strict";

const { readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

/** @param folder the repository */
function releaseNotes(folder) {
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const pending = readdirSync(join(folder, ".changeset")).filter(
    (name) => name.endsWith(".md") && name !== "README.md",
  );
  if (pending.length > 0) {
    throw new Error(
      `These changes belong to no version yet: ${pending.join(", ")}. Run npm run release, and merge what it writes.`,
    );
  }
  const sections = readFileSync(join(folder, "CHANGELOG.md"), "utf8").split(/^## /m).slice(1);
  const notes = sections.find((section) => section.startsWith(`${version}\n`))?.slice(version.length);
  if (notes === undefined || notes.trim() === "") {
    throw new Error(`CHANGELOG.md says nothing of ${version}, the version in package.json. Run npm run release.`);
  }
  return `${notes.trim()}\n`;
}

try {
  process.stdout.write(releaseNotes(process.cwd()));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
