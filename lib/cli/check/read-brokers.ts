import { InputError } from "../input-error";
import { Collection } from "../inventory/collection";
import { unreadableIn } from "../inventory/inventory";
import type { Unreadable } from "../inventory/entry";
import { readDirectory } from "../inventory/read-source";
import type { Source } from "../inventory/source";
import { stateSource } from "../inventory/state-source";
import type { Io } from "../io";
import { type Broker, brokersOf } from "./broker";
import type { GivenAddress } from "./route/connect-to";
import { brokersOfInventory, isInventory } from "./inventory-json";
import { Trust } from "./trust";

/** Where the brokers come from. */
export interface Given {
  readonly sources: readonly string[];
  readonly addresses: readonly GivenAddress[];
  /** A file with the trust anchors of clients; overrides those of the sources. */
  readonly ca: string | undefined;
}

export interface Brokers {
  readonly brokers: readonly Broker[];
  readonly unreadable: readonly Unreadable[];
}

/** @throws InputError if there is no broker, or something cannot be read */
export async function readBrokers(io: Io, { sources, addresses, ca }: Given): Promise<Brokers> {
  const trust = ca === undefined ? undefined : await readTrust(io, ca);
  if (addresses.length > 0 && trust === undefined) {
    throw new InputError("--address", "needs the trust anchors of clients", "name their ca.pem: --ca FILE");
  }
  const brokers: Broker[] = addresses.map(({ host, port }) => {
    return { source: "--address", address: host, names: [host], declared: undefined, trust, port };
  });
  const unreadable: Unreadable[] = [];
  for (const name of new Set(sources)) {
    const found = await readOne(io, name, trust);
    brokers.push(...found.brokers);
    unreadable.push(...found.unreadable);
  }
  if (brokers.length === 0) {
    throw new InputError(
      sources.join(" "),
      "has no broker",
      "name a source with broker certificates, or use --address",
    );
  }
  return { brokers, unreadable };
}

async function readOne(io: Io, name: string, trust: Trust | undefined): Promise<Brokers> {
  const files = name === "-" ? undefined : await io.list(name);
  if (files !== undefined) {
    return inSource(await readDirectory(io, name, files), trust, io.now);
  }
  const bytes = await io.read(name);
  return isInventory(bytes)
    ? { brokers: brokersOfInventory(name, bytes, trust), unreadable: [] }
    : inSource(stateSource(name, bytes), trust, io.now);
}

function inSource(source: Source, trust: Trust | undefined, now: Date): Brokers {
  const own = trust ?? (source.trusted && new Trust(source.trusted, now));
  return { brokers: brokersOf(source, own), unreadable: unreadableIn(source) };
}

/** @throws InputError if the file holds no certificate */
async function readTrust(io: Io, path: string): Promise<Trust> {
  const trusted = new Collection().addBytes(path, await io.read(path));
  if (trusted.length === 0) {
    throw new InputError(
      path,
      "holds no certificate",
      "name ca.pem, or another file with the trust anchors of clients",
    );
  }
  return new Trust(trusted, io.now);
}
