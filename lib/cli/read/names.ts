import { isIP } from "node:net";
import { Problems } from "../../errors";
import { Address } from "../../values/address";
import type { ReadCertificate } from "./certificate";
import { commonNameIn } from "./subject";

/** What a broker is called after its certificate: its first name that clients dial, or else its common name. */
export function addressOf({ facts }: ReadCertificate): string {
  const name = firstAddress(facts.names);
  return name === undefined ? labelOf(facts.subject) : spelling(name);
}

/** The first of names as they are shown that a client dials: neither of another kind, nor an IP address as a DNS name. */
export function firstAddress(names: readonly string[]): string | undefined {
  return names.find((name) => isIP(name) !== 0 || !name.includes(":"));
}

/** The one spelling of an address; another name as it is. */
export function spelling(name: string): string {
  return new Problems().attempt("", () => Address.parse(name).text) ?? name;
}

/** A subject's common name, or else all of it. */
export function labelOf(subject: string): string {
  return commonNameIn(subject) ?? subject;
}
