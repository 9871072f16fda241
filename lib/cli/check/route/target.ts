import { isIP } from "node:net";
import { spelling } from "../../read/names";
import type { Broker } from "../broker";
import type { Protocol, Target } from "../dial/answer";
import { isDialable, type Place } from "./place";

/** How brokers are dialled by default. */
export interface Dialing {
  readonly port: number;
  readonly protocol: Protocol;
  /** The path of a WebSocket. */
  readonly path: string;
  /** For all brokers, if a proxy needs it. @default - the name that clients dial */
  readonly serverName?: string | undefined;
  /** By the addresses of brokers, in their usual spelling. */
  readonly routes: ReadonlyMap<string, Place>;
}

export function portOf({ address, port }: Broker, dialing: Dialing): number {
  return dialing.routes.get(spelling(address))?.port ?? port ?? dialing.port;
}

/** Undefined if the broker cannot be dialled. */
export function targetOf(broker: Broker, dialing: Dialing): Target | undefined {
  const { protocol, path, serverName, routes } = dialing;
  const route = routes.get(spelling(broker.address));
  const name = dialledName(broker, route?.host !== undefined);
  if (name === undefined) {
    return undefined;
  }
  return {
    host: route?.host ?? name,
    port: portOf(broker, dialing),
    name,
    serverName: serverName ?? (isIP(name) === 0 ? name : undefined),
    protocol,
    path,
  };
}

/** The name that a client dials. A wildcard stands for any name below it, if a route says where that leads. */
function dialledName({ address, names }: Broker, isRouted: boolean): string | undefined {
  const candidates = isRouted ? [address.replace(/^\*\./, "any.")] : [address, ...names];
  return candidates.find(isDialable);
}
