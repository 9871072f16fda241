import { isDue } from "../../values/renewal";
import { day } from "../../values/time";
import { decimal, numberOf } from "../show/numbers";
import { type Days, type Sentence, sentence } from "../review/sentence";
import { Expression } from "./expression";
import { type Fate, isChanged, type Judged } from "./judged/judged";
import { type Days as Period, describeHours, type Hours, isWithinDays, isWithinHours } from "./times";

/** The limits that a rule can set, for each certificate or for all changes together. */
export interface Limits {
  /** Kinds that must not occur. */
  readonly kinds?: readonly string[];
  /** The longest validity: `398 days`. */
  readonly longestValidity?: string;
  /** The time before expiry at which a certificate must have been replaced: `30 days`. */
  readonly shortestRenewal?: string;
  /** The allowed key algorithms: `ECDSA-P256`. */
  readonly keyAlgorithms?: readonly string[];
  /** The common names of the authorities that may sign. */
  readonly authorities?: readonly string[];
  /** A regular expression that must match a part of every name. */
  readonly names?: string;
  /** A regular expression that must not match a part of any name. */
  readonly forbiddenNames?: string;
  /** What must not happen to a certificate. */
  readonly protectedFrom?: readonly Extract<Fate, "changes" | "goes">[];
  /** The number of certificates that may change at once. */
  readonly changesAtMost?: number;
  /** The times at which certificates may change. */
  readonly changesWithin?: readonly Hours[];
  /** The periods in which certificates must not change. */
  readonly changesOutside?: readonly Period[];
}

export type LimitName = keyof Limits;

/** Checks a limit, for one certificate or for all certificates of the rule. */
type Check<Name extends LimitName> = {
  /** Whether it also applies to authorities if the rule has no `for`. */
  readonly isForAuthorities?: true;
} & (
  | { readonly ofEach: (limit: NonNullable<Limits[Name]>, judged: Judged, now: Date) => Sentence | undefined }
  | { readonly ofAll: (limit: NonNullable<Limits[Name]>, judged: readonly Judged[], now: Date) => Sentence | undefined }
);

const CHECKS: { readonly [Name in LimitName]: Check<Name> } = {
  kinds: {
    isForAuthorities: true,
    ofEach: (kinds, { kinds: found }) => {
      const bad = found.filter((kind) => kinds.includes(kind));
      return bad.length > 0 ? sentence`is ${bad.join(", ")}` : undefined;
    },
  },
  longestValidity: {
    ofEach: (limit, { notBefore, notAfter }) => {
      const hours = hoursBetween(notBefore, notAfter);
      return hours !== undefined && hours > hoursOf(limit) + HOUR_BEFORE
        ? sentence`is valid for ${describeLength(hours)}; the limit is ${limit}`
        : undefined;
    },
  },
  shortestRenewal: {
    ofEach: (limit, { notAfter, fate }, now) =>
      notAfter !== undefined && fate !== "goes" && isDue(new Date(notAfter), hoursOf(limit), now)
        ? sentence`expires on ${endOf(notAfter)} and must be replaced ${limit} before that`
        : undefined,
  },
  keyAlgorithms: {
    ofEach: (names, { keyType }) =>
      keyType !== undefined && !names.some((name) => plainName(name) === plainName(keyType))
        ? sentence`has a key of type ${[keyType]}; allowed: ${names.join(", ")}`
        : undefined,
  },
  authorities: {
    ofEach: (names, { issuer }) =>
      issuer !== undefined && !names.includes(issuer) ? sentence`is signed by ${[issuer]}` : undefined,
  },
  names: {
    ofEach: (pattern, { names = [] }) =>
      tellNames(
        names.filter((name) => !new Expression(pattern).isIn(name)),
        "does not match",
      ),
  },
  forbiddenNames: {
    ofEach: (pattern, { names = [] }) =>
      tellNames(
        names.filter((name) => new Expression(pattern).isIn(name)),
        "is forbidden",
      ),
  },
  protectedFrom: {
    isForAuthorities: true,
    ofEach: (fates, { fate }) =>
      fates.some((each) => each === fate) ? sentence`${DESCRIBED[fate]} although it is protected` : undefined,
  },
  changesAtMost: {
    isForAuthorities: true,
    ofAll: (limit, all) => {
      const changed = all.filter(isChanged);
      return changed.length > limit
        ? sentence`${numberOf(changed.length, "certificate")} change at once; the limit is ${decimal(limit)}: ${changed.map(({ address }) => address)}`
        : undefined;
    },
  },
  changesWithin: {
    isForAuthorities: true,
    ofAll: (windows, all, now) =>
      all.some(isChanged) && !windows.some((hours) => isWithinHours(now, hours))
        ? sentence`certificates change outside ${windows.map(describeHours).join("; ")}`
        : undefined,
  },
  changesOutside: {
    isForAuthorities: true,
    ofAll: (periods, all, now) => {
      const period = periods.find((days) => isWithinDays(now, days));
      return period !== undefined && all.some(isChanged)
        ? sentence`certificates change between ${period.from} and ${period.to}`
        : undefined;
    },
  },
};

/** All limits. */
export const LIMIT_NAMES = Object.keys(CHECKS) as readonly LimitName[];

/** A breach of a limit, by one certificate or by all together. */
export interface Breach {
  /** Undefined if it concerns all together. */
  readonly judged: Judged | undefined;
  readonly message: Sentence;
}

/** Whether a limit applies to a certificate if its rule has no `for`. */
export function isForByDefault(name: LimitName, { isAuthority }: Judged): boolean {
  return !isAuthority || CHECKS[name].isForAuthorities === true;
}

/** The breaches of a limit; empty if it is not set. */
export function breachesOf<Name extends LimitName>(
  limits: Pick<Limits, Name>,
  name: Name,
  all: readonly Judged[],
  now: Date,
): Breach[] {
  const check: Check<Name> = CHECKS[name];
  const limit = limits[name];
  if (limit === undefined) {
    return [];
  }
  if ("ofAll" in check) {
    const message = check.ofAll(limit, all, now);
    return message === undefined ? [] : [{ judged: undefined, message }];
  }
  return all.flatMap((judged) => {
    const message = check.ofEach(limit, judged, now);
    return message === undefined ? [] : [{ judged, message }];
  });
}

/** In hours. Certificates of this library start an hour early, for clocks that are late. */
const HOUR_BEFORE = 1;

/** @param text the form of the schema: a number, a blank, and hours or days */
function hoursOf(text: string): number {
  const [amount, unit = ""] = text.split(" ");
  return Number(amount) * (unit.startsWith("hour") ? 1 : 24);
}

/** The expiry date as a range, so that several dates can be merged. */
function endOf(notAfter: string): Days {
  const end = day(new Date(notAfter));
  return { first: end, last: end };
}

function hoursBetween(start: string | undefined, end: string | undefined): number | undefined {
  return start === undefined || end === undefined ? undefined : (Date.parse(end) - Date.parse(start)) / 3_600_000;
}

/** What happens to a protected certificate, in words. */
const DESCRIBED: Readonly<Record<Fate, string>> = {
  stays: "stays",
  comes: "is new",
  changes: "is replaced",
  goes: "is removed",
};

/** `365 days and 2 hours`: with the hours, because the excess may be only a few hours. */
function describeLength(hours: number): string {
  const whole = Math.ceil(hours);
  const parts = [numberOf(Math.floor(whole / 24), "day"), numberOf(whole % 24, "hour")];
  return parts.filter((part) => !part.startsWith("0 ")).join(" and ");
}

/** Makes `ECDSA-P256` and `ECDSA P-256` equal. */
function plainName(keyType: string): string {
  return keyType.replaceAll(/[ -]/g, "").toUpperCase();
}

function tellNames(names: readonly string[], what: string): Sentence | undefined {
  return names.length === 0 ? undefined : sentence`has a name that ${what}: ${names}`;
}
