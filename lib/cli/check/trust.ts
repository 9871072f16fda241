import { Authority } from "../inventory/authority";
import { Client } from "../inventory/client";
import type { ReadCertificate } from "../read/certificate";

/** What clients trust, and all authorities that were seen: what is asked of each is worked out once for all brokers. */
export class Trust {
  public readonly client: Client;
  readonly #authorities = new Map<string, Authority | undefined>();
  /** By the fingerprints that were presented. */
  readonly #presented = new Map<string, readonly Authority[]>();

  /** @param trusted what is in ca.pem */
  constructor(
    trusted: readonly ReadCertificate[],
    private readonly now: Date,
  ) {
    this.client = new Client(this.authoritiesAmong(trusted));
  }

  /** The authorities that a broker presents: the same list for the same certificates, as a client knows what it has seen. */
  public presented(chain: readonly ReadCertificate[]): readonly Authority[] {
    const id = chain.map(({ facts }) => facts.fingerprint).join(" ");
    const authorities = this.#presented.get(id) ?? this.authoritiesAmong(chain);
    this.#presented.set(id, authorities);
    return authorities;
  }

  private authoritiesAmong(certificates: readonly ReadCertificate[]): Authority[] {
    return certificates.flatMap((certificate) => {
      const { fingerprint } = certificate.facts;
      if (!this.#authorities.has(fingerprint)) {
        this.#authorities.set(fingerprint, Authority.of(certificate, this.now));
      }
      return this.#authorities.get(fingerprint) ?? [];
    });
  }
}
