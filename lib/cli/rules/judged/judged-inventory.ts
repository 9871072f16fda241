import type { Judged } from "./judged";
import type { Entry } from "../../inventory/entry";

/** How certificates of an inventory are: clients refuse them; or nobody knows whether they do. */
export const INVENTORY_KINDS = ["refused", "doubtful"] as const;

/** What rules judge of a certificate as it is. */
export function judgedOfEntry(entry: Entry): Judged {
  const { kind, address, location, names, keyType, issuer, notBefore, notAfter } = entry;
  return {
    address,
    isAuthority: kind === "authority",
    kinds: kindsOf(entry),
    fate: "stays",
    names,
    ...(keyType !== null && { keyType }),
    ...(issuer !== null && { issuer: issuer.commonName }),
    ...(notBefore !== null && { notBefore }),
    ...(notAfter !== null && { notAfter }),
    location,
  };
}

function kindsOf({ accepted }: Entry): (typeof INVENTORY_KINDS)[number][] {
  return accepted === false ? ["refused"] : accepted === null ? ["doubtful"] : [];
}
