/** A Prometheus gauge with a value for each sample. */
export interface Metric<Sample> {
  readonly name: string;
  readonly help: string;
  /** Undefined if the sample has no value for this metric. */
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

/** A report of many samples, at a time. */
interface Sampled<Sample> {
  readonly metrics: readonly Metric<Sample>[];
  readonly samples: readonly Sample[];
  /** The labels that identify a sample. */
  readonly labelsOf: (sample: Sample) => Readonly<Record<string, string>>;
  /** `mqtt_pki_inventory`: the report's own metrics begin with it. */
  readonly name: string;
  /** What happened at the report's time: `this report was written`. */
  readonly what: string;
  readonly report: { readonly time: string; readonly unreadable: readonly unknown[] };
  /** The number of violations of rules, without those that only warn or are waived. */
  readonly brokenRules: number;
}

/**
 * The text format of Prometheus, version 0.0.4, for the textfile collector of node exporter: a series for each sample, the number of
 * places that cannot be read, and the time of the report.
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
    ...singleMetric(
      `${name}_unreadable`,
      "Number of places with a certificate that cannot be read.",
      unreadable.length,
    ),
    ...singleMetric(
      `${name}_broken_rules`,
      "Number of violations of rules, without those that only warn or are waived.",
      brokenRules,
    ),
    ...singleMetric(`${name}_timestamp_seconds`, `Time when ${what}, in seconds since 1970.`, seconds(time)),
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
