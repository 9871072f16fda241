import { ReadCertificate } from "../../read/certificate";
import { type Planned, UNKNOWN } from "../../terraform/planned-values";
import type { Change, PlanIndex } from "./plan-index";

/** What clients trust before a plan and after it, as far as its files and outputs for clients tell. */
export class TrustAnchors {
  readonly #index: PlanIndex;
  #roots: readonly ReadCertificate[] | undefined;
  /** By the texts of those who sign: many certificates have the same. */
  readonly #known = new Map<string, string | undefined>();

  constructor(index: PlanIndex) {
    this.#index = index;
  }

  /** Whether the same one is above who signed a certificate and above who signs it from then on, as that or one higher. */
  public isSameAbove({ change, before, after }: Change<"certificate">): boolean {
    // Of one that the plan makes, it may be known who signs that.
    const made = after?.issuerPem === UNKNOWN ? this.#index.signerReferredTo(change) : undefined;
    const old = this.above(before?.issuerPem);
    return old !== undefined && old === this.above(made?.isAuthority === true ? made.issuerPem : after?.issuerPem);
  }

  /** Its fingerprint; undefined where it is not known. */
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

/** None where a text for clients changes: they may have trusted who signed, and not what is above. */
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

/** What is in a text for clients: one of authorities alone. */
function authoritiesIn(text: Planned<string>): readonly ReadCertificate[] {
  const all = typeof text === "string" ? ReadCertificate.fromPem(text) : [];
  return all.every(({ facts }) => facts.isAuthority) ? all : [];
}
