import { ReadCertificate } from "../../read/certificate";
import { type Planned, UNKNOWN } from "../../terraform/planned-values";
import type { Change, PlanIndex } from "./plan-index";

/** The trust anchors of clients before and after a plan, as far as its files and outputs for clients show them. */
export class TrustAnchors {
  readonly #index: PlanIndex;
  #roots: readonly ReadCertificate[] | undefined;
  /** The fingerprints of roots by the PEM of the authority below them: many certificates share one. */
  readonly #known = new Map<string, string | undefined>();

  constructor(index: PlanIndex) {
    this.#index = index;
  }

  /** Whether the old and the new authority of a certificate are the same trust anchor, or below the same one. */
  public isSameAbove({ change, before, after }: Change<"certificate">): boolean {
    // If the plan makes the authority, its own authority may still be known.
    const made = after?.issuerPem === UNKNOWN ? this.#index.signerReferredTo(change) : undefined;
    const old = this.above(before?.issuerPem);
    return old !== undefined && old === this.above(made?.isAuthority === true ? made.issuerPem : after?.issuerPem);
  }

  /** The fingerprint of the root above an authority; undefined if it is not known. */
  private above(signer: Planned<string>): string | undefined {
    if (typeof signer !== "string") {
      return undefined;
    }
    if (!this.#known.has(signer)) {
      const [one] = ReadCertificate.fromPem(signer);
      const root = one && this.roots.find((each) => each.x509.raw.equals(one.x509.raw) || hasSigned(each, one));
      this.#known.set(signer, root?.facts.fingerprint);
    }
    return this.#known.get(signer);
  }

  private get roots(): readonly ReadCertificate[] {
    this.#roots ??= rootsThatStay(this.#index);
    return this.#roots;
  }
}

/** Empty if a text for clients changes: clients may have trusted the authority that signed, and not its root. */
function rootsThatStay({ texts }: PlanIndex): readonly ReadCertificate[] {
  const forClients = texts.filter(
    ({ before, after }) => authoritiesIn(before).length > 0 || authoritiesIn(after).length > 0,
  );
  return forClients.every(({ before, after }) => before === after)
    ? forClients.flatMap(({ after }) => authoritiesIn(after)).filter((one) => hasSigned(one, one))
    : [];
}

function hasSigned({ x509: signer }: ReadCertificate, { x509 }: ReadCertificate): boolean {
  return x509.checkIssued(signer) && x509.verify(signer.publicKey);
}

/** The certificates of a text for clients, which contains only authorities. */
function authoritiesIn(text: Planned<string>): readonly ReadCertificate[] {
  const all = typeof text === "string" ? ReadCertificate.fromPem(text) : [];
  return all.every(({ facts }) => facts.isAuthority) ? all : [];
}
