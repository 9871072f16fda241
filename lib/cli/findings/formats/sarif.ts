import type { Location, Log, ReportingDescriptor, Result } from "sarif";
import { jsonText } from "../../../errors";
import type { FilePlace } from "../../declared/file-place";
import { numberOf } from "../../show/numbers";
import { descriptionOf, REPOSITORY } from "../description";
import { type Finding, type Findings, textOf } from "../finding";
import { fingerprintsOf } from "../fingerprint";

/** GitHub refuses a file with more (https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support). */
const RESULTS_AT_MOST = 25_000;

/** The fingerprint by which GitHub recognizes a result. */
const FINGERPRINT = "primaryLocationLineHash";

/** Writes SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), the most severe findings first. */
export function toSarif(findings: Findings): string {
  const { command, version, all, fallback } = findings;
  const told = all.filter(({ level }) => level !== "none");
  const shown = told.slice(0, RESULTS_AT_MOST);
  const ids = [...new Set(shown.map(({ id }) => id))];
  const fingerprints = fingerprintsOf(shown);
  const left = told.length - shown.length;
  const log: Log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "mqtt-pki",
            ...(version !== undefined && { semanticVersion: version }),
            informationUri: REPOSITORY,
            rules: ids.map((id) => descriptorOf(id, findings)),
          },
        },
        // Without this, the results of one command would replace those of another.
        automationDetails: { id: `mqtt-pki-${command}/` },
        columnKind: "utf16CodeUnits",
        ...(left > 0 && {
          invocations: [
            {
              executionSuccessful: true,
              toolExecutionNotifications: [
                { level: "warning", message: { text: `${numberOf(left, "result")} left out: the least severe.` } },
              ],
            },
          ],
        }),
        results: shown.map((finding, index) =>
          resultOf(finding, ids.indexOf(finding.id), fingerprints[index] ?? "", fallback),
        ),
      },
    ],
  };
  return `${jsonText(log, 2)}\n`;
}

function descriptorOf(id: string, { all, rules }: Findings): ReportingDescriptor {
  const { text, uri } = descriptionOf(id, rules);
  const sentence = messageText(withStop(text.charAt(0).toUpperCase() + text.slice(1)));
  const { level = "warning" } = all.find((finding) => finding.id === id) ?? {};
  return {
    id,
    shortDescription: { text: sentence },
    fullDescription: { text: sentence },
    help: { text: `${sentence} See ${uri}` },
    helpUri: uri,
    defaultConfiguration: { level },
    properties: { tags: ["certificates", "mqtt"] },
  };
}

function resultOf(finding: Finding, ruleIndex: number, fingerprint: string, fallback: FilePlace): Result {
  const { id, level, location, declared, rule, waiver } = finding;
  return {
    ruleId: id,
    ruleIndex,
    level,
    message: { text: messageText(withStop(textOf(finding))) },
    locations: [
      {
        ...locationOf(declared ?? rule ?? fallback),
        ...(location !== null && { logicalLocations: [{ fullyQualifiedName: location }] }),
      },
    ],
    ...(rule !== undefined && {
      relatedLocations: [{ id: 1, message: { text: "The rule." }, ...locationOf(rule) }],
    }),
    partialFingerprints: { [FINGERPRINT]: `${fingerprint.slice(0, 16)}:1` },
    ...(waiver !== undefined && {
      suppressions: [{ kind: "external", status: "accepted", justification: waiver }],
    }),
  };
}

function locationOf({ file, line, col }: FilePlace): Location {
  return {
    physicalLocation: {
      artifactLocation: { uri: file.split("/").map(encodeURIComponent).join("/") },
      region: { startLine: line, ...(col !== undefined && { startColumn: col }) },
    },
  };
}

/** Escapes brackets, which would make a link, and braces, which stand for arguments (sections 3.11.5 and 3.11.6). */
function messageText(text: string): string {
  return text.replace(/[\\[\]]/g, "\\$&").replace(/[{}]/g, "$&$&");
}

function withStop(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
