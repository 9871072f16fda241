import type { CertificateChange } from "./certificate-change";
import type { Group } from "../show/groups";
import { groupOf } from "./groups";
import { GRAVE_KINDS, KINDS, type Kind } from "./kinds";
import { hasName } from "./names";
import { daysOf, type Sentence, sentence } from "./sentence";

/** What a change means for everyone who depends on the certificate. */
interface Impact {
  /** What may refuse the certificate, or be refused because of it. A clause each. The reviewer must act. */
  readonly warnings: readonly Sentence[];
  /** What there is to do, or that there is nothing to do. A clause each. */
  readonly remarks: readonly Sentence[];
  /** Whether someone must look at the change before the plan is applied: it has a warning, or a grave kind. */
  readonly isGrave: boolean;
  /** What the people who run the fleet must do. */
  readonly group: Group;
}

/** A change with its impact. */
export type ReviewedChange = CertificateChange & Impact;

/** Adds its impact to each change of all plans. */
export function withImpact(changes: readonly CertificateChange[]): ReviewedChange[] {
  const renewed = sourcesOfRenewals(changes);
  return changes.map((change) => {
    const { isAuthority, kinds } = change;
    const told = isAuthority ? impactOfAuthority(kinds) : impactOfLeaf(change, renewed);
    const hasWarnings = told.warnings.length > 0;
    const isGrave = hasWarnings || kinds.some((kind) => GRAVE_KINDS.includes(kind));
    return { ...change, ...told, isGrave, group: groupOf(kinds, isAuthority, hasWarnings) };
  });
}

/**
 * Whether clients may refuse a new certificate because of its authority. They accept it if their trust anchor above it stays the
 * same, and if its authority was renewed with the same key.
 *
 * @param renewed see {@link sourcesOfRenewals}
 */
export function isOfUnknownSigner(change: CertificateChange, renewed: ReadonlySet<string>): boolean {
  const { isAuthority, authority, trustAnchor, kinds, source } = change;
  return (
    !isAuthority && authority === "other" && trustAnchor !== "same" && kinds.some(isMaking) && !renewed.has(source)
  );
}

/** The plans in which an authority is renewed with the same key, and no authority is made in another way. */
export function sourcesOfRenewals(changes: readonly CertificateChange[]): ReadonlySet<string> {
  const made = changes
    .filter(({ isAuthority }) => isAuthority)
    .flatMap(({ kinds, source }) => kinds.filter(isMaking).map((kind) => ({ kind, source })));
  const sourcesWhere = (isRenewal: boolean): string[] =>
    made.filter(({ kind }) => (kind === "authority-renewed") === isRenewal).map(({ source }) => source);
  const others = new Set(sourcesWhere(false));
  return new Set(sourcesWhere(true).filter((source) => !others.has(source)));
}

type Told = Pick<Impact, "warnings" | "remarks">;

const HARMFUL: readonly Kind[] = ["authority-replaced", "authority-removed", "undetermined", "forgotten"];

function impactOfAuthority(kinds: readonly Kind[]): Told {
  if (isFinished(kinds)) {
    return { warnings: [FINISHED], remarks: [] };
  }
  const tell = (isHarmful: boolean): Sentence[] =>
    kinds.filter((kind) => HARMFUL.includes(kind) === isHarmful).map((kind) => sentence`${KINDS[kind]}`);
  return { warnings: tell(true), remarks: tell(false) };
}

const FINISHED = sentence`an interrupted deployment made this change: the review of that deployment says what it means`;

/** Whether an interrupted deployment made this change. */
function isFinished(kinds: readonly Kind[]): boolean {
  return kinds.includes("undetermined") && kinds.includes("files-changed");
}

function impactOfLeaf(change: CertificateChange, renewed: ReadonlySet<string>): Told {
  const { kinds, authority, before } = change;
  const isMade = kinds.some(isMaking) && !isFinished(kinds);
  const gone = goneNames(change);
  const until = daysOf(before?.notAfter === undefined ? [] : [before.notAfter.slice(0, 10)]) ?? "it expires";
  const warnings: readonly (Sentence | false)[] = [
    kinds.includes("removed") && sentence`the certificate stays valid until ${until}, and is not revoked`,
    kinds.includes("moved") && sentence`the old certificate stays valid until ${until}, and is not revoked`,
    kinds.includes("undetermined") && (isFinished(kinds) ? FINISHED : sentence`${KINDS.undetermined}`),
    kinds.includes("forgotten") && sentence`nothing renews the certificate from now on`,
    gone.length > 0 && sentence`clients that dial ${gone} refuse the broker`,
    isOfUnknownSigner(change, renewed) &&
      sentence`another authority signs the certificate: clients need that authority, or the one above it, in their ca.pem`,
    isMade &&
      authority === "unknown" &&
      sentence`the plan does not say whether the same authority signs the certificate`,
    isMade && losesUse("server_auth", change) && sentence`clients refuse the certificate: it no longer has serverAuth`,
    isMade &&
      losesUse("client_auth", change) &&
      sentence`brokers refuse the certificate from a bridge or a cluster node: it no longer has clientAuth`,
  ];
  const found = warnings.filter((warning) => warning !== false);
  return { warnings: found, remarks: remarksOf(change, isMade, found.length === 0) };
}

function remarksOf(change: CertificateChange, isMade: boolean, isCalm: boolean): Sentence[] {
  const { kinds, key } = change;
  if (kinds.includes("undetermined")) {
    return [];
  }
  if (kinds.includes("intermediate-renewed")) {
    return isCalm ? [sentence`${KINDS["intermediate-renewed"]}`] : [];
  }
  const mayBeClient =
    isMade && gainsClientUse(change) ? [sentence`the broker may also present the certificate as a client`] : [];
  if (kinds.includes("issued")) {
    return [...(isCalm ? [sentence`clients that trust its authority accept the certificate`] : []), ...mayBeClient];
  }
  if (!isMade) {
    return isCalm ? [sentence`clients unaffected: the certificate stays`] : [];
  }
  const signer =
    change.trustAnchor === "same"
      ? "another certificate of an intermediate authority below the same root"
      : "same authority";
  return [
    ...(isCalm ? [sentence`clients unaffected: ${key} key, ${signer}, no address is removed`] : []),
    key === "same"
      ? sentence`the broker needs its new certificate`
      : sentence`the broker needs its new certificate and its new key together`,
    pinning(key, isCalm),
    ...mayBeClient,
  ];
}

/** What a new certificate means for clients that pin the old certificate or its key. */
function pinning(key: CertificateChange["key"], isCalm: boolean): Sentence {
  switch (key) {
    case "same":
      return sentence`clients that pin the key ${isCalm ? "are unaffected" : "keep their pin"}; clients that pin the certificate need its new pin`;
    case "new":
      return sentence`clients that pin the key or the certificate need the new pin`;
    case "unknown":
      return sentence`clients that pin the certificate need its new pin; clients that pin the key may need a new pin`;
  }
}

const LASTING: readonly Kind[] = ["removed", "files-changed", "schedule-changed", "forgotten", "renamed", "drifted"];

/** Whether a change of this kind makes a new certificate. */
export function isMaking(kind: Kind): boolean {
  return !LASTING.includes(kind);
}

/** The names that the new certificate no longer has. */
export function goneNames({ before, after }: CertificateChange): string[] {
  const next = after?.names;
  return next === undefined ? [] : (before?.names ?? []).filter((name) => !hasName(next, name));
}

function losesUse(use: string, { before, after }: CertificateChange): boolean {
  return before?.uses?.includes(use) === true && after?.uses?.includes(use) === false;
}

function gainsClientUse({ before, after }: CertificateChange): boolean {
  return before?.uses?.includes("client_auth") !== true && after?.uses?.includes("client_auth") === true;
}
