/** What is spoken to a broker, by the names that `--protocol` takes. */
export const PROTOCOLS = ["tls", "mqtt", "wss"] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/** Where a broker is dialled, and how. */
export interface Target {
  /** A name or an IP address. */
  readonly host: string;
  readonly port: number;
  /** What clients call it. */
  readonly name: string;
  /** What TLS is to say that it is called (SNI); undefined for an IP address. */
  readonly serverName: string | undefined;
  readonly protocol: Protocol;
  /** Of a WebSocket. */
  readonly path: string;
}

/** What comes back. A reason is the rest of a sentence about what is there, in words of ours. */
export type Answer =
  | { readonly kind: "unreachable" | "no-tls"; readonly reason: string }
  | {
      readonly kind: "served";
      /** `TLSv1.3` */
      readonly protocol: string;
      /** As IANA has it. */
      readonly cipher: string;
      /** What it presents, in its order: DER. */
      readonly chain: readonly Uint8Array[];
      /** Why what it speaks in TLS is not what was asked for; undefined where it is. */
      readonly flaw: string | undefined;
    };

/**
 * Dials once, and judges nothing.
 *
 * @param timeout for all of it, in milliseconds
 */
export type Dial = (target: Target, timeout: number) => Promise<Answer>;
