import { type Metric, metricLines, seconds, singleMetric } from "../../show/metrics";
import { isFailure } from "../../rules/violation";
import type { Entry, Inventory } from "../entry";

const METRICS: readonly Metric<Entry>[] = [
  {
    name: "mqtt_pki_certificate_not_after_timestamp_seconds",
    help: "When the certificate ends, in seconds since 1970.",
    value: ({ notAfter, estimated }) => (estimated ? undefined : known(notAfter)),
  },
  {
    name: "mqtt_pki_certificate_not_before_timestamp_seconds",
    help: "When the certificate begins, in seconds since 1970.",
    value: ({ notBefore, estimated }) => (estimated ? undefined : known(notBefore)),
  },
  {
    name: "mqtt_pki_certificate_renewal_timestamp_seconds",
    help: "From when on a deployment renews the certificate, in seconds since 1970.",
    value: ({ renewsAt }) => known(renewsAt),
  },
  {
    name: "mqtt_pki_certificate_estimated_not_after_timestamp_seconds",
    help: "About when a certificate ends that is not in the state, in seconds since 1970.",
    value: ({ notAfter, estimated }) => (estimated ? known(notAfter) : undefined),
  },
  {
    name: "mqtt_pki_certificate_accepted",
    help: "Whether a client that trusts ca.pem accepted the certificate when this was written: 1 or 0.",
    value: ({ accepted }) => (accepted === null ? undefined : Number(accepted)),
  },
];

/** The text format of Prometheus, version 0.0.4, for the textfile collector of node exporter. */
export function toPrometheus({ time, certificates, unreadable, violations }: Inventory): string {
  const lines = [
    ...metricLines(METRICS, certificates, labelsOf),
    ...singleMetric(
      "mqtt_pki_inventory_unreadable",
      "How many places had a certificate that cannot be read.",
      unreadable.length,
    ),
    ...singleMetric(
      "mqtt_pki_inventory_broken_rules",
      "How often rules of one's own were broken, but for what only warns or is waived.",
      violations.filter(isFailure).length,
    ),
    ...singleMetric(
      "mqtt_pki_inventory_timestamp_seconds",
      "When this was written, in seconds since 1970.",
      seconds(time),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

/** Source and location tell any two apart. */
function labelsOf({ source, location, kind, address, issuer, serialNumber }: Entry): Readonly<Record<string, string>> {
  return { source, location, kind, address, issuer: issuer?.commonName ?? "", serial: serialNumber ?? "" };
}

function known(time: string | null): number | undefined {
  return time === null ? undefined : seconds(time);
}
