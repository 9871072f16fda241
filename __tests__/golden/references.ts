import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { FLEET_SCHEMA } from "../../lib/fleet-file/fleet-schema";
import { RULE_KINDS } from "../../lib/cli/rules/kinds";
import { rulesSchema } from "../../lib/cli/rules/rules-schema";
import { CERTIFICATE_AUTHORITY, GENERATION, IMPORTED_AUTHORITY } from "../../lib/spec/properties/authority";
import { BROKER } from "../../lib/spec/properties/broker";
import { FLEET, FLEET_OUTPUT } from "../../lib/spec/properties/fleet";
import { dashboard } from "../../scripts/dashboard";
import type { Property } from "../../lib/spec/properties/property";
import { commandsPage } from "./commands-page";
import { PAGES_WITH_TABLES, tableOf, withTables } from "./reference-tables";

const REPOSITORY = join(__dirname, "../..");

/** The files that are generated from code, by their paths. */
export async function references(): Promise<Readonly<Record<string, string>>> {
  const texts = {
    "schema/fleet.schema.json": JSON.stringify(FLEET_SCHEMA),
    "schema/rules.schema.json": JSON.stringify(rulesSchema(RULE_KINDS)),
    "monitoring/dashboard.json": JSON.stringify(dashboard()),
    "docs/reference/options.md": optionsPage(),
    "docs/reference/commands.md": await commandsPage(),
    ...Object.fromEntries(PAGES_WITH_TABLES.map((page) => [page, withTables(page)])),
  };
  return Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, formatted(path, text)]));
}

/** Uses Prettier's command, because tests cannot load its library. */
function formatted(path: string, text: string): string {
  const prettier = join(REPOSITORY, "node_modules/prettier/bin/prettier.cjs");
  const args = [prettier, "--stdin-filepath", path];
  return execFileSync(process.execPath, args, { cwd: REPOSITORY, input: text, encoding: "utf8" });
}

function optionsPage(): string {
  return `# Options

All options of \`BrokerPki\`. The types have the same options, with units and limits. \`npm run golden\`
writes this page.

A variable is a Terraform variable: its value comes from the environment (\`TF_VAR_\` and its name),
and is not in the declaration.

## The fleet

A fleet also takes every option of a broker, except \`address\`, \`csrFile\`, \`csrPem\` and \`shard\`, as the
default for all brokers. Alternative addresses and attributes of the subject add up.

${table({ ...FLEET, ...FLEET_OUTPUT })}

## A broker

${table(BROKER)}

## An authority

${table({ ...CERTIFICATE_AUTHORITY, ...GENERATION })}

## An imported authority

${table({ ...IMPORTED_AUTHORITY, ...GENERATION })}
`;
}

function table(properties: Readonly<Record<string, Property>>): string {
  // An authority has its fleet's custody.
  const rows = Object.entries(properties).flatMap((one) =>
    one[0] === "custody" && !("brokers" in properties) ? [] : [row(one)],
  );
  return tableOf(["option", "what", "default"], rows);
}

function row([name, { what, inCode, default: usual, page }]: readonly [string, Property]): string[] {
  if (page !== undefined && !existsSync(join(REPOSITORY, "docs", page))) {
    throw new Error(`There is no page docs/${page}, which describes ${name}`);
  }
  const more = page === undefined ? "" : ` See [${basename(page, ".md")}](../${page}).`;
  return [`\`${name}\``, `${what}${inCode === undefined ? "" : ` In code: ${inCode}.`}${more}`, usual ?? ""];
}
