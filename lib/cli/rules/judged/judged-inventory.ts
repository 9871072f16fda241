import type { Judged } from "./judged";
import type { Entry } from "../../inventory/entry";

/** The kinds of an inventory: clients refuse the certificate, or it is unknown whether they accept it. */
export const INVENTORY_KINDS = ["refused", "doubtful"] as const;

/** What rules check of an existing certificate. */
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
