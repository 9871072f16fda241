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

/** The first and the last time that RFC 3339 can express. */
const FIRST = Date.parse("0000-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59Z");

/** The facts about a certificate in a plan or a state of custody "machine". All texts may be shown. */
export interface MachineCertificate {
  /** Undefined for an authority. */
  readonly names: readonly string[] | undefined;
  /** `O=Example Ltd, CN=mqtt-1.example.com`. Undefined for an imported authority. */
  readonly subject: string | undefined;
  /** As in `CertificateFacts`; undefined for an imported authority, and if the broker makes its own key. */
  readonly keyType: string | undefined;
  /** The uses as the tls provider names them: `server_auth`. Undefined for an authority. */
  readonly uses: readonly string[] | undefined;
  /** The validity of a new certificate, in hours. */
  readonly hours: number | undefined;
  /** Whether the broker makes its own key. */
  readonly isKeyElsewhere: boolean;
  readonly token: Token;
  /** The hash of an imported authority's certificate. */
  readonly certificate: string | undefined;
  /** The expiry date of an imported authority, RFC 3339. */
  readonly notAfter: string | undefined;
}

/** A broker's command. All texts may be shown. */
export interface MachineReload {
  readonly command: string;
  /** The token of its last run. */
  readonly token: Token;
}

/** The content of a resource of custody "machine". */
export interface MachineText {
  /** Brokers by their folders, or generations of the authority by their numbers. */
  readonly certificates: ReadonlyMap<string, MachineCertificate>;
  /** When and why other files were last written or removed, by the kind of file. */
  readonly remarks: ReadonlyMap<string, Token>;
  /** The commands of brokers, by their folders. */
  readonly reloads: ReadonlyMap<string, MachineReload>;
}

/** @returns undefined if the text has another format */
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

/** The rule that decided about a certificate; undefined if the words match no rule. */
export function ruleOf({ token }: MachineCertificate): Rule | undefined {
  return ruleWith(token.words);
}

/** The estimated start of a certificate's validity; undefined if its token is for something else. */
export function startOf(certificate: MachineCertificate): string | undefined {
  return ruleOf(certificate)?.certificate === "new" ? timeIn(certificate.token.time) : undefined;
}

/** The estimated expiry date; undefined as in {@link startOf}. */
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

/** A text that is not a token is shown as words. */
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

/** The uses of a broker's certificate. */
function usesIn(clientAuth: unknown): string[] {
  return ["server_auth", ...(clientAuth === true ? ["client_auth"] : [])];
}

/** Turns `ECDSA-P256` into `ECDSA P-256`, as in `CertificateFacts`. */
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

/** Undefined if the time is invalid, or its year has more than four digits. */
function written(time: Date): string | undefined {
  return time.getTime() >= FIRST && time.getTime() <= LAST ? timestamp(time) : undefined;
}
