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

type Served = Extract<Answer, { kind: "served" }>;

/** Of names that a broker is declared for, and that clients refuse. */
const NAMES_TOLD = 10;

/** TLS versions that clients have given up (RFC 8996). */
const OLD = /^(SSL|TLSv1$|TLSv1\.1$)/;

/** Something that was found, and why it is so. */
type Finding = readonly [kind: Kind, reasons: readonly string[]];

/** What a check is to find, and when. */
export interface Aim {
  readonly now: Date;
  /** In hours; undefined where no end is near. */
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

/** A broker that nobody can dial. */
export function judgeUndialled(broker: Broker): CheckedBroker {
  const reason = broker.address.startsWith("*.")
    ? "is a wildcard, and has no other name: say with --connect-to where a name below it is"
    : "has no name that can be dialled";
  return { ...declaredOf(broker), dialled: null, ...NOTHING, kinds: ["skipped"], reasons: [reason] };
}

/** What an answer says of a broker. */
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
    return { ...common, ...NOTHING, kinds: ["unknown"], reasons: ["has a certificate that cannot be read here"] };
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
  const { accepted, reasons } = judgement([
    ...serverReasons(leaf, name, trust?.client, trust?.presented(presented) ?? [], now),
    ...(sameCertificate === false ? otherNameReasons(leaf, broker, name) : []),
    ...protocolReasons(protocol),
  ]);
  const end = new Date(notAfter);
  const isEnding = expiresWithin !== undefined && isDue(end, expiresWithin, now);
  const found: readonly (Finding | undefined)[] = [
    flaw === undefined ? undefined : ["no-mqtt", [publicText(flaw)]],
    accepted === true ? undefined : [accepted === false ? "refused" : "unknown", reasons],
    difference === undefined ? undefined : ["stale", [difference]],
    // What is over is refused for that.
    isEnding ? ["ending", now > end ? [] : [`ends on ${day(end)}`]] : undefined,
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

/** What keeps clients away that dial another name for which the broker is declared. */
function otherNameReasons(leaf: ReadCertificate, { names }: Broker, dialled: string): Reason[] {
  const others = names.filter(
    (name) => name !== dialled && firstAddress([name]) !== undefined && nameReasons(leaf, name).length > 0,
  );
  const told = others.slice(0, NAMES_TOLD).map((name) => certain(`is not for ${name}, for which it is declared`));
  const left = others.length - told.length;
  return left > 0 ? [...told, certain(`is not for ${left} more names, for which it is declared`)] : told;
}

function protocolReasons(protocol: string): Reason[] {
  return OLD.test(protocol) ? [certain(`comes over ${publicText(protocol)}, and clients accept TLS 1.2 or newer`)] : [];
}
