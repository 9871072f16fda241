import { type Broker, laterOf } from "../broker";
import type { Target } from "../dial/answer";
import { type Dialing, portOf, targetOf } from "./target";

/** A broker, and where to dial it. */
export interface Call {
  readonly broker: Broker;
  /** Undefined if it cannot be dialled. */
  readonly target: Target | undefined;
}

/** The calls of all brokers, in their order. An address is dialled once at a port, although several certificates may be for it. */
export function callsOf(brokers: readonly Broker[], dialing: Dialing): readonly Call[] {
  const latest = new Map<string, Broker>();
  for (const broker of brokers) {
    const place = `${broker.address} ${portOf(broker, dialing)}`;
    const same = latest.get(place);
    latest.set(place, same === undefined ? broker : laterOf(same, broker));
  }
  return [...latest.values()].map((broker) => ({ broker, target: targetOf(broker, dialing) }));
}
