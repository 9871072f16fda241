import type { X509Certificate } from "node:crypto";
import type { Authority } from "./authority";
import { certain, doubtful, type Reason } from "./reason";
import { Signers } from "./signers";

/** More than anybody has. */
const LONGEST_PATH = 8;

/** Who presents that many is up to no good: authorities that signed each other multiply the ways. */
const STEPS_AT_MOST = 1000;

/** A client that trusts some roots, and finds its way to one of them as OpenSSL does. */
export class Client {
  readonly #roots: ReadonlySet<Authority>;
  readonly #others: readonly Authority[];
  /** By what is presented, which is the same for all that are in no file. */
  readonly #signers = new WeakMap<readonly Authority[], Signers>();

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
    const search = new Search(this.#roots, this.signersAmong(presented), dnsNames);
    const best = search.bestFrom(x509, 0);
    if (search.isCut && best?.weight !== 0) {
      return [doubtful("comes with too many authorities of the same name: not every chain to a trusted one was tried")];
    }
    return best?.reasons ?? [certain("no chain of signatures leads from it to an authority that clients trust")];
  }

  /** What is trusted is tried first. */
  private signersAmong(presented: readonly Authority[]): Signers {
    const signers =
      this.#signers.get(presented) ?? new Signers(new Set([...this.#roots, ...this.#others, ...presented]));
    this.#signers.set(presented, signers);
    return signers;
  }
}

/** A way to a root: from who signed a certificate up to the root. */
interface Path {
  readonly reasons: readonly Reason[];
  /** A client takes the way with nothing against it. */
  readonly weight: number;
}

/** For the way from a certificate to a root that has least against it. Each part of a way is judged once. */
class Search {
  /** Whether there may be more ways than it found. */
  public isCut = false;
  readonly #known: Map<X509Certificate, Path | undefined>[] = [];
  #steps = 0;

  constructor(
    private readonly roots: ReadonlySet<Authority>,
    private readonly signers: Signers,
    private readonly dnsNames: readonly string[],
  ) {}

  /**
   * @param below how many authorities are between it and the server's certificate
   * @returns undefined where there is no way
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
