import XMLBuilder from "fast-xml-builder";
import { place } from "../../../located-text/located-text";
import type { FilePlace } from "../../declared/file-place";
import { byId } from "../by-id";
import type { Finding, Findings } from "../finding";

const builder = new XMLBuilder({
  format: true,
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  suppressEmptyNode: true,
});

/** The name of tests that concern no single certificate. */
const ALL = "all";

/**
 * Writes JUnit XML of Jenkins' schema: a suite for each rule and each kind, with a test for each certificate. An error is a
 * failure, and a waived finding is a skipped test. The file contains no times, so that the same input gives the same bytes.
 */
export function toJunit({ command, all }: Findings): string {
  const name = `mqtt-pki ${command}`;
  const xml: string = builder.build({
    "?xml": { "@version": "1.0", "@encoding": "UTF-8" },
    testsuites: {
      "@name": name,
      ...countsOf(all),
      testsuite: Array.from(byId(all), ([id, findings]) => suiteOf(id, findings)),
    },
  });
  return xml;
}

function countsOf(findings: readonly Finding[]): object {
  const failures = findings.filter(({ level }) => level === "error").length;
  return { "@tests": findings.length, "@failures": failures, "@errors": 0 };
}

function suiteOf(id: string, findings: readonly Finding[]): object {
  const skipped = findings.filter(({ waiver }) => waiver !== undefined).length;
  const names = namesOf(findings);
  return {
    "@name": id,
    ...countsOf(findings),
    "@skipped": skipped,
    testcase: findings.map((finding, index) => ({
      "@name": names[index],
      "@classname": id.replace("/", "."),
      ...outcomeOf(finding),
    })),
  };
}

function outcomeOf(finding: Finding): object {
  const { id, level, message, declared, rule, waiver } = finding;
  if (waiver !== undefined) {
    return { skipped: `${message}; ${waiver}` };
  }
  const places = [...lineOf("declared in", declared), ...lineOf("rule in", rule)];
  const text = [message, ...places].join("\n");
  switch (level) {
    case "error":
      return { failure: { "@type": id, "@message": message, "#text": text } };
    case "none":
      return {};
    default:
      return { "system-out": `${level}: ${text}` };
  }
}

function lineOf(what: string, where: FilePlace | undefined): string[] {
  return where === undefined ? [] : [`${what} ${place(where.file, where)}`];
}

/** GitLab keeps one test for each name, so tests of one certificate are distinguished by location, and then by number. */
function namesOf(findings: readonly Finding[]): string[] {
  const short = findings.map(({ address }) => address ?? ALL);
  const long = distinct(short, (name, index) => {
    const location = findings[index]?.location;
    return location === null || location === undefined || location === name ? name : `${name} (${location})`;
  });
  const counts = new Map<string, number>();
  return distinct(long, (name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return `${name} #${count}`;
  });
}

/** Changes the names that occur more than once. */
function distinct(names: readonly string[], tell: (name: string, index: number) => string): string[] {
  const counts = new Map<string, number>();
  for (const name of names) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return names.map((name, index) => (counts.get(name) === 1 ? name : tell(name, index)));
}
