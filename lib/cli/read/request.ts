import { createHash } from "node:crypto";
import { CertificationRequest } from "@peculiar/asn1-csr";
import { ExtensionRequest, id_pkcs9_at_extensionRequest } from "@peculiar/asn1-pkcs9";
import { AsnConvert } from "@peculiar/asn1-schema";
import { type GeneralName, id_ce_subjectAltName, SubjectAlternativeName } from "@peculiar/asn1-x509";
import { pemBlocks } from "../../x509/pem";
import { ipText } from "./certificate";
import { publicText } from "../show/public-text";

/** What a certificate signing request asks for (PKCS #10, RFC 2986): texts that may be shown. */
export interface RequestFacts {
  readonly names: readonly string[];
  /** The SHA-256 of its public key, in base64. */
  readonly publicKey: string;
}

/** @returns undefined where it is no request */
export function readRequest(pem: string): RequestFacts | undefined {
  const [block] = pemBlocks(pem);
  if (block === undefined) {
    return undefined;
  }
  try {
    const { certificationRequestInfo: info } = AsnConvert.parse(block.data, CertificationRequest);
    const names = info.attributes
      .filter(({ type }) => type === id_pkcs9_at_extensionRequest)
      .flatMap(({ values }) => values.flatMap((value) => [...AsnConvert.parse(value, ExtensionRequest)]))
      .filter(({ extnID }) => extnID === id_ce_subjectAltName)
      .flatMap(({ extnValue }) => [...AsnConvert.parse(extnValue, SubjectAlternativeName)]);
    const publicKey = Buffer.from(AsnConvert.serialize(info.subjectPKInfo));
    return { names: names.map(textOf), publicKey: createHash("sha256").update(publicKey).digest("base64") };
  } catch {
    return undefined;
  }
}

function textOf({ dNSName, iPAddress, uniformResourceIdentifier }: GeneralName): string {
  return publicText(
    dNSName ??
      (iPAddress === undefined ? undefined : ipText(iPAddress)) ??
      (uniformResourceIdentifier ? `URI:${uniformResourceIdentifier}` : "(other)"),
  );
}
