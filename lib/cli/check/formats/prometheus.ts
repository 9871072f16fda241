import { type Metric, metricsPage, seconds } from "../../show/metrics";
import { isFailure } from "../../rules/violation";
import type { Check, CheckedBroker } from "../checked-broker";
import { dialled } from "./table";

const METRICS: readonly Metric<CheckedBroker>[] = [
  {
    name: "mqtt_pki_broker_reachable",
    help: "Whether a TLS handshake with the broker came to its end when this was written: 1 or 0.",
    value: ({ dialled, protocol }) => (dialled === null ? undefined : Number(protocol !== null)),
  },
  {
    name: "mqtt_pki_broker_accepted",
    help: "Whether a client that trusts ca.pem accepted what the broker served: 1 or 0.",
    value: ({ accepted }) => (accepted === null ? undefined : Number(accepted)),
  },
  {
    name: "mqtt_pki_broker_current",
    help: "Whether the broker served the certificate that is declared: 1 or 0.",
    value: ({ sameCertificate }) => (sameCertificate === null ? undefined : Number(sameCertificate)),
  },
  {
    name: "mqtt_pki_broker_served_not_before_timestamp_seconds",
    help: "When the certificate begins that the broker served, in seconds since 1970.",
    value: ({ served }) => (served === null ? undefined : seconds(served.notBefore)),
  },
  {
    name: "mqtt_pki_broker_served_not_after_timestamp_seconds",
    help: "When the certificate ends that the broker served, in seconds since 1970.",
    value: ({ served }) => (served === null ? undefined : seconds(served.notAfter)),
  },
];

export function toPrometheus(check: Check): string {
  return metricsPage({
    ...{ metrics: METRICS, samples: check.brokers, labelsOf },
    ...{
      name: "mqtt_pki_check",
      what: "brokers were dialled",
      report: check,
      brokenRules: check.violations.filter(isFailure).length,
    },
  });
}

/** A broker is there once a source. Its serial number is no label: a renewal would begin another series. */
function labelsOf(broker: CheckedBroker): Readonly<Record<string, string>> {
  return { source: broker.source, address: broker.address, dialled: dialled(broker) };
}
