import { type Problems, quote } from "../errors";
import { Address, byText } from "../values/address";
import { isList } from "../values/plain-data";
import type { SigningAuthority } from "./signing-authority";

/** Reads the further addresses of a certificate, sorts them, and files their problems. */
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
        `is the broker's own address, ${alternative.text}, which the certificate always contains`,
        "leave it out",
        "duplicate",
      );
    } else if (twin !== undefined) {
      problems.add(
        path,
        text,
        `is the same as ${quote(twin.given)}, earlier in the list`,
        "leave one of them out",
        "duplicate",
      );
    } else {
      seen.set(alternative.text, { given: text, address: alternative });
    }
  }
  return [...seen.values()].map((entry) => entry.address).sort(byText);
}

/** Files an address that the authority may not certify: clients refuse a certificate with one name outside the permitted domains. */
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
      `is outside the permitted domains of its authority: ${authority.permittedDomains?.join(", ") ?? ""}`,
      "permit its domain in the authority, or leave it out",
      "conflict",
    );
  }
}

/** Files a problem with IP addresses as DNS names: no permitted domain contains them. */
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
      `makes DNS names of ${ipAddresses.map(({ text }) => text).join(", ")}, which are outside the permitted domains of its authority: ${authority.permittedDomains.join(", ")}`,
      "write false, and let clients that need it dial a DNS name",
      "conflict",
    );
  }
}
