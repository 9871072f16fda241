/** A metric of Prometheus, a gauge, of each of many. */
export interface Metric<Sample> {
  readonly name: string;
  readonly help: string;
  /** Undefined where it has no value of this. */
  readonly value: (sample: Sample) => number | undefined;
}

/**
 * Lines in the text format of Prometheus, version 0.0.4. A metric without a value is left out.
 *
 * @param labelsOf what tells any two apart
 */
export function metricLines<Sample>(
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

/** The lines of a metric that has one value. */
export function singleMetric(name: string, help: string, value: number): string[] {
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
