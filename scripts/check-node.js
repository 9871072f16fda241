// Ends the process where this Node is too old for what comes next. Every Node understands this file.
"use strict";

const { engines } = require("../package.json");

const numbers = (version) => version.match(/\d+/g).map(Number);
const [major, minor] = numbers(process.versions.node);
const [neededMajor, neededMinor] = numbers(engines.node);

if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
  console.error(
    `Node ${process.versions.node} is too old. Install Node ${neededMajor}.${neededMinor} or later: https://nodejs.org`,
  );
  process.exit(1);
}
