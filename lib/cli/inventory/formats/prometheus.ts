import { type Metric, metricsPage, seconds } from "../../show/metrics";
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

export function toPrometheus(inventory: Inventory): string {
  return metricsPage({
    ...{ metrics: METRICS, samples: inventory.certificates, labelsOf },
    ...{
      name: "mqtt_pki_inventory",
      what: "this was written",
      report: inventory,
      brokenRules: inventory.violations.filter(isFailure).length,
    },
  });
}

/** Source and location tell any two apart. */
function labelsOf({ source, location, kind, address, issuer, serialNumber }: Entry): Readonly<Record<string, string>> {
  return { source, location, kind, address, issuer: issuer?.commonName ?? "", serial: serialNumber ?? "" };
}

function known(time: string | null): number | undefined {
  return time === null ? undefined : seconds(time);
}
