import type { X509Certificate } from "node:crypto";
import type { Authority } from "./authority";

/** More keys of one name than any real set of authorities has. */
const KEYS_TRIED_AT_MOST = 100;

/** The issuer of a certificate: authorities of one name and one key. */
export interface SignersOfOne {
  /** In the order in which they were given. */
  readonly authorities: readonly Authority[];
  /** Whether the search stopped before it had tried every key. */
  readonly isCut: boolean;
}

/** Finds the authorities that signed a certificate. */
export class Signers {
  /** By their names, and then by their keys. */
  readonly #bySubject = new Map<string, Map<string, Authority[]>>();
  readonly #known = new WeakMap<X509Certificate, SignersOfOne>();

  constructor(authorities: Iterable<Authority>) {
    for (const authority of authorities) {
      const byKey = this.#bySubject.get(authority.subject) ?? new Map<string, Authority[]>();
      this.#bySubject.set(authority.subject, byKey);
      const same = byKey.get(authority.keyId);
      if (same === undefined) {
        byKey.set(authority.keyId, [authority]);
      } else {
        same.push(authority);
      }
    }
  }

  /** The authorities that a certificate names as its issuer, and whose key made its signature. */
  public of(x509: X509Certificate): SignersOfOne {
    const known = this.#known.get(x509) ?? this.find(x509);
    this.#known.set(x509, known);
    return known;
  }

  private find(x509: X509Certificate): SignersOfOne {
    const groups = [...(this.#bySubject.get(x509.issuer)?.values() ?? [])];
    const tried = groups.length > 1 ? likelyFirst(groups, x509).slice(0, KEYS_TRIED_AT_MOST) : groups;
    const authorities = tried.find(([first]) => first?.verifies(x509)) ?? [];
    return { authorities, isCut: authorities.length === 0 && tried.length < groups.length };
  }
}

/** A certificate names the key that signed it by an id (RFC 5280, section 4.2.1.1), which is faster to compare than a signature. */
function likelyFirst(groups: readonly Authority[][], x509: X509Certificate): Authority[][] {
  const isLikely = ([first]: readonly Authority[]): boolean => first !== undefined && x509.checkIssued(first.read.x509);
  return [...groups.filter(isLikely), ...groups.filter((group) => !isLikely(group))];
}
