/** The kinds of keys that plans and states may name. */
const KNOWN = /^(RSA [1-9]\d{2,4}|ECDSA P-\d{3}|Ed25519)$/;

/** A kind of key in the words of a plan or a state, `RSA 2048`: what is none is `unknown`, and not repeated. */
export function knownKeyType(text: string): string {
  return KNOWN.test(text) ? text : "unknown";
}
