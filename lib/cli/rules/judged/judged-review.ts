import { commonNameIn } from "../../read/subject";
import type { Fate, Judged } from "./judged";
import { isMaking, type ReviewedChange } from "../../review/impact";
import type { Kind } from "../../review/kinds";

/** What rules check of a change: the certificate after the plan. */
export function judgedOfChange({ title, address, isAuthority, kinds, after }: ReviewedChange): Judged {
  const { names, keyType, issuer = "", notBefore, notAfter } = after ?? {};
  const signer = commonNameIn(issuer);
  return {
    address: title,
    isAuthority,
    kinds,
    fate: fateOf(kinds),
    ...(names && { names }),
    ...(keyType !== undefined && { keyType }),
    ...(signer !== undefined && { issuer: signer }),
    ...(notBefore !== undefined && { notBefore }),
    ...(notAfter !== undefined && { notAfter }),
    location: address,
  };
}

const GOING: readonly Kind[] = ["removed", "authority-removed"];
const COMING: readonly Kind[] = ["issued", "authority-created", "authority-added"];

function fateOf(kinds: readonly Kind[]): Fate {
  const isOneOf = (some: readonly Kind[]): boolean => kinds.some((kind) => some.includes(kind));
  return isOneOf(GOING) ? "goes" : isOneOf(COMING) ? "comes" : kinds.some(isMaking) ? "changes" : "stays";
}
