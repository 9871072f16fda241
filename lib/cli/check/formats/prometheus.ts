import { type Metric, metricsPage, seconds } from "../../show/metrics";
import { isFailure } from "../../rules/violation";
import type { Check, CheckedBroker } from "../checked-broker";
import { dialled } from "./table";

const METRICS: readonly Metric<CheckedBroker>[] = [
  {
    name: "mqtt_pki_broker_reachable",
    help: "Whether a TLS handshake with the broker succeeded: 1 or 0.",
    value: ({ dialled, protocol }) => (dialled === null ? undefined : Number(protocol !== null)),
  },
  {
    name: "mqtt_pki_broker_accepted",
    help: "Whether a client that trusts ca.pem accepted the certificate that the broker served: 1 or 0.",
    value: ({ accepted }) => (accepted === null ? undefined : Number(accepted)),
  },
  {
    name: "mqtt_pki_broker_current",
    help: "Whether the broker served the declared certificate: 1 or 0.",
    value: ({ sameCertificate }) => (sameCertificate === null ? undefined : Number(sameCertificate)),
  },
  {
    name: "mqtt_pki_broker_served_not_before_timestamp_seconds",
    help: "Time from which the served certificate is valid, in seconds since 1970.",
    value: ({ served }) => (served === null ? undefined : seconds(served.notBefore)),
  },
  {
    name: "mqtt_pki_broker_served_not_after_timestamp_seconds",
    help: "Time when the served certificate expires, in seconds since 1970.",
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

/** Each broker appears once per source. The serial number is not a label: each renewal would start a new series. */
function labelsOf(broker: CheckedBroker): Readonly<Record<string, string>> {
  return { source: broker.source, address: broker.address, dialled: dialled(broker) };
}
