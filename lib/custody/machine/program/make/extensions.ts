import { createHash } from "node:crypto";
import * as x509 from "@peculiar/asn1-x509";
import * as asn1 from "asn1js";
import ipaddr from "ipaddr.js";
import {
  AUTHORITY,
  type Profile,
  type ProfileExtension,
  SERVER_PROFILES,
  serverProfile,
} from "../../../../x509/profile";
import type { CertificateContent } from "./certificate-content";
import { childrenOf, Encoded, TAG_CLASS } from "./der";

/** The tags of a GeneralName (RFC 5280, section 4.2.1.6). */
const GENERAL_NAME = { rfc822Name: 1, dNSName: 2, iPAddress: 7 } as const;

const TRUE = new Encoded(new asn1.Boolean({ value: true }).toBER());

const OIDS: ReadonlyMap<string, Encoded> = new Map(
  [AUTHORITY, ...SERVER_PROFILES].flatMap(({ extensions }) => extensions.map(({ id }) => [id, Encoded.oid(id)])),
);

/** The extensions that are the same in all certificates of a profile, by OID. They are encoded once, because there are thousands. */
const FIXED: ReadonlyMap<Profile, ReadonlyMap<string, Encoded>> = new Map(
  [AUTHORITY, ...SERVER_PROFILES].map((profile) => [profile, fixedExtensions(profile)]),
);

/**
 * All extensions of a certificate.
 *
 * @param publicKey as a SubjectPublicKeyInfo, in DER
 * @param authorityKeyIdentifier as {@link authorityKeyIdentifier} makes it
 */
export function encodeExtensions(
  content: CertificateContent,
  publicKey: Uint8Array,
  authorityKeyIdentifier: Encoded,
): asn1.BaseBlock[] {
  const profile = profileOf(content);
  return profile.extensions.flatMap((extension): asn1.BaseBlock[] => {
    const fixed = FIXED.get(profile)?.get(extension.id);
    if (fixed !== undefined) {
      return [fixed];
    }
    if (extension.id === x509.id_ce_authorityKeyIdentifier) {
      return [authorityKeyIdentifier];
    }
    const value = valueOf(extension, content, publicKey);
    return value === undefined ? [] : [encode(extension, value, Object.keys(content.subject).length > 0)];
  });
}

/** The extension that names the signing key. */
export function authorityKeyIdentifier(keyIdentifier: Uint8Array): Encoded {
  const value = new x509.AuthorityKeyIdentifier({ keyIdentifier: new x509.KeyIdentifier(keyIdentifier) });
  return new Encoded(encode({ id: x509.id_ce_authorityKeyIdentifier, isCritical: false }, Encoded.of(value)).toBER());
}

/** The first method of RFC 5280, section 4.2.1.2. */
export function keyIdentifierOf(publicKey: Uint8Array): Uint8Array {
  const [, bits] = childrenOf(asn1.fromBER(publicKey).result);
  if (!(bits instanceof asn1.BitString)) {
    throw new TypeError("This is not a public key.");
  }
  return createHash("sha1").update(bits.valueBlock.valueHexView).digest();
}

function profileOf({ usage }: CertificateContent): Profile {
  return usage.kind === "authority" ? AUTHORITY : serverProfile(usage);
}

function fixedExtensions({
  isAuthority,
  keyUsage,
  extendedKeyUsage,
  extensions,
}: Profile): ReadonlyMap<string, Encoded> {
  const flags = keyUsage.reduce((sum, use) => sum | x509.KeyUsageFlags[use], 0);
  const values = new Map<string, unknown>([
    [x509.id_ce_keyUsage, new x509.KeyUsage(flags)],
    [x509.id_ce_extKeyUsage, new x509.ExtendedKeyUsage([...extendedKeyUsage])],
    // An authority's basic constraints depend on its content.
    ...(isAuthority ? [] : ([[x509.id_ce_basicConstraints, new x509.BasicConstraints()]] as const)),
  ]);
  return new Map(
    extensions
      .filter(({ id }) => values.has(id))
      .map((extension) => [extension.id, new Encoded(encode(extension, Encoded.of(values.get(extension.id))).toBER())]),
  );
}

/** The value of an extension; undefined if the certificate does not need it. */
function valueOf(
  { id }: ProfileExtension,
  { usage, subject: { emailAddress } }: CertificateContent,
  publicKey: Uint8Array,
): asn1.BaseBlock | undefined {
  switch (id) {
    case x509.id_ce_subjectKeyIdentifier:
      return new asn1.OctetString({ valueHex: keyIdentifierOf(publicKey) });
    case x509.id_ce_basicConstraints:
      return usage.kind === "authority" ? basicConstraints(usage.pathLength) : undefined;
    case x509.id_ce_nameConstraints:
      return usage.kind === "authority" ? nameConstraints(usage.permittedDomains) : undefined;
    case x509.id_ce_subjectAltName:
      return usage.kind === "authority" ? emailAddresses(emailAddress) : hostNames(usage.dnsNames, usage.ipAddresses);
    default:
      throw new TypeError(`The extension ${id} is not made here.`);
  }
}

function basicConstraints(pathLength: number | undefined): Encoded {
  return Encoded.of(
    new x509.BasicConstraints({ cA: true, ...(pathLength !== undefined && { pathLenConstraint: pathLength }) }),
  );
}

function nameConstraints(permittedDomains: readonly string[] | undefined): Encoded | undefined {
  const subtrees = permittedDomains?.map(
    (dNSName) => new x509.GeneralSubtree({ base: new x509.GeneralName({ dNSName }) }),
  );
  return subtrees && Encoded.of(new x509.NameConstraints({ permittedSubtrees: new x509.GeneralSubtrees(subtrees) }));
}

function emailAddresses(address: string | undefined): asn1.Sequence | undefined {
  return address === undefined
    ? undefined
    : new asn1.Sequence({ value: [generalName("rfc822Name", Buffer.from(address))] });
}

function hostNames(dnsNames: readonly string[], ipAddresses: readonly string[]): asn1.Sequence {
  return new asn1.Sequence({
    value: [
      ...dnsNames.map((name) => generalName("dNSName", Buffer.from(name))),
      ...ipAddresses.map((address) => generalName("iPAddress", Uint8Array.from(ipaddr.parse(address).toByteArray()))),
    ],
  });
}

function generalName(kind: keyof typeof GENERAL_NAME, valueHex: Uint8Array): asn1.Primitive {
  return new asn1.Primitive({ idBlock: { tagClass: TAG_CLASS.context, tagNumber: GENERAL_NAME[kind] }, valueHex });
}

function encode({ id, isCritical }: ProfileExtension, value: asn1.BaseBlock, hasSubject = true): asn1.Sequence {
  const type = OIDS.get(id) ?? Encoded.oid(id);
  const content = new asn1.OctetString({ valueHex: value.toBER() });
  const isMarked = isCritical === true || (isCritical === "without a subject" && !hasSubject);
  return new asn1.Sequence({ value: isMarked ? [type, TRUE, content] : [type, content] });
}
