import { type Metric, metricsPage, seconds } from "../../show/metrics";
import { isFailure } from "../../rules/violation";
import type { Entry, Inventory } from "../entry";

const METRICS: readonly Metric<Entry>[] = [
  {
    name: "mqtt_pki_certificate_not_after_timestamp_seconds",
    help: "Time when the certificate expires, in seconds since 1970.",
    value: ({ notAfter, estimated }) => (estimated ? undefined : known(notAfter)),
  },
  {
    name: "mqtt_pki_certificate_not_before_timestamp_seconds",
    help: "Time from which the certificate is valid, in seconds since 1970.",
    value: ({ notBefore, estimated }) => (estimated ? undefined : known(notBefore)),
  },
  {
    name: "mqtt_pki_certificate_renewal_timestamp_seconds",
    help: "Time from which a deployment renews the certificate, in seconds since 1970.",
    value: ({ renewsAt }) => known(renewsAt),
  },
  {
    name: "mqtt_pki_certificate_estimated_not_after_timestamp_seconds",
    help: "Estimated time when a certificate expires that is not in the state, in seconds since 1970.",
    value: ({ notAfter, estimated }) => (estimated ? known(notAfter) : undefined),
  },
  {
    name: "mqtt_pki_certificate_accepted",
    help: "Whether a client that trusts ca.pem accepted the certificate at the time of this report: 1 or 0.",
    value: ({ accepted }) => (accepted === null ? undefined : Number(accepted)),
  },
];

export function toPrometheus(inventory: Inventory): string {
  return metricsPage({
    ...{ metrics: METRICS, samples: inventory.certificates, labelsOf },
    ...{
      name: "mqtt_pki_inventory",
      what: "this report was written",
      report: inventory,
      brokenRules: inventory.violations.filter(isFailure).length,
    },
  });
}

/** Source and location identify a certificate. */
function labelsOf({ source, location, kind, address, issuer, serialNumber }: Entry): Readonly<Record<string, string>> {
  return { source, location, kind, address, issuer: issuer?.commonName ?? "", serial: serialNumber ?? "" };
}

function known(time: string | null): number | undefined {
  return time === null ? undefined : seconds(time);
}
