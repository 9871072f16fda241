import type { X509Certificate } from "node:crypto";
import type { Authority } from "./authority";
import { certain, doubtful, type Reason } from "./reason";
import { Signers } from "./signers";

/** More than any real chain has. */
const LONGEST_PATH = 8;

/** A limit against attacks: authorities that signed each other multiply the chains to try. */
const STEPS_AT_MOST = 1000;

/** A client that trusts some roots, and builds a chain to one of them as OpenSSL does. */
export class Client {
  readonly #roots: ReadonlySet<Authority>;
  readonly #others: readonly Authority[];
  /** By the presented authorities: certificates that are in no file share one list. */
  readonly #signers = new WeakMap<readonly Authority[], Signers>();

  /** @param trusted the certificates in ca.pem; one that is not a root only helps to build the chain */
  constructor(trusted: readonly Authority[]) {
    this.#roots = new Set(trusted.filter(({ isRoot }) => isRoot));
    this.#others = trusted.filter((authority) => !this.#roots.has(authority));
  }

  public trusts(authority: Authority): boolean {
    return this.#roots.has(authority);
  }

  /** Whether a root that it trusts has signed the certificate. */
  public trustsIssuerOf(x509: X509Certificate): boolean {
    return [...this.#roots].some((root) => root.subject === x509.issuer && root.verifies(x509));
  }

  /**
   * Why it does not accept the issuer of a certificate. The certificate itself is not judged.
   *
   * @param presented the authorities that come with the certificate, in any order
   * @param dnsNames the DNS names in the certificate
   */
  public reasonsAgainst(
    x509: X509Certificate,
    presented: readonly Authority[],
    dnsNames: readonly string[],
  ): readonly Reason[] {
    const search = new Search(this.#roots, this.signersAmong(presented), dnsNames);
    const best = search.bestFrom(x509, 0);
    if (search.isCut && best?.weight !== 0) {
      return [doubtful("comes with too many authorities of the same name: not every chain to a trusted one was tried")];
    }
    return best?.reasons ?? [certain("no chain of signatures leads from it to an authority that clients trust")];
  }

  /** Trusted authorities are tried first. */
  private signersAmong(presented: readonly Authority[]): Signers {
    const signers =
      this.#signers.get(presented) ?? new Signers(new Set([...this.#roots, ...this.#others, ...presented]));
    this.#signers.set(presented, signers);
    return signers;
  }
}

/** A chain to a root: from the issuer of a certificate up to the root. */
interface Path {
  readonly reasons: readonly Reason[];
  /** How much speaks against the chain; a client takes one that has nothing against it. */
  readonly weight: number;
}

/** Finds the chain from a certificate to a root that has least against it. Each part of a chain is judged once. */
class Search {
  /** Whether the search stopped before it had tried every chain. */
  public isCut = false;
  readonly #known: Map<X509Certificate, Path | undefined>[] = [];
  #steps = 0;

  constructor(
    private readonly roots: ReadonlySet<Authority>,
    private readonly signers: Signers,
    private readonly dnsNames: readonly string[],
  ) {}

  /**
   * @param below the number of authorities between it and the server's certificate
   * @returns undefined if there is no chain
   */
  public bestFrom(x509: X509Certificate, below: number): Path | undefined {
    const known = (this.#known[below] ??= new Map());
    if (!known.has(x509)) {
      known.set(x509, this.find(x509, below));
    }
    return known.get(x509);
  }

  private find(x509: X509Certificate, below: number): Path | undefined {
    const { authorities, isCut } = this.signers.of(x509);
    this.isCut ||= isCut;
    let best: Path | undefined;
    for (const authority of authorities) {
      this.#steps += 1;
      if (this.#steps > STEPS_AT_MOST) {
        this.isCut = true;
        break;
      }
      const path = this.pathOver(authority, x509, below);
      if (path !== undefined && path.weight < (best?.weight ?? Infinity)) {
        best = path;
      }
      if (best?.weight === 0) {
        break;
      }
    }
    return best;
  }

  private pathOver(authority: Authority, x509: X509Certificate, below: number): Path | undefined {
    const isRoot = this.roots.has(authority);
    const above = isRoot || below === LONGEST_PATH ? undefined : this.bestFrom(authority.read.x509, below + 1);
    if (!isRoot && above === undefined) {
      return undefined;
    }
    const own = authority.reasonsAgainst(x509, below, this.dnsNames);
    return { reasons: [...own, ...(above?.reasons ?? [])], weight: weightOf(own) + (above?.weight ?? 0) };
  }
}

function weightOf(reasons: readonly Reason[]): number {
  return reasons.filter(({ isCertain }) => isCertain).length * 100 + reasons.length;
}
