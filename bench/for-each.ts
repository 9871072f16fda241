import { addresses, AUTHORITY } from "./fleet";

/** What one writes by hand for a fleet: the certificates and files that the library makes, with `for_each` over a list. */
export function forEachByHand(brokers: number): string {
  const key = { algorithm: "ECDSA", ecdsa_curve: "P256" };
  const each = { for_each: "${toset(local.addresses)}" };
  const file = (content: string, filename: string, mode: string) => ({
    content: `\${${content}}`,
    filename,
    file_permission: mode,
    directory_permission: "0700",
  });
  return JSON.stringify({
    terraform: {
      required_providers: {
        tls: { source: "hashicorp/tls", version: "4.1.0" },
        local: { source: "hashicorp/local", version: "2.6.1" },
      },
    },
    locals: { addresses: addresses(brokers) },
    resource: {
      tls_private_key: { authority: key, broker: { ...each, ...key } },
      tls_self_signed_cert: {
        authority: {
          private_key_pem: "${tls_private_key.authority.private_key_pem}",
          subject: [
            { common_name: AUTHORITY.commonName, organization: AUTHORITY.organization, country: AUTHORITY.country },
          ],
          is_ca_certificate: true,
          set_subject_key_id: true,
          allowed_uses: ["cert_signing", "crl_signing"],
          validity_period_hours: 3650 * 24,
        },
      },
      tls_cert_request: {
        broker: {
          ...each,
          private_key_pem: "${tls_private_key.broker[each.key].private_key_pem}",
          subject: [{ common_name: "${each.key}" }],
          dns_names: ["${each.key}"],
        },
      },
      tls_locally_signed_cert: {
        broker: {
          ...each,
          cert_request_pem: "${tls_cert_request.broker[each.key].cert_request_pem}",
          ca_cert_pem: "${tls_self_signed_cert.authority.cert_pem}",
          ca_private_key_pem: "${tls_private_key.authority.private_key_pem_pkcs8}",
          set_subject_key_id: true,
          allowed_uses: ["digital_signature", "server_auth"],
          validity_period_hours: 825 * 24,
          early_renewal_hours: 90 * 24,
        },
      },
      local_sensitive_file: {
        authority: file("tls_private_key.authority.private_key_pem_pkcs8", "pki/ca.key", "0600"),
        broker: {
          ...each,
          ...file(
            "tls_private_key.broker[each.key].private_key_pem_pkcs8",
            "pki/brokers/${each.key}/server.key",
            "0600",
          ),
        },
      },
      local_file: {
        authority: file("tls_self_signed_cert.authority.cert_pem", "pki/ca.pem", "0644"),
        broker: {
          ...each,
          ...file("tls_locally_signed_cert.broker[each.key].cert_pem", "pki/brokers/${each.key}/server.pem", "0644"),
        },
      },
    },
  });
}
