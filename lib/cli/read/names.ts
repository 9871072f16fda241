import { isIP } from "node:net";
import { Problems } from "../../errors";
import { Address } from "../../values/address";
import type { ReadCertificate } from "./certificate";
import { commonNameIn } from "./subject";

/** The address of a broker, from its certificate: the first name that clients can dial, or the common name if it has none. */
export function addressOf({ facts }: ReadCertificate): string {
  const name = firstAddress(facts.names);
  return name === undefined ? labelOf(facts.subject) : spelling(name);
}

/** The first shown name that a client can dial: not one of another kind, and not an IP address as a DNS name. */
export function firstAddress(names: readonly string[]): string | undefined {
  return names.find((name) => isIP(name) !== 0 || !name.includes(":"));
}

/** The canonical spelling of an address; another name is returned unchanged. */
export function spelling(name: string): string {
  return new Problems().attempt("", () => Address.parse(name).text) ?? name;
}

/** A subject's common name, or the whole subject if it has none. */
export function labelOf(subject: string): string {
  return commonNameIn(subject) ?? subject;
}
