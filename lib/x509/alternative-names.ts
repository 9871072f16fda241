/** Subject alternative names (RFC 5280, section 4.2.1.6), spelled as `Address` does. */
export interface AlternativeNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** Alternative names, each with its kind, as openssl takes and shows them. */
export function describeNames({ dnsNames, ipAddresses }: AlternativeNames): string[] {
  return [...dnsNames.map((name) => `DNS:${name}`), ...ipAddresses.map((address) => `IP:${address}`)];
}
