import type { Client } from "../inventory/client";
import { doubtful, type Reason } from "../inventory/reason";
import type { ReadCertificate } from "../read/certificate";

/**
 * Why embedded clients refuse the order of certificates. BearSSL reads them one by one until a root that it trusts has signed one,
 * and each must be the issuer of the one before. Mbed TLS looks for an issuer only among those that follow. Other clients look
 * among all of them.
 *
 * @param presented the certificates after the broker's own
 */
export function orderReasons(leaf: ReadCertificate, presented: readonly ReadCertificate[], client: Client): Reason[] {
  let last = leaf;
  for (const next of presented) {
    if (client.trustsIssuerOf(last.x509)) {
      return [];
    }
    if (next.x509.subject !== last.x509.issuer) {
      return [
        doubtful(
          "comes with certificates out of order, or with others among them (RFC 5246, section 7.4.2): BearSSL, as on ESP8266, refuses it, and others may",
        ),
      ];
    }
    last = next;
  }
  return [];
}
