/** The protocols to speak to a broker, by the names that `--protocol` takes. */
export const PROTOCOLS = ["tls", "mqtt", "wss"] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/** Where and how to dial a broker. */
export interface Target {
  /** A DNS name or an IP address. */
  readonly host: string;
  readonly port: number;
  /** The name that clients dial. */
  readonly name: string;
  /** The server name that TLS sends (SNI); undefined for an IP address. */
  readonly serverName: string | undefined;
  readonly protocol: Protocol;
  /** The path of a WebSocket. */
  readonly path: string;
}

/** The answer of a broker. A reason is the rest of a sentence about it, and quotes nothing that the broker sent. */
export type Answer =
  | { readonly kind: "unreachable" | "no-tls"; readonly reason: string }
  | {
      readonly kind: "served";
      /** `TLSv1.3` */
      readonly protocol: string;
      /** The IANA name. */
      readonly cipher: string;
      /** The certificates that it presents, in its order: DER. */
      readonly chain: readonly Uint8Array[];
      /** Why the protocol in TLS is not the requested one; undefined if it is. */
      readonly flaw: string | undefined;
    };

/**
 * Dials once, without judging what is served.
 *
 * @param timeout for the whole call, in milliseconds
 */
export type Dial = (target: Target, timeout: number) => Promise<Answer>;
