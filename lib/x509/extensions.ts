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

/** The extensions that OpenSSL, Go and Java all understand where they are critical. */
const UNDERSTOOD = {
  server: OF_SERVERS,
  authority: [...OF_SERVERS, id_ce_cRLDistributionPoints, id_ce_nameConstraints],
} as const;

/** The OIDs of critical extensions that clients do not understand, and so refuse. */
export function unknownExtensions(certificate: Certificate, kind: keyof typeof UNDERSTOOD): string[] {
  const isUnknown = ({ critical, extnID }: Extension) => critical && !UNDERSTOOD[kind].includes(extnID);
  return certificate.tbsCertificate.extensions?.filter(isUnknown).map(({ extnID }) => extnID) ?? [];
}

export function findExtension({ tbsCertificate }: Certificate, id: string): Extension | undefined {
  return tbsCertificate.extensions?.find(({ extnID }) => extnID === id);
}

/** What an extension consists of, read once: several rules ask for each. */
interface Content {
  readonly encoded: ReadElement | undefined;
  parsed?: unknown;
}

const contents = new WeakMap<Extension, Content>();

/** What stands in an extension; undefined where it is no BER. */
export function encodedIn(extension: Extension): ReadElement | undefined {
  return contentOf(extension).encoded;
}

/** What an extension says; undefined also where it cannot be read, which is another flaw. */
export function readSoundExtension<T>(certificate: Certificate, id: string, type: new () => T): T | undefined {
  const extension = findExtension(certificate, id);
  return extension && parseSound(extension, type);
}

/** What an extension says that is of that type; undefined where it cannot be read. */
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
 * What an extension says; undefined where it is not there.
 *
 * @throws Error where it cannot be read
 */
export function readExtension<T>(certificate: Certificate, id: string, type: new () => T): T | undefined {
  const extension = findExtension(certificate, id);
  return extension === undefined ? undefined : AsnConvert.parse(extension.extnValue, type);
}
