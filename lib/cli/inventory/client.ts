import type { X509Certificate } from "node:crypto";
import type { Authority } from "./authority";
import { certain, type Reason } from "./reason";

/** More than anybody has. */
const LONGEST_PATH = 8;

/** A client that trusts some roots, and finds its way to one of them as OpenSSL does. */
export class Client {
  readonly #roots: ReadonlySet<Authority>;
  readonly #others: readonly Authority[];

  /** @param trusted what is in ca.pem: one that is no root only helps on the way to one */
  constructor(trusted: readonly Authority[]) {
    this.#roots = new Set(trusted.filter(({ isRoot }) => isRoot));
    this.#others = trusted.filter((authority) => !this.#roots.has(authority));
  }

  public trusts(authority: Authority): boolean {
    return this.#roots.has(authority);
  }

  /**
   * What keeps it from accepting who signed a certificate. The certificate's own flaws are not looked for.
   *
   * @param presented what comes with it, in any order
   * @param dnsNames those that it is for
   */
  public reasonsAgainst(
    x509: X509Certificate,
    presented: readonly Authority[],
    dnsNames: readonly string[],
  ): readonly Reason[] {
    const helpers = [...new Set([...this.#others, ...presented])].filter((authority) => !this.#roots.has(authority));
    const judged = this.pathsFrom(x509, helpers, []).map((path) => reasonsOf(x509, path, dnsNames));
    return (
      judged.sort(byWeight)[0] ?? [certain("no chain of signatures leads from it to an authority that clients trust")]
    );
  }

  /** The ways to a root: each from who signed the certificate up to the root. */
  private pathsFrom(x509: X509Certificate, helpers: readonly Authority[], below: readonly Authority[]): Authority[][] {
    const ends = [...this.#roots].filter((root) => root.hasSigned(x509)).map((root) => [root]);
    const ways = helpers
      .filter((helper) => below.length < LONGEST_PATH && !below.includes(helper) && helper.hasSigned(x509))
      .flatMap((helper) =>
        this.pathsFrom(helper.read.x509, helpers, [...below, helper]).map((path) => [helper, ...path]),
      );
    return [...ends, ...ways];
  }
}

function reasonsOf(x509: X509Certificate, path: readonly Authority[], dnsNames: readonly string[]): Reason[] {
  return path.flatMap((authority, index) =>
    authority.reasonsAgainst(path[index - 1]?.read.x509 ?? x509, index, dnsNames),
  );
}

function byWeight(one: readonly Reason[], other: readonly Reason[]): number {
  return weightOf(one) - weightOf(other);
}

/** A client takes the way with nothing against it. */
function weightOf(reasons: readonly Reason[]): number {
  return reasons.filter(({ isCertain }) => isCertain).length * 100 + reasons.length;
}
