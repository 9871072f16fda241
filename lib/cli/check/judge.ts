import { certain, judgement, type Reason } from "../inventory/reason";
import { nameReasons, serverReasons } from "../inventory/server-reasons";
import { ReadCertificate } from "../read/certificate";
import { firstAddress, labelOf } from "../read/names";
import { publicText } from "../show/public-text";
import { day, wholeDays } from "../../values/time";
import { isDue } from "../../values/renewal";
import type { Broker } from "./broker";
import type { CheckedBroker } from "./checked-broker";
import { compare } from "./comparison";
import type { Answer, Target } from "./dial/answer";
import { inOrder, type Kind } from "./kinds";
import { orderReasons } from "./order-reasons";

type Served = Extract<Answer, { kind: "served" }>;

/** The most names to list that a broker is declared for and that its certificate lacks. */
const NAMES_TOLD = 10;

/** TLS versions that clients no longer accept (RFC 8996). */
const OLD = /^(SSL|TLSv1$|TLSv1\.1$)/;

/** A finding, and its reasons. */
type Finding = readonly [kind: Kind, reasons: readonly string[]];

/** What a check looks for, and the time for which it holds. */
export interface Aim {
  readonly now: Date;
  /** In hours; undefined to report no expiry. */
  readonly expiresWithin: number | undefined;
}

const NOTHING: Omit<CheckedBroker, "source" | "address" | "dialled" | "kinds" | "reasons" | "declared"> = {
  accepted: null,
  sameCertificate: null,
  sameKey: null,
  daysLeft: null,
  protocol: null,
  cipher: null,
  chainLength: null,
  served: null,
};

/** The finding for a broker that cannot be dialled. */
export function judgeUndialled(broker: Broker): CheckedBroker {
  const reason = broker.address.startsWith("*.")
    ? "is a wildcard without another name: add --connect-to for the address of a name below it"
    : "has no name that can be dialled";
  return { ...declaredOf(broker), dialled: null, ...NOTHING, kinds: ["skipped"], reasons: [reason] };
}

/** The findings of a broker's answer. */
export function judge(broker: Broker, target: Target, answer: Answer, aim: Aim): CheckedBroker {
  const dialled = {
    host: publicText(target.host),
    port: target.port,
    serverName: target.serverName === undefined ? null : publicText(target.serverName),
  };
  const common = { ...declaredOf(broker), dialled };
  if (answer.kind !== "served") {
    return { ...common, ...NOTHING, kinds: [answer.kind], reasons: [publicText(answer.reason)] };
  }
  const [leaf, ...others] = answer.chain.map((der) => ReadCertificate.fromDer(der));
  if (leaf === undefined) {
    return { ...common, ...NOTHING, kinds: ["unknown"], reasons: ["has a certificate that mqtt-pki cannot read"] };
  }
  const chain = others.filter((read) => read !== undefined);
  return { ...common, ...judgeServed(broker, target.name, answer, leaf, chain, aim) };
}

function judgeServed(
  broker: Broker,
  name: string,
  { protocol, cipher, chain, flaw }: Served,
  leaf: ReadCertificate,
  presented: readonly ReadCertificate[],
  { now, expiresWithin }: Aim,
): Omit<CheckedBroker, "source" | "address" | "dialled" | "declared"> {
  const { declared, trust } = broker;
  const { serialNumber, fingerprint, notBefore, notAfter, names, keyType, issuer } = leaf.facts;
  const { sameCertificate, sameKey, difference } = compare(leaf, declared);
  const against = [
    ...serverReasons(leaf, name, trust?.client, trust?.presented(presented) ?? [], now),
    ...(sameCertificate === false ? otherNameReasons(leaf, broker, name) : []),
    ...protocolReasons(protocol),
  ];
  const isOtherwiseAccepted = against.length === 0 && trust !== undefined;
  const { accepted, reasons } = judgement(isOtherwiseAccepted ? orderReasons(leaf, presented, trust.client) : against);
  const end = new Date(notAfter);
  const isEnding = expiresWithin !== undefined && isDue(end, expiresWithin, now);
  const found: readonly (Finding | undefined)[] = [
    flaw === undefined ? undefined : ["no-mqtt", [publicText(flaw)]],
    accepted === true ? undefined : [accepted === false ? "refused" : "unknown", reasons],
    difference === undefined ? undefined : ["stale", [difference]],
    // An expired certificate is already refused for that reason.
    isEnding ? ["ending", now > end ? [] : [`expires on ${day(end)}`]] : undefined,
  ];
  const findings = found.filter((finding) => finding !== undefined);
  const good: Kind = sameCertificate === true ? "current" : "accepted";
  return {
    kinds: findings.length === 0 ? [good] : inOrder(findings.map(([kind]) => kind)),
    reasons: findings.flatMap(([, why]) => why),
    accepted,
    sameCertificate,
    sameKey,
    daysLeft: wholeDays(now, end),
    protocol: publicText(protocol),
    cipher: publicText(cipher),
    chainLength: chain.length,
    served: { serialNumber, fingerprint, notBefore, notAfter, names, keyType, issuer: labelOf(issuer) },
  };
}

function declaredOf({ source, address, declared }: Broker): Pick<CheckedBroker, "source" | "address" | "declared"> {
  const common = { source, address: publicText(address) };
  if (declared === undefined) {
    return { ...common, declared: null };
  }
  const { serialNumber, fingerprint, notBefore, notAfter } = declared;
  return { ...common, declared: { serialNumber, fingerprint, notBefore, notAfter } };
}

/** Why clients that dial another declared name of the broker refuse its certificate. */
function otherNameReasons(leaf: ReadCertificate, { names }: Broker, dialled: string): Reason[] {
  const others = names.filter(
    (name) => name !== dialled && firstAddress([name]) !== undefined && nameReasons(leaf, name).length > 0,
  );
  const told = others.slice(0, NAMES_TOLD).map((name) => certain(`is not valid for ${name}, which is declared`));
  const left = others.length - told.length;
  return left > 0 ? [...told, certain(`is not valid for ${left} more declared names`)] : told;
}

function protocolReasons(protocol: string): Reason[] {
  return OLD.test(protocol)
    ? [certain(`comes over ${publicText(protocol)}, but clients require TLS 1.2 or newer`)]
    : [];
}
