// The command behind `npm run synth`, `diff`, `deploy` and `destroy`: looks at Node before anything needs a newer one.
"use strict";

const { existsSync } = require("node:fs");
const { join } = require("node:path");

require("./check-node");

if (existsSync(join(__dirname, "../node_modules/tsx"))) {
  require("./bundle");
  require("tsx/cjs");
  require("./cdktf/main.ts");
} else {
  console.error("The packages of this project are not installed. Run: npm ci");
  process.exitCode = 1;
}
