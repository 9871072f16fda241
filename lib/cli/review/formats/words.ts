import type { CertificateChange, CertificateSide, FileChange } from "../certificate-change";
import type { Show } from "../sentence";

/** The expiry date: `2029-02-27` or `about 2029-02-27`; empty if it is not known. */
export function endOf(side: CertificateSide | undefined): string {
  const { notAfter, isEstimated } = side ?? {};
  return notAfter === undefined ? "" : `${isEstimated === true ? "about " : ""}${notAfter.slice(0, 10)}`;
}

/** The state and type of the key: `same, RSA 2048`; for a removed certificate, its type alone. */
export function keyOf({ key, before, after }: CertificateChange, show: Show): string {
  const type = after?.keyType ?? before?.keyType;
  return [...(after === undefined ? [] : [key]), ...(type === undefined ? [] : [show(type)])].join(", ");
}

/** Whether the same authority signs; empty for a removed certificate, and for an authority. */
export function authorityOf({ authority, after, isAuthority }: CertificateChange): string {
  return after === undefined || isAuthority ? "" : authority;
}

/** The start of the fingerprint: enough to find the certificate. */
export function shortFingerprintOf(side: CertificateSide | undefined): string {
  return side?.fingerprint === undefined ? "" : `${side.fingerprint.slice(0, 23)}…`;
}

/** The pin of the key before and after. The pin of a new key is known once the plan is applied. */
export function keyPinOf({ key, before, after }: CertificateChange): string {
  const [old, next = "known after the deployment"] = [before?.keyPin, after?.keyPin];
  return old === undefined ? "" : key === "same" || after === undefined ? old : `${old} -> ${next}`;
}

const FILE_ACTIONS: Readonly<Partial<Record<string, string>>> = { delete: "removed", forget: "left in place" };

export function fileActionOf({ action }: FileChange): string {
  return FILE_ACTIONS[action] ?? action;
}
