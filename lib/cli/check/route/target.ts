import { isIP } from "node:net";
import type { Broker } from "../broker";
import type { Protocol, Target } from "../dial/answer";
import { isDialable, type Place } from "./place";

/** How brokers are dialled, where nothing else is said of one. */
export interface Dialing {
  readonly port: number;
  readonly protocol: Protocol;
  /** Of a WebSocket. */
  readonly path: string;
  /** For all, where a proxy wants it. @default - what clients call each */
  readonly serverName?: string | undefined;
  /** By addresses. */
  readonly routes: ReadonlyMap<string, Place>;
}

/** Undefined where there is nothing to dial. */
export function targetOf(broker: Broker, { port, protocol, path, serverName, routes }: Dialing): Target | undefined {
  const route = routes.get(broker.address);
  const name = dialledName(broker, route?.host !== undefined);
  if (name === undefined) {
    return undefined;
  }
  return {
    host: route?.host ?? name,
    port: route?.port ?? broker.port ?? port,
    name,
    serverName: serverName ?? (isIP(name) === 0 ? name : undefined),
    protocol,
    path,
  };
}

/** What a client calls it: a wildcard stands for any name below, if it is known where that leads. */
function dialledName({ address, names }: Broker, isRouted: boolean): string | undefined {
  const candidates = isRouted ? [address.replace(/^\*\./, "any.")] : [address, ...names];
  return candidates.find(isDialable);
}
