/**
 * Constraints of DNS names (RFC 5280, section 4.2.1.10): lists of permitted domains. A domain that starts with a dot permits only
 * the names below it. Undefined permits any name.
 */

/** In characters: the longest name with a dot before it (RFC 1035, section 2.3.4). No longer domain contains a name. */
const LONGEST = 254;

/** A check whether an authority with that list may certify a name in lower case. It is fast for long lists and many names. */
export function permitting(domains: readonly string[] | undefined): (name: string) => boolean {
  const permitted = domains && new Set(domains);
  return (name) => permitted === undefined || domainsOf(name).some((domain) => permitted.has(domain));
}

/** The domains that all lists permit, sorted. */
export function commonDomains(lists: readonly (readonly string[] | undefined)[]): string[] | undefined {
  const limited = lists.filter((list) => list !== undefined);
  const permits = limited.map(permitting);
  return limited.length === 0
    ? undefined
    : [...new Set(limited.flat())].filter((domain) => permits.every((isPermitted) => isPermitted(domain))).sort();
}

/** All domains that contain a name or a domain: `a.b` is in `a.b`, `.b` and `b`. */
function domainsOf(name: string): string[] {
  const end = name.slice(-LONGEST);
  const dots = [...end.matchAll(/\./g)].map(({ index }) => end.slice(index));
  return [name, ...dots, ...dots.map((below) => below.slice(1))];
}
