import { InvalidArgumentError } from "commander";
import { isIP } from "node:net";
import { isDialable } from "./place";

/**
 * What TLS says that a server is called: a name, for an IP address must not be said (RFC 6066, section 3).
 *
 * @throws InvalidArgumentError for what is none
 */
export function parseServerName(text: string): string {
  if (!isDialable(text) || isIP(text) !== 0) {
    throw new InvalidArgumentError("Write a name, and no IP address: mqtt.example.com.");
  }
  return text;
}
