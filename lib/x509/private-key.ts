import { createPrivateKey, type KeyObject } from "node:crypto";
import { EncryptedPrivateKeyInfo } from "@peculiar/asn1-pkcs8";
import { AsnConvert } from "@peculiar/asn1-schema";
import { pemBlocks } from "./pem";

/** The PEM label of a key with a password (RFC 7468, section 11). */
export const PROTECTED = "ENCRYPTED PRIVATE KEY";

/** Why a text cannot be opened as a private key. */
export type KeyFlaw = "password needed" | "wrong password" | "legacy cipher" | "not a key";

/**
 * Opens a private key: PKCS #8, or an older format of OpenSSL.
 *
 * @param password ignored if the key has no password
 */
export function openKey(pem: string, password: string | undefined): KeyObject | KeyFlaw {
  try {
    return createPrivateKey({ key: pem, ...(password !== undefined && { passphrase: password }) });
  } catch (error) {
    if (!isProtected(pem)) {
      return "not a key";
    }
    if (password === undefined) {
      return "password needed";
    }
    return (error as NodeJS.ErrnoException).code === "ERR_OSSL_EVP_UNSUPPORTED" ? "legacy cipher" : "wrong password";
  }
}

/** Whether a key is encrypted, as PKCS #8 (RFC 5958, section 3) or in the older format of OpenSSL (RFC 1421). */
export function isProtected(pem: string): boolean {
  return (
    /^Proc-Type: 4,ENCRYPTED/m.test(pem) ||
    pemBlocks(pem).some(({ label, data }) => label === PROTECTED && isWhole(data))
  );
}

function isWhole(data: Uint8Array): boolean {
  try {
    AsnConvert.parse(data, EncryptedPrivateKeyInfo);
    return true;
  } catch {
    return false;
  }
}
