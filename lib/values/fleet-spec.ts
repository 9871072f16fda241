import { Problems } from "../errors";
import { Address } from "./address";
import { CertificateAuthoritySpec, type CertificateAuthoritySpecProps } from "./certificate-authority-spec";
import { isList, isObject } from "./plain-data";
import {
  byText,
  ServerCertificateSpec,
  type ServerCertificateOptions,
  type ServerCertificateSpecProps,
} from "./server-certificate-spec";

/** One authority and the brokers whose certificates it signs. An option given here holds for every broker. */
export interface FleetSpecProps extends ServerCertificateOptions {
  /** The authority that signs, and that clients trust. */
  readonly authority: CertificateAuthoritySpecProps;
  /**
   * At least one, in any order. What a broker says of itself goes before what the fleet says of all; alternative
   * addresses and the attributes of the subject add up.
   */
  readonly brokers: readonly ServerCertificateSpecProps[];
}

/** One broker of a checked fleet. */
export interface FleetBroker {
  /** What was declared for it, with the fleet's options where it has none of its own. */
  readonly props: ServerCertificateSpecProps;
  readonly address: Address;
  /** Its place in the declaration. */
  readonly index: number;
}

/**
 * Checks a whole fleet and files every problem in `problems`, each at its path in `props`.
 *
 * @returns the brokers that have an address, in the order of their addresses, whatever order they were declared in
 */
export function checkFleet(props: FleetSpecProps, problems: Problems): FleetBroker[] {
  if (isObject(props.authority)) {
    problems.refuseUnknown("authority", props.authority, CertificateAuthoritySpec.PROPERTIES);
  }
  const authority = problems.attempt("authority", () => CertificateAuthoritySpec.fromProps(props.authority));
  if (!isList(props.brokers) || props.brokers.length === 0) {
    problems.add("brokers", props.brokers, "has no broker", 'declare at least one: { address: "mqtt-1.example.com" }');
    return [];
  }
  const checked = props.brokers.flatMap((broker, index) => checkBroker(props, broker, index, authority, problems));
  refuseTwins(checked, problems);
  return checked.sort((one, other) => byText(one.address, other.address));
}

function checkBroker(
  fleet: FleetSpecProps,
  broker: ServerCertificateSpecProps,
  index: number,
  authority: CertificateAuthoritySpec | undefined,
  problems: Problems,
): FleetBroker[] {
  const at = `brokers[${index}]`;
  if (!isObject(broker)) {
    problems.add(at, broker, "is not a broker", 'write it as in { address: "mqtt-1.example.com" }');
    return [];
  }
  problems.refuseUnknown(at, broker, ["address", ...ServerCertificateSpec.OPTIONS]);
  const props = merge(fleet, broker);
  problems.attempt(
    (below) => declaredAt(below, at, fleet, broker),
    () => ServerCertificateSpec.fromProps(props, authority),
  );
  const address = problems.attempt(`${at}.address`, () => Address.parse(broker.address));
  return address === undefined ? [] : [{ props, address, index }];
}

/** A broker's own word, and the fleet's where it has none. */
function merge(fleet: FleetSpecProps, broker: ServerCertificateSpecProps): ServerCertificateSpecProps {
  const { alternativeAddresses, subject, keyAlgorithm, duration, renewBefore } = fleet;
  const options: ServerCertificateOptions = {
    ...(keyAlgorithm !== undefined && { keyAlgorithm }),
    ...(duration !== undefined && { duration }),
    ...(renewBefore !== undefined && { renewBefore }),
  };
  return {
    ...options,
    ...broker,
    ...(subject !== undefined && { subject: { ...subject, ...broker.subject } }),
    ...(isList(alternativeAddresses) && {
      alternativeAddresses: addAddresses(broker, alternativeAddresses),
    }),
  };
}

/** The broker's alternative addresses, and those of the fleet that it does not have already. */
function addAddresses(broker: ServerCertificateSpecProps, ofAll: readonly string[]): string[] {
  const own = broker.alternativeAddresses ?? [];
  const taken = new Set([broker.address, ...own].map(normalized));
  return [...own, ...ofAll.filter((address) => !taken.has(normalized(address)))];
}

function normalized(address: string): string {
  return new Problems().attempt("", () => Address.parse(address))?.text ?? address;
}

/** Where the user wrote what a problem of the merged broker is about: at the broker, or once for all of the fleet. */
function declaredAt(below: string, at: string, fleet: FleetSpecProps, broker: ServerCertificateSpecProps): string {
  const [, option = "", rest = ""] = /^(\w+)(.*)$/.exec(below) ?? [];
  switch (option) {
    case "subject": {
      const attribute = rest.slice(1);
      const isOwn = broker.subject !== undefined && (attribute === "" || attribute in broker.subject);
      return isOwn ? `${at}.${below}` : below;
    }
    case "alternativeAddresses": {
      const own = broker.alternativeAddresses?.length ?? 0;
      const index = Number(rest.slice(1, -1));
      if (rest === "" || index < own) {
        return broker.alternativeAddresses === undefined ? below : `${at}.${below}`;
      }
      const text = merge(fleet, broker).alternativeAddresses?.[index];
      return `${option}[${fleet.alternativeAddresses?.indexOf(text ?? "") ?? 0}]`;
    }
    case "renewBefore":
      return broker.renewBefore !== undefined || broker.duration !== undefined ? `${at}.${below}` : below;
    case "keyAlgorithm":
    case "duration":
      return broker[option] !== undefined ? `${at}.${below}` : below;
    default:
      return `${at}.${below}`;
  }
}

/** Two brokers may share neither an address nor the folder that is named after it. */
function refuseTwins(brokers: readonly FleetBroker[], problems: Problems): void {
  const byName = new Map<string, FleetBroker>();
  for (const broker of brokers) {
    const name = broker.address.fileName;
    const twin = byName.get(name);
    if (twin === undefined) {
      byName.set(name, broker);
      continue;
    }
    const shown = `brokers[${twin.index}].address, ${JSON.stringify(twin.props.address)}`;
    const path = `brokers[${broker.index}].address`;
    if (broker.address.equals(twin.address)) {
      problems.add(path, broker.props.address, `is the same broker as ${shown}`, "declare it once");
    } else {
      problems.add(
        path,
        broker.props.address,
        `has the same folder, ${name}, as ${shown}`,
        "rename one of them, or put it in another fleet",
      );
    }
  }
}
