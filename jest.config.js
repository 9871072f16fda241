require("./scripts/check-node");
require("./scripts/bundle");

// "isolatedModules" in tsconfig.json makes ts-jest transpile only: types are checked by "npm run build" and "npm run lint".
const common = {
  testEnvironment: "node",
  transform: { "\\.tsx?$": "ts-jest" },
  moduleFileExtensions: ["ts", "tsx", "js", "json", "node"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/dist/", "<rootDir>/cdktf\\.out/"],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/cdktf\\.out/"],
  clearMocks: true,
  setupFilesAfterEnv: ["<rootDir>/setup.js"],
};

/** The tests that run with one engine in "e2e" and with all engines in "soak". */
const CROSSWISE = [
  "backends",
  "deploy",
  "examples",
  "hand-out",
  "imported-authority",
  "imported-by-hand",
  "imported-constructs",
  "imported-intermediate",
  "imported-key",
  "machine-broker-fault",
  "machine-deploy",
  "machine-directory",
  "machine-disk",
  "machine-environment",
  "machine-faults",
  "machine-leaks",
  "machine-owner",
  "machine-references",
  "machine-races",
  "machine-saved-plan",
  "machine-stopped",
  "name-constraints",
  "password-changes",
  "passwords",
  "re-key",
  "reload",
  "renew",
  "requests",
  "restore",
  "retire",
  "rollover",
  "state-encryption",
  "state-faults",
  "take-over",
  "take-over-passwords",
  "warnings",
];

/** @type {import("jest").Config} */
module.exports = {
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: [
        ...common.testPathIgnorePatterns,
        "<rootDir>/__tests__/e2e/",
        "<rootDir>/__tests__/soak/",
      ],
    },
    {
      ...common,
      displayName: "e2e",
      testMatch: ["<rootDir>/__tests__/e2e/**/*.test.ts"],
      globalSetup: "<rootDir>/__tests__/e2e/support/global-setup.ts",
    },
    {
      ...common,
      displayName: "soak",
      // Also the tests that run with one engine per custody in "e2e".
      testMatch: ["<rootDir>/__tests__/soak/**/*.test.ts", `<rootDir>/__tests__/e2e/{${CROSSWISE.join()}}.test.ts`],
      globals: { ALL_ENGINES: true },
      globalSetup: "<rootDir>/__tests__/e2e/support/global-setup.ts",
    },
  ],
  testTimeout: 300_000,
  // End-to-end tests wait for engines and servers half of the time.
  maxWorkers: "100%",
  reporters: ["default", "<rootDir>/__tests__/support/progress-reporter.js"],
};
