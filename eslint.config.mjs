import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Layers, from the bottom: values, constructs, fleet. Each may import from those below it. */
const only = (files, forbidden, message) => ({
  files,
  rules: {
    "no-restricted-imports": ["error", { patterns: forbidden.map((regex) => ({ regex, message })) }],
  },
});

const CDK = "lib/cdk.ts alone knows which CDK it is.";

const COMMAND_LINE = "The command line knows values and the format of custody machine, and nothing of cdktf.";

const CDK_PACKAGES = "^@?cdkt[fn]";

/** What the command line does not import, from where `lib` is what `toLib` says. */
const commandLine = (toLib) => [CDK_PACKAGES, "^constructs$", `${toLib}(?!errors$|values/|machine-format/)`];

export default tseslint.config(
  { ignores: ["dist/", "cdktf.out/", "node_modules/", "lib/custody/machine/program.cjs"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_$" }],
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
      "@typescript-eslint/unbound-method": ["error", { ignoreStatic: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  { files: ["**/*.{js,mjs}"], ...tseslint.configs.disableTypeChecked },
  {
    files: ["**/*.js"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
    languageOptions: {
      sourceType: "commonjs",
      globals: {
        module: "writable",
        require: "readonly",
        process: "readonly",
        console: "readonly",
        __dirname: "readonly",
      },
    },
  },
  only(["lib/values/**"], [CDK_PACKAGES, "^constructs$", "^\\.\\./(?!errors$)"], "Values know nothing of cdktf."),
  only(
    ["lib/machine-format/**"],
    ["^(?!\\./|\\.\\./values/|\\.\\./errors$|node:crypto$)"],
    "What constructs, the program and the command line have in common knows values alone.",
  ),
  only(["lib/custody/**"], [CDK_PACKAGES], CDK),
  only(
    ["lib/*.ts"],
    ["broker-pki$", "^\\./fleet-", CDK_PACKAGES],
    "Constructs know nothing of the fleet, nor which CDK it is.",
  ),
  only(
    ["lib/broker-pki.ts", "lib/fleet-*.ts"],
    [CDK_PACKAGES, "/provider"],
    "The fleet builds on constructs, not on providers.",
  ),
  only(["lib/cli/*.ts"], commandLine("^\\.\\./"), COMMAND_LINE),
  only(["lib/cli/*/*.ts"], commandLine("^(\\.\\./){2}"), COMMAND_LINE),
  only(["lib/cli/*/*/*.ts"], commandLine("^(\\.\\./){3}"), COMMAND_LINE),
  { files: ["lib/index.ts", "lib/cdk.ts"], rules: { "no-restricted-imports": "off" } },
  only(["main.ts"], ["^\\./lib/"], "The app imports the library as its users do."),
);
