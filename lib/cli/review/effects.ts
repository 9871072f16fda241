import type { CertificateChange } from "./certificate-change";
import { KINDS, type Kind } from "./kinds";
import type { Review } from "./review";
import { decimal } from "./words";

/** What a change means to those who depend on the certificate, a clause each. */
export interface Effect {
  /** What may refuse, or be refused: who reviews it has to act. */
  readonly warnings: readonly string[];
  /** What there is to do, or that there is nothing. */
  readonly remarks: readonly string[];
}

/** How a reporter writes a text that comes from a plan. */
export type Show = (text: string) => string;

/** Tells what each change of a review means. */
export function effectsOf(review: Review, show: Show): (change: CertificateChange) => Effect {
  const isSignedByOther = otherSigners(review);
  return (change) =>
    change.isAuthority ? effectOfAuthority(change) : effectOfLeaf(change, isSignedByOther(change), show);
}

/** Tells which new certificates clients may refuse for who signs them. One that is renewed with its key is the same to them. */
export function otherSigners({ authorities }: Review): (change: CertificateChange) => boolean {
  const replaced = new Set(authorities.filter(({ kinds }) => !isRenewal(kinds)).map(({ source }) => source));
  const renewed = new Set(authorities.map(({ source }) => source).filter((source) => !replaced.has(source)));
  return ({ isAuthority, authority, kinds, source }) =>
    !isAuthority && authority === "other" && kinds.some(isMaking) && !renewed.has(source);
}

/** Whether someone has to look at it before the plan is applied. */
export function isGrave({ isAuthority, kinds }: CertificateChange, { warnings }: Effect): boolean {
  return isAuthority || warnings.length > 0 || kinds.includes("re-keyed");
}

function isRenewal(kinds: readonly Kind[]): boolean {
  return kinds.every((kind) => kind === "authority-renewed" || !isMaking(kind));
}

const HARMFUL: readonly Kind[] = ["authority-replaced", "authority-removed", "undetermined"];

function effectOfAuthority({ kinds }: CertificateChange): Effect {
  return {
    warnings: kinds.filter((kind) => HARMFUL.includes(kind)).map((kind) => KINDS[kind]),
    remarks: kinds.filter((kind) => !HARMFUL.includes(kind)).map((kind) => KINDS[kind]),
  };
}

function effectOfLeaf(change: CertificateChange, isSignedByOther: boolean, show: Show): Effect {
  const { kinds, authority, before } = change;
  const isMade = kinds.some(isMaking);
  const gone = goneNames(change);
  const warnings: readonly (string | false)[] = [
    kinds.includes("removed") && `it stays valid ${untilOf(before?.notAfter)}, and is not revoked`,
    kinds.includes("moved") && `the old certificate stays valid ${untilOf(before?.notAfter)}, and is not revoked`,
    kinds.includes("undetermined") && KINDS.undetermined,
    gone.length > 0 && `clients that dial ${listOf(gone, show)} refuse the broker`,
    isSignedByOther && "another authority signs it: clients need that one, or the one above it, in their ca.pem",
    isMade && authority === "unknown" && "the plan does not tell whether the same authority signs it",
    isMade && losesServerUse(change) && "clients refuse it, for it is no server's any more",
  ];
  const found = warnings.filter((warning) => warning !== false);
  return { warnings: found, remarks: remarksOf(change, isMade, found.length === 0) };
}

function remarksOf({ kinds, key }: CertificateChange, isMade: boolean, isCalm: boolean): string[] {
  if (kinds.includes("undetermined")) {
    return [];
  }
  if (kinds.includes("issued")) {
    return isCalm ? ["clients that trust its authority accept it"] : [];
  }
  const kept = kinds.includes("forgotten") ? "nobody renews it any more" : "clients unaffected: the certificate stays";
  const remarks: readonly (string | false)[] = isMade
    ? [
        isCalm && `clients unaffected: ${key} key, same authority, no address goes`,
        key === "same"
          ? "the broker needs its new certificate"
          : "the broker needs its new certificate and key at once",
      ]
    : [isCalm && kept];
  return remarks.filter((remark) => remark !== false);
}

const LASTING: readonly Kind[] = ["removed", "files-changed", "schedule-changed", "forgotten", "renamed", "drifted"];

/** Whether there is a new certificate. */
function isMaking(kind: Kind): boolean {
  return !LASTING.includes(kind);
}

/** The names that a new certificate has no more. */
export function goneNames({ before, after }: CertificateChange): string[] {
  const next = after?.names;
  return next === undefined ? [] : (before?.names ?? []).filter((name) => !hasName(next, name));
}

/** Names are the same in whatever case (RFC 4343). */
export function hasName(names: readonly string[], name: string): boolean {
  return names.some((each) => each.toLowerCase() === name.toLowerCase());
}

function losesServerUse({ before, after }: CertificateChange): boolean {
  return before?.uses?.includes("server_auth") === true && after?.uses?.includes("server_auth") === false;
}

function untilOf(notAfter: string | undefined): string {
  return notAfter === undefined ? "until its end" : `until ${notAfter.slice(0, 10)}`;
}

const LISTED_AT_MOST = 5;

/** The first of them, and how many there are beside these. */
export function listOf(texts: readonly string[], show: Show): string {
  const shown = texts.slice(0, LISTED_AT_MOST).map(show).join(", ");
  return texts.length > LISTED_AT_MOST ? `${shown} and ${decimal(texts.length - LISTED_AT_MOST)} more` : shown;
}
