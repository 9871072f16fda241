import { createHash, type KeyObject } from "node:crypto";

/** The pins of a public key, for clients that pin it. */
export interface KeyPins {
  /** The SHA-256 of the SubjectPublicKeyInfo: 32 bytes in hexadecimal, in upper case, with colons. */
  readonly keyFingerprint: string;
  /** The same in the form of curl (RFC 7469): `sha256//` and base64. */
  readonly keyPin: string;
  /** For Tasmota's `MqttFingerprint`: 20 bytes in hexadecimal, upper case, with blanks. Undefined for a key that Tasmota rejects. */
  readonly tasmotaFingerprint: string | undefined;
}

/** Undefined if the key has no encoding, because its point is invalid. */
export function pinsOf(key: KeyObject): KeyPins | undefined {
  let der: Buffer;
  try {
    der = key.export({ type: "spki", format: "der" });
  } catch {
    return undefined;
  }
  const hash = createHash("sha256").update(der).digest();
  return {
    keyFingerprint: hexadecimal(hash, ":"),
    keyPin: `sha256//${hash.toString("base64")}`,
    tasmotaFingerprint: tasmotaFingerprintOf(key),
  };
}

/**
 * Tasmota's fingerprint of a key since July 2020 (8.4): the SHA-1 of a name and of the key's numbers, each after its length
 * (`WiFiClientSecureLightBearSSL.cpp`). Earlier versions left out the lengths. With a fingerprint, Tasmota offers RSA alone.
 */
function tasmotaFingerprintOf(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType !== "rsa") {
    return undefined;
  }
  const { e = "", n = "" } = key.export({ format: "jwk" });
  const hash = createHash("sha1");
  // Numbers without the leading zero that marks them as positive, as in BearSSL.
  for (const part of [Buffer.from("ssh-rsa"), Buffer.from(e, "base64url"), Buffer.from(n, "base64url")]) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    hash.update(length).update(part);
  }
  return hexadecimal(hash.digest(), " ");
}

function hexadecimal(bytes: Buffer, separator: string): string {
  return (bytes.toString("hex").toUpperCase().match(/../g) ?? []).join(separator);
}
