import { Constructed, fromBER, Sequence } from "asn1js";
import { isPkcs7 } from "../../x509/pem";

/** The class of a tag whose number counts within what it is in (X.690, section 8.1.2.2), in asn1js's words. */
const CONTEXT = 3;

/**
 * The certificates of a bundle (PKCS #7, RFC 2315, section 9.1), each in DER, in the order in which they are there: which means
 * nothing. Its signatures, which bundles mostly have none of, are not looked at.
 *
 * @returns undefined where it is none, or cannot be read
 */
export function certificatesInPkcs7(der: Uint8Array): Uint8Array[] | undefined {
  if (!isPkcs7(der)) {
    return undefined;
  }
  try {
    const { result: contentInfo } = fromBER(Uint8Array.from(der));
    const [, content] = contentInfo instanceof Sequence ? contentInfo.valueBlock.value : [];
    const [signedData] = content instanceof Constructed ? content.valueBlock.value : [];
    const parts = signedData instanceof Sequence ? signedData.valueBlock.value : undefined;
    const bundle = parts?.find((part) => part.idBlock.tagClass === CONTEXT && part.idBlock.tagNumber === 0);
    const certificates = bundle instanceof Constructed ? bundle.valueBlock.value : [];
    return parts && certificates.map((one) => new Uint8Array(one.valueBeforeDecodeView));
  } catch {
    return undefined;
  }
}
