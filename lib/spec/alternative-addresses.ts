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
