import { type Problems, quote } from "../errors";
import { Address, byText } from "../values/address";
import { isList } from "../values/plain-data";
import type { SigningAuthority } from "./signing-authority";

/** Reads the further addresses of a certificate, in the order of their text, and files what is wrong with them. */
export function parseAlternatives(
  problems: Problems,
  given: readonly string[],
  address: Address | undefined,
  authority: SigningAuthority | undefined,
): Address[] {
  if (!isList(given)) {
    problems.add("alternativeAddresses", given, "is not a list", 'write it as in ["mqtt.example.com"]');
    return [];
  }
  const seen = new Map<string, { given: string; address: Address }>();
  for (const [index, text] of given.entries()) {
    const path = `alternativeAddresses[${index}]`;
    const alternative = problems.attempt(path, () => Address.parse(text));
    const twin = seen.get(alternative?.text ?? "");
    if (alternative === undefined) {
      continue;
    }
    refuseUnlessPermitted(problems, path, text, alternative, authority);
    if (address !== undefined && alternative.equals(address)) {
      problems.add(
        path,
        text,
        `is the address itself, ${alternative.text}, which the certificate has anyway`,
        "leave it out",
        "duplicate",
      );
    } else if (twin !== undefined) {
      problems.add(
        path,
        text,
        `is the same as ${quote(twin.given)}, which stands before it`,
        "leave one of them out",
        "duplicate",
      );
    } else {
      seen.set(alternative.text, { given: text, address: alternative });
    }
  }
  return [...seen.values()].map((entry) => entry.address).sort(byText);
}

/** Files an address that its authority may not certify: clients refuse a whole certificate for one name outside of its authority's domains. */
export function refuseUnlessPermitted(
  problems: Problems,
  path: string,
  given: string,
  address: Address,
  authority: SigningAuthority | undefined,
): void {
  if (authority?.permits(address) === false) {
    problems.add(
      path,
      given,
      `is outside of its authority's permitted domains: ${authority.permittedDomains?.join(", ") ?? ""}`,
      "permit its domain there, or leave it out",
      "conflict",
    );
  }
}

/** Files what is wrong with IP addresses that are to stand as DNS names: none of these is in a domain that may be permitted. */
export function refuseUnlessMayBeDnsNames(
  problems: Problems,
  given: boolean,
  addresses: readonly Address[],
  authority: SigningAuthority | undefined,
): void {
  const path = "ipAddressesAsDnsNames";
  if (typeof given !== "boolean") {
    problems.add(path, given, "is neither true nor false", "write true, or leave it out");
    return;
  }
  const ipAddresses = addresses.filter(({ kind }) => kind === "ip");
  if (given && ipAddresses.length > 0 && authority?.permittedDomains !== undefined) {
    problems.add(
      path,
      given,
      `makes DNS names of ${ipAddresses.map(({ text }) => text).join(", ")}, outside of its authority's permitted domains: ${authority.permittedDomains.join(", ")}`,
      "say false here, and let clients that need it dial a DNS name",
      "conflict",
    );
  }
}
