/** The key types that plans and states may name. */
const KNOWN = /^(RSA [1-9]\d{2,4}|ECDSA P-\d{3}|Ed25519)$/;

/** A key type from a plan or a state, `RSA 2048`; another text becomes `unknown`, and is not repeated. */
export function knownKeyType(text: string): string {
  return KNOWN.test(text) ? text : "unknown";
}
