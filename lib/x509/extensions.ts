import { AsnConvert, AsnParser } from "@peculiar/asn1-schema";
import {
  type Certificate,
  type Extension,
  id_ce_basicConstraints,
  id_ce_certificatePolicies,
  id_ce_cRLDistributionPoints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
} from "@peculiar/asn1-x509";
import { type ReadElement, readElement } from "./strictness/encoding";

const OF_SERVERS: readonly string[] = [
  id_ce_basicConstraints,
  id_ce_certificatePolicies,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
];

/** The critical extensions that OpenSSL, Go and Java all understand. */
const UNDERSTOOD = {
  server: OF_SERVERS,
  authority: [...OF_SERVERS, id_ce_cRLDistributionPoints, id_ce_nameConstraints],
} as const;

/** The OIDs of critical extensions that clients do not understand, and therefore refuse. */
export function unknownExtensions(certificate: Certificate, kind: keyof typeof UNDERSTOOD): string[] {
  const isUnknown = ({ critical, extnID }: Extension) => critical && !UNDERSTOOD[kind].includes(extnID);
  return certificate.tbsCertificate.extensions?.filter(isUnknown).map(({ extnID }) => extnID) ?? [];
}

export function findExtension({ tbsCertificate }: Certificate, id: string): Extension | undefined {
  return tbsCertificate.extensions?.find(({ extnID }) => extnID === id);
}

/** The content of an extension. It is read once, because several rules use it. */
interface Content {
  readonly encoded: ReadElement | undefined;
  parsed?: unknown;
}

const contents = new WeakMap<Extension, Content>();

/** The encoded content of an extension; undefined if it is not BER. */
export function encodedIn(extension: Extension): ReadElement | undefined {
  return contentOf(extension).encoded;
}

/** The content of an extension; undefined if it is absent, or cannot be read, which is reported elsewhere. */
export function readSoundExtension<T>(certificate: Certificate, id: string, type: new () => T): T | undefined {
  const extension = findExtension(certificate, id);
  return extension && parseSound(extension, type);
}

/** The content of an extension as a type; undefined if it cannot be read. */
export function parseSound<T>(extension: Extension, type: new () => T): T | undefined {
  const content = contentOf(extension);
  if (content.parsed instanceof type || content.encoded === undefined) {
    return content.parsed as T | undefined;
  }
  try {
    content.parsed = AsnParser.fromASN(content.encoded.element, type);
    return content.parsed as T;
  } catch {
    return undefined;
  }
}

function contentOf(extension: Extension): Content {
  const content = contents.get(extension) ?? { encoded: readElement(new Uint8Array(extension.extnValue.buffer)) };
  contents.set(extension, content);
  return content;
}

/**
 * The content of an extension; undefined if it is absent.
 *
 * @throws Error if it cannot be read
 */
export function readExtension<T>(certificate: Certificate, id: string, type: new () => T): T | undefined {
  const extension = findExtension(certificate, id);
  return extension === undefined ? undefined : AsnConvert.parse(extension.extnValue, type);
}
