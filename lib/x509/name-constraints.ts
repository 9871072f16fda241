/**
 * Constraints of DNS names (RFC 5280, section 4.2.1.10): lists of domains that are permitted. One that starts with a dot
 * permits the names below it alone; undefined permits any.
 */

/** Whether an authority with that list may certify a name, in lower case. */
export function isPermitted(name: string, domains: readonly string[] | undefined): boolean {
  return domains === undefined || domains.some((domain) => isWithin(name, domain));
}

/** The domains that all lists permit, in the order of their text. */
export function commonDomains(lists: readonly (readonly string[] | undefined)[]): string[] | undefined {
  const limited = lists.filter((list) => list !== undefined);
  return limited.length === 0
    ? undefined
    : [...new Set(limited.flat())].filter((domain) => limited.every((list) => isPermitted(domain, list))).sort();
}

/** Whether a name, or all names of a domain, are in another domain. */
function isWithin(name: string, domain: string): boolean {
  return domain.startsWith(".") ? name.endsWith(domain) : `.${name}`.endsWith(`.${domain}`);
}
