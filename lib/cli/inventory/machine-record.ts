import { property } from "../json";
import { keyTypeIn, namesIn } from "../machine-text";

/** What the state of custody "machine" has of a certificate, which is in a file. */
export interface MachineRecord {
  readonly location: string;
  /** Undefined for a broker. */
  readonly authority: { readonly generation: number | undefined } | undefined;
  readonly commonName: string;
  readonly names: readonly string[];
  /** As a certificate's facts have it; undefined where the key is the broker's own business. */
  readonly keyType: string | undefined;
  /** About from when until when it is valid; undefined where the last deployment left the certificate as it was. */
  readonly validity: { readonly start: Date; readonly end: Date } | undefined;
}

const MILLISECONDS_A_DAY = 86_400_000;

/**
 * @param location its resource
 * @param facts its `triggers_replace`
 * @param generation its number, if it is an authority of which the name tells it
 * @returns undefined where it is something else
 */
export function machineRecord(
  location: string,
  facts: unknown,
  generation: number | undefined,
): MachineRecord | undefined {
  const [subject, key, token, names] = ["subject", "key", "token", "names"].map((name) => property(facts, name));
  const days = property(facts, "days");
  if (typeof subject !== "string" || typeof key !== "string" || typeof token !== "string" || typeof days !== "number") {
    return undefined;
  }
  return {
    location,
    authority: typeof names === "string" ? undefined : { generation },
    commonName: /\/CN=((?:\\.|[^/\\])*)/.exec(subject)?.[1]?.replace(/\\(.)/g, "$1") ?? "",
    names: typeof names === "string" ? namesIn(names) : [],
    keyType: keyTypeIn(key),
    validity: validityOf(token, days),
  };
}

/** @param token when and why it was deployed last: `2026-01-05T09:00:00Z new certificate, same key: …` */
function validityOf(token: string, days: number): MachineRecord["validity"] {
  const start = new Date(/^(\S+Z) new\b/.exec(token)?.[1] ?? "");
  const end = new Date(start.getTime() + days * MILLISECONDS_A_DAY);
  return Number.isNaN(end.getTime()) ? undefined : { start, end };
}
