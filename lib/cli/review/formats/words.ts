import type { CertificateChange, CertificateSide, FileChange } from "../certificate-change";
import type { Show } from "../sentence";

/** `2029-02-27`, `about 2029-02-27`; empty where it is not known. */
export function endOf(side: CertificateSide | undefined): string {
  const { notAfter, isEstimated } = side ?? {};
  return notAfter === undefined ? "" : `${isEstimated === true ? "about " : ""}${notAfter.slice(0, 10)}`;
}

/** `same, RSA 2048`; of a certificate that goes, what key it has. */
export function keyOf({ key, before, after }: CertificateChange, show: Show): string {
  const type = after?.keyType ?? before?.keyType;
  return [...(after === undefined ? [] : [key]), ...(type === undefined ? [] : [show(type)])].join(", ");
}

/** Whether the same one signs; empty of a certificate that goes, and of an authority. */
export function authorityOf({ authority, after, isAuthority }: CertificateChange): string {
  return after === undefined || isAuthority ? "" : authority;
}

/** Enough to find it by. */
export function shortFingerprintOf(side: CertificateSide | undefined): string {
  return side?.fingerprint === undefined ? "" : `${side.fingerprint.slice(0, 23)}…`;
}

/** The pin of the key before and after: of a key that is made, it is known once the plan is carried out. */
export function keyPinOf({ key, before, after }: CertificateChange): string {
  const [old, next = "known after the deployment"] = [before?.keyPin, after?.keyPin];
  return old === undefined ? "" : key === "same" || after === undefined ? old : `${old} -> ${next}`;
}

const FILE_ACTIONS: Readonly<Partial<Record<string, string>>> = { delete: "removed", forget: "left as it is" };

export function fileActionOf({ action }: FileChange): string {
  return FILE_ACTIONS[action] ?? action;
}
