import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** What files may not import: expressions for the names, each with what to say. */
const refuse = (files, ...forbidden) => ({
  files,
  rules: {
    "no-restricted-imports": ["error", { patterns: forbidden.map(([regex, message]) => ({ regex, message })) }],
  },
});

/** What each folder of lib/ imports from others, besides `errors`. */
const DIRECTIONS = {
  values: [],
  x509: ["values"],
  spec: ["x509", "values"],
  "located-text": ["values"],
  "fleet-file": ["located-text", "spec", "values"],
  "machine-format": ["values"],
  cli: ["fleet-file", "located-text", "machine-format", "x509", "values"],
  terraform: ["values", "cdk"],
  custody: ["terraform", "machine-format", "spec", "x509", "values", "cdk"],
  constructs: ["custody", "terraform", "spec", "values", "cdk"],
  fleet: ["constructs", "custody", "terraform", "fleet-file", "spec", "values", "cdk"],
};

const directions = Object.entries(DIRECTIONS).flatMap(([folder, others]) => {
  const knowsCdk = others.includes("cdk");
  const packages = knowsCdk
    ? ["^@?cdkt[fn]", "lib/cdk.ts alone knows which CDK it is."]
    : ["^@?cdkt[fn]|^constructs$", `lib/${folder} knows no CDK.`];
  const names = ["errors$", ...others.map((other) => (other === "cdk" ? "cdk$" : `${other}/`))];
  const isPure = folder === "values" ? [["^(node:)?(fs|process)$|^(node:)?fs/", "Values read nothing."]] : [];
  // How far it is up to lib/ is seen in the name of what is imported.
  return [1, 2, 3, 4, 5].map((depth) =>
    refuse([`lib/${folder}${"/*".repeat(depth)}.{ts,tsx}`], packages, ...isPure, [
      `^(\\.\\./){${depth}}(?!\\.\\.|${names.join("|")})`,
      `lib/${folder} imports from ${["errors", ...others].join(", ")} alone.`,
    ]),
  );
});

export default tseslint.config(
  { ignores: ["dist/", "cdktf.out/", "node_modules/", "lib/custody/machine/program.cjs", "lib/cli/page/bundle/"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_$" }],
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
      // An internal overload is no part of the API.
      "@typescript-eslint/unified-signatures": ["error", { ignoreOverloadsWithDifferentJSDoc: true }],
      "@typescript-eslint/unbound-method": ["error", { ignoreStatic: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    files: ["lib/**/*.{ts,tsx}"],
    plugins: { "import-x": importX },
    settings: {
      "import-x/parsers": { "@typescript-eslint/parser": [".ts", ".tsx"] },
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".tsx", ".js"] })],
    },
    rules: { "import-x/no-cycle": ["error", { ignoreExternal: true }] },
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
  { files: ["lib/**/*.{ts,tsx}"], rules: { "max-lines": ["error", 300] } },
  {
    files: ["__tests__/**/*.test.ts"],
    rules: {
      "max-lines": ["error", 500],
      "no-restricted-syntax": [
        "error",
        ...["[callee.name='it']", "[callee.callee.object.name='it']", "[callee.object.name='it']"].flatMap((callee) => [
          {
            selector: `CallExpression${callee} > Literal.arguments:first-child[value=/^(?:is|are|has|have|does|says?|tells?|refuses?|keeps?) /]`,
            message: "A title stands alone: it begins with what it is about.",
          },
          {
            selector: `CallExpression${callee} > Literal.arguments:first-child[value=/^.{121}/]`,
            message: "A title has at most 120 characters.",
          },
        ]),
      ],
    },
  },
  ...directions,
  refuse(["main.ts"], ["^\\./lib/", "The app imports the library as its users do."]),
);
