import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020";
import type { Log, Run } from "sarif";
import type { Findings } from "../../../../lib/cli/findings/finding";
import { toSarif } from "../../../../lib/cli/findings/formats/sarif";
import { describeWith } from "../../../e2e/support/machine";
import { fixture } from "../../fixtures";
import { mqttPki } from "../../inventory/support";
import { FINE, findingsOf, HOSTILE, HOSTILE_CASES, hostile, many, REMOVED, WAIVED } from "../support";

/** Microsoft's validator, and the schema that comes with it. */
const program = multitool();
const schema = join(dirname(program), "sarif-2.1.0.json");

const isValid = existsSync(schema)
  ? new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(readFileSync(schema, "utf8")) as object)
  : undefined;

/** Without the rule that asks servers for each URI. */
const OFFLINE = `<?xml version="1.0" encoding="utf-8"?>
<Properties>
  <Properties Key="SARIF2006.UrisShouldBeReachable.Options">
    <Property Key="RuleEnabled" Value="Disabled" />
  </Properties>
</Properties>`;

const RULES = "rules:\n  - { name: keys, keyAlgorithms: [Ed25519] }\n  - { name: steps, changesAtMost: 0 }\n";

/** The path of the program, or an empty text on a platform without one. */
function multitool(): string {
  try {
    return createRequire(__filename)("@microsoft/sarif-multitool") as string;
  } catch {
    return "";
  }
}

function runOf(findings: Findings): Run {
  const log = JSON.parse(toSarif(findings)) as Log;
  const [run] = log.runs;
  if (run === undefined) {
    throw new Error("There is no run.");
  }
  return run;
}

describe("SARIF", () => {
  it("toSarif writes each finding above level none with rule and place", () => {
    const { tool, results = [] } = runOf(findingsOf(FINE, WAIVED, REMOVED));

    expect(tool.driver.rules?.map(({ id, helpUri }) => [id, helpUri])).toEqual([
      ["review/removed", expect.stringMatching(/\/docs\/reference\/review\.md#kinds$/)],
      ["rules/small-steps", expect.stringMatching(/\/docs\/reference\/rules\.md#a-rule$/)],
    ]);
    expect(results).toEqual([
      {
        ruleId: "review/removed",
        ruleIndex: 0,
        level: "error",
        message: { text: "mqtt-1.example.com: removed: it stays valid." },
        locations: [
          {
            physicalLocation: { artifactLocation: { uri: "fleet/north.csv" }, region: { startLine: 3 } },
            logicalLocations: [{ fullyQualifiedName: "tls_locally_signed_cert.broker" }],
          },
        ],
        partialFingerprints: { primaryLocationLineHash: expect.stringMatching(/^[\da-f]{16}:1$/) as string },
      },
      expect.objectContaining({
        level: "note",
        relatedLocations: [expect.objectContaining({ message: { text: "The rule." } })],
        suppressions: [
          { kind: "external", status: "accepted", justification: "waived until 2027-05-31 by ops: agreed" },
        ],
      }),
    ]);
  });

  it("toSarif places an undeclared finding in the fleet's file, because GitHub needs a place", () => {
    const { results = [] } = runOf(findingsOf({ ...REMOVED, declared: undefined }));

    expect(results[0]?.locations?.[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: "main.ts" },
      region: { startLine: 1 },
    });
  });

  it("toSarif writes unique fingerprints that depend on neither line nor message", () => {
    const fingerprintsOf = (findings: Findings) =>
      runOf(findings).results?.map(({ partialFingerprints }) => partialFingerprints?.["primaryLocationLineHash"]);
    const before = fingerprintsOf(findingsOf(REMOVED, REMOVED, { ...REMOVED, address: "b" }));
    const moved = { ...REMOVED, message: "another", declared: { file: "b.csv", line: 9 } };

    expect(new Set(before).size).toBe(3);
    expect(fingerprintsOf(findingsOf(moved, moved, { ...moved, address: "b" }))).toEqual(before);
  });

  it("toSarif writes at most GitHub's limit, the most severe first, and counts the rest", () => {
    const findings = findingsOf(...many(25_000, { ...REMOVED, level: "warning" }), ...many(10));
    const text = toSarif(findings);
    const { results = [], invocations = [] } = runOf(findings);

    expect(results).toHaveLength(25_000);
    expect(results.slice(0, 11).map(({ level }) => level)).toEqual([...Array<string>(10).fill("error"), "warning"]);
    expect(JSON.stringify(invocations)).toContain("10 results left out");
    expect(gzipSync(text).length).toBeLessThan(10_000_000);
  });

  it("toSarif escapes links and arguments in messages, and encodes paths as URIs", () => {
    const { results = [] } = runOf(findingsOf(hostile("[a](https://e.example) {0} %20#")));
    const { physicalLocation } = results[0]?.locations?.[0] ?? {};

    expect(results[0]?.message.text).toContain(String.raw`\[a\](https://e.example) {{0}} %20#`);
    expect(physicalLocation?.artifactLocation?.uri).toBe("a/%5Ba%5D(https%3A/e.example)%20%7B0%7D%20%2520%23");
  });
});

const schemaTool = {
  program: schema,
  ...(isValid === undefined && { missing: "the SARIF multitool, with the schema" }),
};

describeWith([schemaTool], "The schema of SARIF 2.1.0", () => {
  it.each(HOSTILE_CASES)("toSarif matches the schema with a hostile text: %s", (_, text) => {
    expect(isValid?.(JSON.parse(toSarif(findingsOf(hostile(text), REMOVED, WAIVED, FINE))))).toBe(true);
    expect(isValid?.errors).toBeNull();
  });
});

const isRunning = existsSync(program) && validate(toSarif(findingsOf(REMOVED))).status === 0;
const validator = { program, ...(!isRunning && { missing: "the SARIF multitool" }) };

describeWith([validator], "Microsoft's validator, and GitHub's rules in it", () => {
  it("the SARIF validator accepts a review", async () => {
    const { output } = await mqttPki(
      { "plan.json": fixture("terraform", "state", "several-at-once"), "mqtt-pki.yaml": RULES },
      ["review", "plan.json", "--format", "sarif"],
    );

    expect(validate(output).problems).toEqual([]);
  });

  it("the SARIF validator accepts hostile texts", () => {
    expect(validate(toSarif(findingsOf(...HOSTILE.map(hostile)))).problems).toEqual([]);
  });

  it("the SARIF validator reports errors", () => {
    const corrupt = toSarif(findingsOf(REMOVED)).replace('"startLine": 3', '"startLine": 0');

    expect(validate(corrupt).problems).not.toEqual([]);
  });
});

/** Errors and warnings. Notes ask for what only a network tells, and for messages without their texts. */
function validate(text: string): { readonly status: number | null; readonly problems: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), "sarif-"));
  const file = join(folder, "a.sarif");
  try {
    writeFileSync(file, text);
    // A script of its package would do this, and npm runs none.
    chmodSync(program, 0o755);
    const config = join(folder, "config.xml");
    writeFileSync(config, OFFLINE);
    const args = ["validate", file, "--rule-kind", "Sarif;Gh;Ghas", "--config", config];
    const { status, stdout } = spawnSync(program, args, {
      env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" },
      encoding: "utf8",
    });
    return { status, problems: stdout.split("\n").filter((line) => /\.sarif\(.*: (error|warning) /.test(line)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
