import { ReadCertificate } from "../../read/certificate";
import { type Planned, UNKNOWN } from "../../terraform/planned-values";
import type { Change, PlanIndex } from "./plan-index";

/** What clients trust by itself before a plan and after it, as far as that tells. */
export class TrustAnchors {
  readonly #index: PlanIndex;
  readonly #staying: readonly Change<"certificate">[];
  #roots: readonly ReadCertificate[] | undefined;
  /** By the texts of those who sign: many certificates have the same. */
  readonly #known = new Map<string, string | undefined>();

  /** @param staying those of the plan's resources that stay */
  constructor(index: PlanIndex, staying: readonly Change<"certificate">[]) {
    this.#index = index;
    this.#staying = staying;
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
    this.#roots ??= [
      ...this.#staying.flatMap(({ before }) => rootsIn(before?.pem)),
      ...this.#index.files.flatMap(({ before, after }) => {
        const left = new Set(rootsIn(after?.certificates).map(({ facts }) => facts.fingerprint));
        return left.size === 0 ? [] : rootsIn(before?.certificates).filter(({ facts }) => left.has(facts.fingerprint));
      }),
    ];
    return this.#roots;
  }
}

function hasSigned({ x509: signer }: ReadCertificate, { x509 }: ReadCertificate): boolean {
  return x509.checkIssued(signer) && x509.verify(signer.publicKey);
}

/** What is in a text for clients: one of authorities alone, each of which has signed itself. */
function rootsIn(text: Planned<string>): readonly ReadCertificate[] {
  const all = typeof text === "string" ? ReadCertificate.fromPem(text) : [];
  return all.every((one) => one.facts.isAuthority && hasSigned(one, one)) ? all : [];
}
