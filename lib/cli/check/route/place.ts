import { isIP, isIPv6 } from "node:net";

/** Where to dial: at least one of the two is set. */
export interface Place {
  readonly host?: string;
  readonly port?: number;
}

const NAME_AT_MOST = 253;

/** Whether a connection to that name is possible; also to one with `_`, which no certificate should have. */
export function isDialable(name: string): boolean {
  return isIP(name) !== 0 || (name.length <= NAME_AT_MOST && /^[\w-]+(\.[\w-]+)*$/.test(name));
}

/** `mqtt-1.example.com`, `mqtt-1.example.com:8884`, `192.0.2.1:8884`, `2001:db8::1`, `[2001:db8::1]:8884`; undefined for other texts. */
export function parsePlace(text: string): (Place & { readonly host: string }) | undefined {
  if (isIPv6(text)) {
    return { host: text };
  }
  const [, ipv6, name = ipv6, digits] = /^(?:\[([\da-f:.]+)\]|([^:]+))(?::(\d+))?$/i.exec(text) ?? [];
  if (name === undefined || !isDialable(name) || (ipv6 !== undefined && !isIPv6(ipv6))) {
    return undefined;
  }
  if (digits === undefined) {
    return { host: name };
  }
  const port = parsePort(digits);
  return port === undefined ? undefined : { host: name, port };
}

/** Undefined for a text that is not a port. */
export function parsePort(digits: string): number | undefined {
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}
