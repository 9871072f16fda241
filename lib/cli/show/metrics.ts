/** A metric of Prometheus, a gauge, of each of many. */
export interface Metric<Sample> {
  readonly name: string;
  readonly help: string;
  /** Undefined where it has no value of this. */
  readonly value: (sample: Sample) => number | undefined;
}

/** A metric without a value is left out. */
function metricLines<Sample>(
  metrics: readonly Metric<Sample>[],
  samples: readonly Sample[],
  labelsOf: (sample: Sample) => Readonly<Record<string, string>>,
): string[] {
  return metrics.flatMap(({ name, help, value }) => {
    const lines = samples.flatMap((sample) => {
      const number = value(sample);
      return number === undefined ? [] : [`${name}${labels(labelsOf(sample))} ${number}`];
    });
    return lines.length === 0 ? [] : [...header(name, help), ...lines];
  });
}

/** A report of many, at a time. */
interface Sampled<Sample> {
  readonly metrics: readonly Metric<Sample>[];
  readonly samples: readonly Sample[];
  /** What tells any two apart. */
  readonly labelsOf: (sample: Sample) => Readonly<Record<string, string>>;
  /** `mqtt_pki_inventory`: the report's own metrics begin with it. */
  readonly name: string;
  /** `this was written`: what happened at its time. */
  readonly what: string;
  readonly report: { readonly time: string; readonly unreadable: readonly unknown[] };
  /** How often rules of one's own were broken, but for what only warns or is waived. */
  readonly brokenRules: number;
}

/**
 * The text format of Prometheus, version 0.0.4, for the textfile collector of node exporter: a series for each of many, how many could
 * not be read, and when that was.
 */
export function metricsPage<Sample>({
  metrics,
  samples,
  labelsOf,
  name,
  what,
  report,
  brokenRules,
}: Sampled<Sample>): string {
  const { time, unreadable } = report;
  const lines = [
    ...metricLines(metrics, samples, labelsOf),
    ...singleMetric(`${name}_unreadable`, "How many places had a certificate that cannot be read.", unreadable.length),
    ...singleMetric(
      `${name}_broken_rules`,
      "How often rules of one's own were broken, but for what only warns or is waived.",
      brokenRules,
    ),
    ...singleMetric(`${name}_timestamp_seconds`, `When ${what}, in seconds since 1970.`, seconds(time)),
  ];
  return `${lines.join("\n")}\n`;
}

/** The lines of a metric that has one value. */
function singleMetric(name: string, help: string, value: number): string[] {
  return [...header(name, help), `${name} ${value}`];
}

/** @param time RFC 3339 */
export function seconds(time: string): number {
  return Date.parse(time) / 1000;
}

function header(name: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`];
}

function labels(all: Readonly<Record<string, string>>): string {
  return `{${Object.entries(all)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",")}}`;
}

function escaped(value: string): string {
  return value.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n");
}
