import { Authority } from "../inventory/authority";
import { Client } from "../inventory/client";
import type { ReadCertificate } from "../read/certificate";

/** The trust anchors, and all authorities seen so far. Each authority is judged once for all brokers. */
export class Trust {
  public readonly client: Client;
  readonly #authorities = new Map<string, Authority | undefined>();
  /** By the fingerprints of the presented certificates. */
  readonly #presented = new Map<string, readonly Authority[]>();

  /** @param trusted the certificates in ca.pem */
  constructor(
    trusted: readonly ReadCertificate[],
    private readonly now: Date,
  ) {
    this.client = new Client(this.authoritiesAmong(trusted));
  }

  /** The authorities that a broker presents: the same list for the same certificates, so that caches find it. */
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
