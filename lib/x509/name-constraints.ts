/**
 * Constraints of DNS names (RFC 5280, section 4.2.1.10): lists of domains that are permitted. One that starts with a dot
 * permits the names below it alone; undefined permits any.
 */

/** In characters: no name is longer (RFC 1035, section 2.3.4), and so no domain that has one in it, with its dot. */
const LONGEST = 254;

/** Whether an authority with that list may certify a name, in lower case: for many names, for each in the time that its labels take. */
export function permitting(domains: readonly string[] | undefined): (name: string) => boolean {
  const permitted = domains && new Set(domains);
  return (name) => permitted === undefined || domainsOf(name).some((domain) => permitted.has(domain));
}

/** The domains that all lists permit, in the order of their text. */
export function commonDomains(lists: readonly (readonly string[] | undefined)[]): string[] | undefined {
  const limited = lists.filter((list) => list !== undefined);
  const permits = limited.map(permitting);
  return limited.length === 0
    ? undefined
    : [...new Set(limited.flat())].filter((domain) => permits.every((isPermitted) => isPermitted(domain))).sort();
}

/** All domains that a name, or all names of a domain, are in: `a.b` is in `a.b`, `.b` and `b`. */
function domainsOf(name: string): string[] {
  const end = name.slice(-LONGEST);
  const dots = [...end.matchAll(/\./g)].map(({ index }) => end.slice(index));
  return [name, ...dots, ...dots.map((below) => below.slice(1))];
}
