import { Command, Option } from "commander";
import { addDeclaredInOption, type DeclaredInOption, declarationsOf } from "../declared/declared-in-option";
import type { Declarations } from "../declared/declarations";
import { toFindings } from "../findings/findings";
import { FINDINGS_FORMATS, type FindingsFormat, isFindingsFormat, writeFindings } from "../findings/formats/formats";
import { findingsOfCheck } from "../findings/of-check";
import { addExamples, type Example } from "../examples";
import { InputError } from "../input-error";
import type { Io } from "../io";
import { parseHours } from "../options/hours";
import { failOnOption } from "../options/fail-on";
import { parsePath } from "../options/url-path";
import { wholeNumber } from "../options/whole-number";
import { reportViolations } from "../rules/report";
import type { Rules } from "../rules/rule";
import { addRulesOption, type RulesOption, rulesOf } from "../rules/rules-option";
import { isColored } from "../show/is-colored";
import { countsOf, decimal, numberOf } from "../show/numbers";
import { checkOf } from "./check";
import type { Check } from "./checked-broker";
import { callsOf } from "./route/calls";
import { type GivenAddress, parseAddress, parseRoute, refuseStrayRoutes } from "./route/connect-to";
import { PROTOCOLS, type Protocol } from "./dial/answer";
import { dialAll, type Effort } from "./dial-all";
import { toJson } from "./formats/json";
import { toMarkdown } from "./formats/markdown";
import { toPrometheus } from "./formats/prometheus";
import { toTable } from "./formats/table";
import { judge, judgeUndialled } from "./judge";
import { BAD_KINDS, type Kind } from "./kinds";
import type { Place } from "./route/place";
import { type Brokers, readBrokers } from "./read-brokers";
import { readRoutes } from "./route/routes-file";
import { parseServerName } from "./route/server-name";

/** The formats of a check, by their names. */
const FORMATS = { table: toTable, json: toJson, markdown: toMarkdown, prometheus: toPrometheus } as const;

const FORMAT_NAMES = [...Object.keys(FORMATS), ...Object.keys(FINDINGS_FORMATS)];

/** Stands for every kind that needs attention. */
const ANY = "any";

const REASONS = [ANY, ...BAD_KINDS] as const;

interface Options extends Effort, RulesOption, DeclaredInOption {
  readonly address?: readonly GivenAddress[];
  readonly ca?: string;
  readonly connectTo?: ReadonlyMap<string, Place>;
  readonly connectToFile?: string;
  readonly port: number;
  readonly serverName?: string;
  readonly protocol: Protocol;
  readonly path: string;
  readonly format: keyof typeof FORMATS | FindingsFormat;
  readonly failOn?: readonly (Kind | typeof ANY)[];
  /** In hours. */
  readonly expiresWithin?: number;
}

const EXAMPLES: readonly Example[] = [
  ["check that brokers serve the declared certificates", "mqtt-pki check pki"],
  ["exit with 1 if one does not", "mqtt-pki check pki --fail-on any"],
  [
    "check a broker that no source declares, including MQTT",
    "mqtt-pki check --ca pki/ca.pem --address mqtt-1.example.com --protocol mqtt",
  ],
  ["dial a broker through a tunnel", "mqtt-pki check pki --connect-to mqtt-1.example.com=localhost:18883"],
];

export function checkCommand(io: Io): Command {
  const command = new Command("check")
    .description("Dials brokers, and checks that they serve the declared certificates and that clients accept them.")
    .argument(
      "[sources...]",
      'directories of PEM files, states as written by "terraform show -json" (or tofu), inventories as written by "mqtt-pki inventory --format json"; - reads a state or an inventory from standard input',
    )
    .option("--address <host[:port]>", "a broker that no source declares; may be repeated", parseAddress)
    .option("--ca <file>", "PEM file with the trust anchors of clients; overrides those of the sources")
    .option("--port <port>", "the port that brokers listen on", wholeNumber(1, 65_535), 8883)
    .option("--connect-to <name=host[:port]>", "dial a broker at another host or port; may be repeated", parseRoute)
    .option("--connect-to-file <file>", "the same for many brokers: CSV or JSON with address, host, port")
    .option(
      "--server-name <name>",
      "the server name that TLS sends to every broker (SNI), for a proxy that expects another one",
      parseServerName,
    )
    .addOption(new Option("--protocol <protocol>", "the protocol to speak").choices(PROTOCOLS).default("tls"))
    .option("--path <path>", "the path of the WebSocket", parsePath, "/mqtt")
    .option("--concurrency <number>", "how many brokers to dial at once", wholeNumber(1, 10_000), 256)
    .option("--timeout <seconds>", "the time limit for each broker", wholeNumber(1, 600), 10)
    .option(
      "--retries <number>",
      "how often to dial a broker again after a failed TLS handshake",
      wholeNumber(0, 10),
      1,
    )
    .addOption(new Option("--format <format>", "output format").choices(FORMAT_NAMES).default("table"))
    .option("--expires-within <time>", "report certificates that expire within this time: 12h, 30d or 4w", parseHours)
    .addOption(failOnOption(REASONS));
  addExamples(addDeclaredInOption(addRulesOption(command)), EXAMPLES);
  return command.action(async (names: readonly string[], options: Options) => {
    const { format, failOn = [] } = options;
    if (failOn.includes("ending") && options.expiresWithin === undefined) {
      throw new InputError("--fail-on ending", "needs a time", "add --expires-within 30d");
    }
    const { address: addresses = [], ca } = options;
    const rules = await rulesOf(io, options);
    const declarations = await declarationsOf(io, options);
    const sources = names.length === 0 && addresses.length === 0 ? ["-"] : names;
    const brokers = await readBrokers(io, { sources, addresses, ca });
    const check = await dialBrokers(io, brokers, options, { rules, declarations });
    if (isFindingsFormat(format)) {
      const own = findingsOfCheck(check, failOn, declarations);
      writeFindings(io, format, toFindings(io, { command, rules, declarations }, own, check.violations));
    } else {
      io.write(FORMATS[format](check, isColored(io)));
    }
    for (const { source, location, reason } of check.unreadable) {
      io.warn(`warning: ${source}: ${location}: ${reason}`);
    }
    stopFor(io, check, failOn);
    reportViolations(io, check.violations);
  });
}

async function dialBrokers(
  io: Io,
  { brokers, unreadable }: Brokers,
  options: Options,
  { rules, declarations }: { readonly rules: Rules | undefined; readonly declarations: Declarations },
): Promise<Check> {
  const { connectTo = new Map<string, Place>(), connectToFile: file, timeout, expiresWithin } = options;
  refuseStrayRoutes(connectTo, brokers);
  const routes = new Map([...(file === undefined ? [] : readRoutes(file, await io.read(file))), ...connectTo]);
  const calls = callsOf(brokers, { ...options, routes });
  const undialled = calls.flatMap(({ broker, target }) => (target === undefined ? [judgeUndialled(broker)] : []));
  const possible = calls.flatMap(({ broker, target }) => (target === undefined ? [] : [{ broker, target }]));
  const aim = { now: io.now, expiresWithin };
  // Judging takes as long as dialling, so it runs while other brokers are dialled.
  const dialled = await dialAll(
    possible,
    io.dial,
    { ...options, timeout: timeout * 1000 },
    {
      take: ({ broker, target }, answer) => judge(broker, target, answer, aim),
      tell: (done, of) => {
        io.progress(() => `${decimal(done)} of ${numberOf(of, "broker")}`);
      },
    },
  );
  return checkOf([...undialled, ...dialled], unreadable, io.now, rules, declarations);
}

/** A certificate that cannot be read may be one that fails. */
function stopFor(io: Io, { counts, unreadable }: Check, failOn: readonly string[]): void {
  const kinds = failOn.includes(ANY) ? BAD_KINDS : BAD_KINDS.filter((kind) => failOn.includes(kind));
  const found = Object.fromEntries(kinds.flatMap((kind) => (counts[kind] === undefined ? [] : [[kind, counts[kind]]])));
  if (Object.keys(found).length > 0) {
    io.warn(`Found ${countsOf(found)}.`);
  }
  if (Object.keys(found).length > 0 || (failOn.length > 0 && unreadable.length > 0)) {
    io.reportFindings();
  }
}
