import { isDue } from "../../values/renewal";
import { day } from "../../values/time";
import { decimal, numberOf } from "../show/numbers";
import { type Days, type Sentence, sentence } from "../review/sentence";
import { Expression } from "./expression";
import { type Fate, isChanged, type Judged } from "./judged/judged";
import { type Days as Period, describeHours, type Hours, isWithinDays, isWithinHours } from "./times";

/** What a rule may ask for, of each certificate or of all that change together. */
export interface Limits {
  /** Kinds that must not be. */
  readonly kinds?: readonly string[];
  /** `398 days`: from the start of a certificate to its end. */
  readonly longestValidity?: string;
  /** `30 days`: how long before its end a certificate has to be another one. */
  readonly shortestRenewal?: string;
  /** `ECDSA-P256` and so on. */
  readonly keyAlgorithms?: readonly string[];
  /** The common names of who may sign. */
  readonly authorities?: readonly string[];
  /** A regular expression that each name must match. */
  readonly names?: string;
  /** A regular expression that no name must match. */
  readonly forbiddenNames?: string;
  /** What must not happen to a certificate. */
  readonly protectedFrom?: readonly Extract<Fate, "changes" | "goes">[];
  /** How many may change at once. */
  readonly changesAtMost?: number;
  /** When they may change. */
  readonly changesWithin?: readonly Hours[];
  /** When they must not change. */
  readonly changesOutside?: readonly Period[];
}

export type LimitName = keyof Limits;

/** How a limit is held: what is wrong with one certificate, or with all that it is for. */
type Check<Name extends LimitName> = {
  /** Whether it is for authorities too, where a rule does not say for whom it is. */
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
        ? sentence`is valid for ${describeLength(hours)}, and ${limit} is the longest`
        : undefined;
    },
  },
  shortestRenewal: {
    ofEach: (limit, { notAfter, fate }, now) =>
      notAfter !== undefined && fate !== "goes" && isDue(new Date(notAfter), hoursOf(limit), now)
        ? sentence`ends on ${endOf(notAfter)}, and has to be replaced ${limit} before its end`
        : undefined,
  },
  keyAlgorithms: {
    ofEach: (names, { keyType }) =>
      keyType !== undefined && !names.some((name) => plainName(name) === plainName(keyType))
        ? sentence`has a key of ${[keyType]}, and not of ${names.join(", ")}`
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
      fates.some((each) => each === fate) ? sentence`${fate}, and is protected` : undefined,
  },
  changesAtMost: {
    isForAuthorities: true,
    ofAll: (limit, all) => {
      const changed = all.filter(isChanged);
      return changed.length > limit
        ? sentence`${decimal(changed.length)} change at once, and at most ${decimal(limit)} may: ${changed.map(({ address }) => address)}`
        : undefined;
    },
  },
  changesWithin: {
    isForAuthorities: true,
    ofAll: (windows, all, now) =>
      all.some(isChanged) && !windows.some((hours) => isWithinHours(now, hours))
        ? sentence`certificates change outside of ${windows.map(describeHours).join("; ")}`
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

/** Every limit that there is. */
export const LIMIT_NAMES = Object.keys(CHECKS) as readonly LimitName[];

/** What breaks a limit: of a certificate, or of all together. */
export interface Breach {
  /** Undefined where it is of all together. */
  readonly judged: Judged | undefined;
  readonly message: Sentence;
}

/** Whether a limit is for a certificate, where its rule does not say for which it is. */
export function isForByDefault(name: LimitName, { isAuthority }: Judged): boolean {
  return !isAuthority || CHECKS[name].isForAuthorities === true;
}

/** What breaks a limit, where there is that one. */
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

/** In hours. What issues certificates here lets them begin an hour early, for clocks that are late. */
const HOUR_BEFORE = 1;

/** @param text as the schema has it: a number, a blank, and hours or days */
function hoursOf(text: string): number {
  const [amount, unit = ""] = text.split(" ");
  return Number(amount) * (unit.startsWith("hour") ? 1 : 24);
}

/** So that several ends are told from the first to the last. */
function endOf(notAfter: string): Days {
  const end = day(new Date(notAfter));
  return { first: end, last: end };
}

function hoursBetween(start: string | undefined, end: string | undefined): number | undefined {
  return start === undefined || end === undefined ? undefined : (Date.parse(end) - Date.parse(start)) / 3_600_000;
}

/** `365 days and 2 hours`: with the hours, for it may be a few of them that are too many. */
function describeLength(hours: number): string {
  const whole = Math.ceil(hours);
  const parts = [numberOf(Math.floor(whole / 24), "day"), numberOf(whole % 24, "hour")];
  return parts.filter((part) => !part.startsWith("0 ")).join(" and ");
}

/** `ECDSA-P256` and `ECDSA P-256` are one. */
function plainName(keyType: string): string {
  return keyType.replaceAll(/[ -]/g, "").toUpperCase();
}

function tellNames(names: readonly string[], what: string): Sentence | undefined {
  return names.length === 0 ? undefined : sentence`has a name that ${what}: ${names}`;
}
