import { NO_KEY } from "../../machine-format/declared";
import { type Rule, ruleWith } from "../../machine-format/rules";
import { parseToken, type Token } from "../../machine-format/token";
import { readShortText } from "../../values/distinguished-name";
import { isObject } from "../../values/plain-data";
import { timestamp } from "../../values/time";
import { ipText } from "../../x509/alternative-names";
import { shownName } from "./certificate";
import { property } from "./json";
import { knownKeyType } from "./key-type";
import { subjectText } from "./subject";
import { publicText } from "../show/public-text";

/** The first and the last time that RFC 3339 can write. */
const FIRST = Date.parse("0000-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59Z");

/** What a plan or a state of custody "machine" shows of a certificate. All texts may be shown. */
export interface MachineCertificate {
  /** Undefined of an authority. */
  readonly names: readonly string[] | undefined;
  /** `O=Example Ltd, CN=mqtt-1.example.com`. Undefined, as the next two, of an authority that was made elsewhere. */
  readonly subject: string | undefined;
  /** As a certificate's facts have it; undefined also where its broker makes its key. */
  readonly keyType: string | undefined;
  /** As the tls provider has them: `server_auth`. Undefined of an authority. */
  readonly uses: readonly string[] | undefined;
  /** How long a certificate that is made is valid. */
  readonly hours: number | undefined;
  /** Whether its broker makes its key. */
  readonly isKeyElsewhere: boolean;
  readonly token: Token;
  /** Of an authority that was made elsewhere: the hash of its certificate. */
  readonly certificate: string | undefined;
  /** Likewise: its end, RFC 3339. */
  readonly notAfter: string | undefined;
}

/** What is shown of a broker's command. All texts may be shown. */
export interface MachineReload {
  readonly command: string;
  /** Of its last run. */
  readonly token: Token;
}

/** What a resource of custody "machine" shows. */
export interface MachineText {
  /** Brokers by their folders, or generations of the authority by their numbers. */
  readonly certificates: ReadonlyMap<string, MachineCertificate>;
  /** When and why files were written or removed last that are no certificate's, by what they are. */
  readonly remarks: ReadonlyMap<string, Token>;
  /** The commands of brokers, by their folders. */
  readonly reloads: ReadonlyMap<string, MachineReload>;
}

/** @returns undefined where the text is of something else */
export function readMachineText(text: string): MachineText | undefined {
  const content = parsed(text);
  const members = isObject(content) ? Object.entries<unknown>({ ...content }) : [];
  const certificates = new Map<string, MachineCertificate>();
  const remarks = new Map<string, Token>();
  const reloads = new Map<string, MachineReload>();
  for (const [name, value] of members) {
    const [key, token] = [property(value, "key"), isObject(value) ? property(value, "token") : value];
    if (typeof token !== "string") {
      return undefined;
    }
    const command = property(value, "command");
    if (typeof command === "string") {
      reloads.set(publicText(name), { command: publicText(command), token: tokenIn(token) });
    } else if (typeof key === "string") {
      certificates.set(publicText(name), certificateIn(value, key, token));
    } else {
      remarks.set(publicText(name), tokenIn(token));
    }
  }
  return members.length === 0 ? undefined : { certificates, remarks, reloads };
}

/** Why a certificate is what it is; undefined where the words are no rule's. */
export function ruleOf({ token }: MachineCertificate): Rule | undefined {
  return ruleWith(token.words);
}

/** From when on a certificate is valid, about; undefined where its token is of something else. */
export function startOf(certificate: MachineCertificate): string | undefined {
  return ruleOf(certificate)?.certificate === "new" ? timeIn(certificate.token.time) : undefined;
}

/** Until when, likewise. */
export function endOf(certificate: MachineCertificate): string | undefined {
  const start = startOf(certificate);
  return written(new Date(Date.parse(start ?? "") + (certificate.hours ?? NaN) * 3_600_000));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function certificateIn(value: unknown, key: string, token: string): MachineCertificate {
  const text = (name: string): string | undefined => {
    const found = property(value, name);
    return typeof found === "string" ? found : undefined;
  };
  const [names, subject, certificate] = [text("names"), text("subject"), text("certificate")];
  return {
    names: names === undefined ? undefined : namesIn(names),
    subject: subject === undefined ? undefined : publicText(subjectText(readShortText(subject))),
    keyType: certificate === undefined ? keyTypeIn(key) : undefined,
    uses: names === undefined ? undefined : usesIn(property(value, "client_auth")),
    hours: hoursIn(text("validity") ?? ""),
    isKeyElsewhere: key === NO_KEY,
    token: tokenIn(token),
    certificate: certificate === undefined ? undefined : publicText(certificate),
    notAfter: timeIn(text("not_after") ?? ""),
  };
}

/** What is none is shown as words. */
function tokenIn(text: string): Token {
  const { time, words } = parseToken(text);
  return timeIn(time) === time ? { time, words: publicText(words) } : { time: "", words: publicText(text) };
}

/** The names of a server's certificate: `DNS:a.example.com, IP:192.0.2.1`. */
function namesIn(text: string): string[] {
  return text
    .split(", ")
    .map((name) =>
      name.startsWith("IP:")
        ? ipText(publicText(name.slice(3)))
        : shownName({ kind: "DNS", value: name.replace(/^DNS:/, "") }),
    );
}

/** What a broker's certificate is for. */
function usesIn(clientAuth: unknown): string[] {
  return ["server_auth", ...(clientAuth === true ? ["client_auth"] : [])];
}

/** `ECDSA-P256` there is `ECDSA P-256` in a certificate's facts. */
function keyTypeIn(text: string): string | undefined {
  return text === NO_KEY ? undefined : knownKeyType(text.replace(/-P?/, (dash) => (dash === "-" ? " " : " P-")));
}

/** `825 days`, `36 hours` */
function hoursIn(text: string): number | undefined {
  const [, amount, unit] = /^(\d+) (day|hour)s?$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * (unit === "day" ? 24 : 1);
}

/** RFC 3339, in UTC. */
function timeIn(text: string): string | undefined {
  return written(new Date(text));
}

/** Undefined also of a year that has more than four digits. */
function written(time: Date): string | undefined {
  return time.getTime() >= FIRST && time.getTime() <= LAST ? timestamp(time) : undefined;
}
