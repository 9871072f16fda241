import { createHash } from "node:crypto";
import { CertificationRequest } from "@peculiar/asn1-csr";
import { AsnConvert } from "@peculiar/asn1-schema";
import { namesInRequest } from "../../x509/alternative-names";
import { pemBlocks } from "../../x509/pem";
import { shownName } from "./certificate";

/** The facts of a certificate signing request (PKCS #10, RFC 2986): texts that may be shown. */
export interface RequestFacts {
  readonly names: readonly string[];
  /** The SHA-256 of its public key, in base64. */
  readonly publicKey: string;
}

/** The kinds of names that are shown. */
const KINDS: readonly string[] = ["DNS", "IP", "URI"];

/** @returns undefined if it is not a certificate signing request */
export function readRequest(pem: string): RequestFacts | undefined {
  const [block] = pemBlocks(pem);
  if (block === undefined) {
    return undefined;
  }
  try {
    const request = AsnConvert.parse(block.data, CertificationRequest);
    const publicKey = Buffer.from(AsnConvert.serialize(request.certificationRequestInfo.subjectPKInfo));
    return {
      names: namesInRequest(request).map((name) => (KINDS.includes(name.kind) ? shownName(name) : "(other)")),
      publicKey: createHash("sha256").update(publicKey).digest("base64"),
    };
  } catch {
    return undefined;
  }
}
