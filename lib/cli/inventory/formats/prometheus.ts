import type { Entry, Inventory } from "../entry";

interface Metric {
  readonly name: string;
  readonly help: string;
  /** Undefined where it has no value of this. */
  readonly value: (entry: Entry) => number | undefined;
}

const METRICS: readonly Metric[] = [
  {
    name: "mqtt_pki_certificate_not_after_timestamp_seconds",
    help: "When the certificate ends, in seconds since 1970.",
    value: ({ notAfter, estimated }) => (estimated ? undefined : seconds(notAfter)),
  },
  {
    name: "mqtt_pki_certificate_not_before_timestamp_seconds",
    help: "When the certificate begins, in seconds since 1970.",
    value: ({ notBefore, estimated }) => (estimated ? undefined : seconds(notBefore)),
  },
  {
    name: "mqtt_pki_certificate_estimated_not_after_timestamp_seconds",
    help: "About when a certificate ends that is not in the state, in seconds since 1970.",
    value: ({ notAfter, estimated }) => (estimated ? seconds(notAfter) : undefined),
  },
  {
    name: "mqtt_pki_certificate_accepted",
    help: "Whether a client that trusts ca.pem accepted the certificate when this was written: 1 or 0.",
    value: ({ accepted }) => (accepted === null ? undefined : Number(accepted)),
  },
];

/** The text format of Prometheus, version 0.0.4, for the textfile collector of node exporter. */
export function toPrometheus({ time, certificates, unreadable }: Inventory): string {
  const metrics = METRICS.flatMap(({ name, help, value }) => {
    const samples = certificates.flatMap((entry) => {
      const sample = value(entry);
      return sample === undefined ? [] : [`${name}${labelsOf(entry)} ${sample}`];
    });
    return samples.length === 0 ? [] : [...header(name, help), ...samples];
  });
  const lines = [
    ...metrics,
    ...header("mqtt_pki_inventory_unreadable", "How many places had a certificate that cannot be read."),
    `mqtt_pki_inventory_unreadable ${unreadable.length}`,
    ...header("mqtt_pki_inventory_timestamp_seconds", "When this was written, in seconds since 1970."),
    `mqtt_pki_inventory_timestamp_seconds ${seconds(time) ?? 0}`,
  ];
  return `${lines.join("\n")}\n`;
}

function header(name: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`];
}

/** Source and location tell any two apart. */
function labelsOf({ source, location, kind, address, issuer, serialNumber }: Entry): string {
  const labels = { source, location, kind, address, issuer: issuer?.commonName ?? "", serial: serialNumber ?? "" };
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",")}}`;
}

function escaped(value: string): string {
  return value.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n");
}

function seconds(time: string | null): number | undefined {
  return time === null ? undefined : Date.parse(time) / 1000;
}
