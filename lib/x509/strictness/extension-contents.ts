import * as x509 from "@peculiar/asn1-x509";
import { encodedIn, parseSound } from "../extensions";
import { findEncodingFlaw } from "./encoding";
import { type Client, type Refusal, refusalOfEncoding } from "./refusal";

/** An extension that clients read, with its type, and the clients that refuse a certificate with an invalid one. */
interface Known {
  readonly id: string;
  readonly name: string;
  readonly type: new () => object;
  readonly stops: readonly Client[];
  /**
   * The clients that refuse it if more follows after its end.
   *
   * @default none
   */
  readonly stopsMore?: readonly Client[];
}

const EVERYWHERE: readonly Client[] = ["Go", "Java", "OpenSSL"];

const KNOWN: readonly Known[] = [
  { id: x509.id_ce_keyUsage, name: "a key usage", type: x509.KeyUsage, stops: EVERYWHERE, stopsMore: ["Java"] },
  {
    id: x509.id_ce_basicConstraints,
    name: "basic constraints",
    type: x509.BasicConstraints,
    stops: EVERYWHERE,
    stopsMore: ["Java"],
  },
  { id: x509.id_ce_extKeyUsage, name: "an extended key usage", type: x509.ExtendedKeyUsage, stops: EVERYWHERE },
  {
    id: x509.id_ce_subjectKeyIdentifier,
    name: "a subject key identifier",
    type: x509.SubjectKeyIdentifier,
    stops: EVERYWHERE,
    stopsMore: ["Java"],
  },
  {
    id: x509.id_ce_authorityKeyIdentifier,
    name: "an authority key identifier",
    type: x509.AuthorityKeyIdentifier,
    stops: EVERYWHERE,
  },
  {
    id: x509.id_ce_subjectAltName,
    name: "a subject alternative name",
    type: x509.SubjectAlternativeName,
    stops: EVERYWHERE,
  },
  {
    id: x509.id_ce_nameConstraints,
    name: "name constraints",
    type: x509.NameConstraints,
    stops: EVERYWHERE,
    stopsMore: ["Go", "Java"],
  },
  {
    id: x509.id_ce_cRLDistributionPoints,
    name: "CRL distribution points",
    type: x509.CRLDistributionPoints,
    stops: ["Go", "OpenSSL"],
  },
  { id: x509.id_ce_certificatePolicies, name: "certificate policies", type: x509.CertificatePolicies, stops: ["Go"] },
  {
    id: x509.id_pe_authorityInfoAccess,
    name: "an authority information access",
    type: x509.AuthorityInfoAccessSyntax,
    stops: ["Go"],
  },
];

/** What clients refuse in extensions with an invalid encoding, and in repeated extensions. */
export function refusalsOfExtensions({ tbsCertificate }: x509.Certificate): Refusal[] {
  const extensions: readonly x509.Extension[] = tbsCertificate.extensions ?? [];
  const ids = extensions.map(({ extnID }) => extnID);
  const twice = new Set(ids.filter((id, index) => ids.indexOf(id) < index));
  return [
    ...[...twice].map((id): Refusal => ({
      what: `has the extension ${id} twice (RFC 5280, section 4.2)`,
      by: ["Go", "Java"],
      stopsProvider: true,
    })),
    ...extensions.flatMap((extension) => {
      const known = KNOWN.find(({ id }) => id === extension.extnID);
      return known === undefined ? [] : refusalsOf(known, extension);
    }),
  ];
}

function refusalsOf({ name, type, stops, stopsMore = [] }: Known, extension: x509.Extension): Refusal[] {
  const read = encodedIn(extension);
  if (read === undefined || parseSound(extension, type) === undefined) {
    return [{ what: `has ${name} that cannot be read`, by: stops, stopsProvider: true }];
  }
  const flaw = findEncodingFlaw(read.element);
  return [
    ...(flaw === undefined ? [] : [refusalOfEncoding(name, flaw)]),
    ...(stopsMore.length === 0 || read.isWhole
      ? []
      : [{ what: `has ${name} with more after its end`, by: stopsMore, stopsProvider: stopsMore.includes("Go") }]),
  ];
}
