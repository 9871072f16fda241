import { InvalidArgumentError } from "commander";
import { isIP } from "node:net";
import { isDialable } from "./place";

/**
 * The server name that TLS sends: a DNS name, because RFC 6066 (section 3) forbids an IP address.
 *
 * @throws InvalidArgumentError if the text is not a DNS name
 */
export function parseServerName(text: string): string {
  if (!isDialable(text) || isIP(text) !== 0) {
    throw new InvalidArgumentError("Write a DNS name, not an IP address: mqtt.example.com.");
  }
  return text;
}
