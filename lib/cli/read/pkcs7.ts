import { Sequence } from "asn1js";
import { isPkcs7 } from "../../x509/pem";
import { childrenOf, isNumbered, readElement } from "../../x509/strictness/encoding";

/** The tag number of the certificates in SignedData. */
const CERTIFICATES = 0;

/**
 * The certificates of a bundle (PKCS #7, RFC 2315, section 9.1), each in DER, in the order of the bundle, which has no meaning.
 * Signatures are ignored; most bundles have none.
 *
 * @returns undefined if it is not a bundle, or cannot be read
 */
export function certificatesInPkcs7(der: Uint8Array): Uint8Array[] | undefined {
  if (!isPkcs7(der)) {
    return undefined;
  }
  const [, content] = childrenOf(readElement(der)?.element);
  const [signedData] = childrenOf(content);
  if (!(signedData instanceof Sequence)) {
    return undefined;
  }
  const bundle = childrenOf(signedData).find((part) => isNumbered(part, CERTIFICATES));
  return childrenOf(bundle).map((one) => new Uint8Array(one.valueBeforeDecodeView));
}
