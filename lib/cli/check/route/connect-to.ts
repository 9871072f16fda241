import { InvalidArgumentError } from "commander";
import { suggest } from "../../../errors";
import { InputError } from "../../input-error";
import { spelling } from "../../read/names";
import type { Broker } from "../broker";
import { parsePlace, type Place } from "./place";

/** Places, by the addresses of brokers. */
type Routes = ReadonlyMap<string, Place>;

/**
 * Adds `NAME=HOST[:PORT]` to the earlier values.
 *
 * @throws InvalidArgumentError if the text has another format
 */
export function parseRoute(text: string, before: Routes = new Map()): Routes {
  const [, name, where = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const place = parsePlace(where);
  if (name === undefined || place === undefined) {
    throw new InvalidArgumentError(
      "Write a broker's address and where to dial it: mqtt-1.example.com=127.0.0.1:18883.",
    );
  }
  return new Map([...before, [spelling(name.replace(/^\[(.+)\]$/, "$1")), place]]);
}

/**
 * Refuses a place for an address that no broker has: its broker would be dialled elsewhere.
 *
 * @throws InputError for the first such address
 */
export function refuseStrayRoutes(routes: Routes, brokers: readonly Broker[]): void {
  const addresses = new Set(brokers.map(({ address }) => spelling(address)));
  const stray = [...routes.keys()].find((address) => !addresses.has(address));
  if (stray !== undefined) {
    const fix = suggest(stray, [...addresses]);
    throw new InputError(`--connect-to ${stray}`, "is the address of no broker", fix);
  }
}

/** The place of a broker that only its address names. */
export type GivenAddress = NonNullable<ReturnType<typeof parsePlace>>;

/**
 * Adds `HOST[:PORT]` to the earlier values.
 *
 * @throws InvalidArgumentError if the text has another format
 */
export function parseAddress(text: string, before: readonly GivenAddress[] = []): readonly GivenAddress[] {
  const place = parsePlace(text);
  if (place === undefined) {
    throw new InvalidArgumentError(
      "Write a DNS name or an IP address: mqtt-1.example.com, 192.0.2.1:8884, [2001:db8::1]:8884.",
    );
  }
  return [...before, { ...place, host: spelling(place.host) }];
}
