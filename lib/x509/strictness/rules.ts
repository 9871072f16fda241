import * as x509 from "@peculiar/asn1-x509";
import { findExtension, readSoundExtension } from "../extensions";
import type { Refusal } from "./refusal";

/** The role of a certificate. A root is signed only by its own key. */
export type Role = "root" | "intermediate" | "server";

interface Rule extends Refusal {
  /** @default all */
  readonly of?: readonly Role[];
  readonly isBroken: (certificate: x509.Certificate) => boolean;
}

const AUTHORITIES: readonly Role[] = ["root", "intermediate"];
const SIGNED: readonly Role[] = ["intermediate", "server"];

/** The limits of the integers that path lengths are read into. */
const [JAVA_AT_MOST, GO_AT_MOST] = [2n ** 31n - 1n, 2n ** 63n - 1n] as const;

/** The certificate of the broker; a further authority in between would count too. */
const CERTIFICATES_BELOW = 1n;

/** What some clients refuse in a certificate that is well encoded. */
const RULES: readonly Rule[] = [
  {
    what: "has no key usage (RFC 5280, section 4.2.1.3)",
    by: ["Python 3.13"],
    of: AUTHORITIES,
    isBroken: (certificate) => findExtension(certificate, x509.id_ce_keyUsage) === undefined,
  },
  {
    what: "has basic constraints that are not critical (RFC 5280, section 4.2.1.9)",
    by: ["Python 3.13"],
    of: AUTHORITIES,
    isBroken: (certificate) => findExtension(certificate, x509.id_ce_basicConstraints)?.critical === false,
  },
  {
    what: "has no subject key identifier (RFC 5280, section 4.2.1.2)",
    by: ["Python 3.13"],
    of: AUTHORITIES,
    isBroken: (certificate) => findExtension(certificate, x509.id_ce_subjectKeyIdentifier) === undefined,
  },
  {
    what: "has no authority key identifier (RFC 5280, section 4.2.1.1)",
    by: ["Python 3.13"],
    of: SIGNED,
    isBroken: (certificate) =>
      readSoundExtension(certificate, x509.id_ce_authorityKeyIdentifier, x509.AuthorityKeyIdentifier)?.keyIdentifier ===
      undefined,
  },
  {
    what: "has a path length, which is only for authorities (RFC 5280, section 4.2.1.9)",
    by: ["Python 3.13"],
    of: ["server"],
    isBroken: (certificate) => pathLengthOf(certificate) !== undefined && !isAuthority(certificate),
  },
  {
    what: "may sign certificates according to its key usage, but is not an authority (RFC 5280, section 4.2.1.3)",
    by: ["Python 3.13"],
    of: ["server"],
    isBroken: (certificate) =>
      !isAuthority(certificate) &&
      readSoundExtension(certificate, x509.id_ce_keyUsage, x509.KeyUsage)?.toJSON().includes("keyCertSign") === true,
  },
  {
    what: "has no subject, and subject alternative names that are not critical (RFC 5280, section 4.2.1.6)",
    by: ["Python 3.13"],
    of: ["server"],
    isBroken: (certificate) =>
      certificate.tbsCertificate.subject.length === 0 &&
      findExtension(certificate, x509.id_ce_subjectAltName)?.critical === false,
  },
  {
    what: "has an empty subject alternative name (RFC 5280, section 4.2.1.6)",
    by: ["Go", "Java", "Python 3.13"],
    isBroken: (certificate) =>
      findExtension(certificate, x509.id_ce_subjectAltName)?.critical === true && namesIn(certificate)?.length === 0,
  },
  {
    what: "has an empty subject alternative name (RFC 5280, section 4.2.1.6)",
    by: ["Python 3.13"],
    isBroken: (certificate) =>
      findExtension(certificate, x509.id_ce_subjectAltName)?.critical === false && namesIn(certificate)?.length === 0,
  },
  ...[x509.id_ce_authorityKeyIdentifier, x509.id_ce_subjectKeyIdentifier, x509.id_pe_authorityInfoAccess].map(
    (id): Rule => ({
      what: `has the critical extension ${id}, which must not be critical (RFC 5280, section 4.2)`,
      isBroken: (certificate) => findExtension(certificate, id)?.critical === true,
    }),
  ),
  {
    what: `has a path length over ${JAVA_AT_MOST}`,
    by: ["Java"],
    isBroken: (certificate) => isBetween(pathLengthOf(certificate), JAVA_AT_MOST, GO_AT_MOST),
  },
  {
    what: `has a path length over ${GO_AT_MOST}`,
    by: ["Go", "Java"],
    stopsProvider: true,
    isBroken: (certificate) => (pathLengthOf(certificate) ?? 0n) > GO_AT_MOST,
  },
  {
    what: "has critical CRL distribution points (RFC 5280, section 4.2.1.13)",
    by: ["Java"],
    of: SIGNED,
    isBroken: (certificate) => findExtension(certificate, x509.id_ce_cRLDistributionPoints)?.critical === true,
  },
  {
    what: "has an alternative name with an IP address that is not 4 or 16 bytes long (RFC 5280, section 4.2.1.6)",
    by: ["Go", "Java"],
    stopsProvider: true,
    isBroken: (certificate) =>
      namesIn(certificate)?.some(
        ({ iPAddress }) => iPAddress !== undefined && !/^\d+(?:\.\d+){3}$|:/.test(iPAddress),
      ) === true,
  },
  {
    what: "has an alternative name with a character that is not allowed in it (RFC 5280, section 4.2.1.6)",
    by: ["Go"],
    stopsProvider: true,
    isBroken: (certificate) =>
      namesIn(certificate)?.some(
        ({ dNSName = "", rfc822Name = "", uniformResourceIdentifier = "" }) =>
          /[^\0-\x7f]/.test(dNSName + rfc822Name) || /[^ -~]/.test(uniformResourceIdentifier),
      ) === true,
  },
  {
    what: "has critical alternative names, but none that Go reads: no DNS name, e-mail address, URI or IP address",
    by: ["Go"],
    isBroken: (certificate) =>
      findExtension(certificate, x509.id_ce_subjectAltName)?.critical === true &&
      namesIn(certificate)?.some(({ dNSName, rfc822Name, uniformResourceIdentifier, iPAddress }) =>
        [dNSName, rfc822Name, uniformResourceIdentifier, iPAddress].some((name) => name !== undefined),
      ) === false,
  },
  {
    what: "requires certificate policies that no broker's certificate has (policyConstraints; RFC 5280, section 4.2.1.11)",
    by: ["Go", "Java"],
    of: ["intermediate"],
    isBroken: (certificate) => isBetween(requiredPolicyAfter(certificate), -1n, CERTIFICATES_BELOW),
  },
  {
    what: "has the same certificate policy twice (RFC 5280, section 4.2.1.4)",
    by: ["Go"],
    stopsProvider: true,
    isBroken: (certificate) => {
      const ids = readSoundExtension(certificate, x509.id_ce_certificatePolicies, x509.CertificatePolicies)?.map(
        ({ policyIdentifier }) => policyIdentifier,
      );
      return new Set(ids).size < (ids ?? []).length;
    },
  },
  {
    what: "has empty name constraints (RFC 5280, section 4.2.1.10)",
    by: ["Go"],
    stopsProvider: true,
    isBroken: (certificate) => {
      const constraints = readSoundExtension(certificate, x509.id_ce_nameConstraints, x509.NameConstraints);
      const trees = [constraints?.permittedSubtrees, constraints?.excludedSubtrees];
      return constraints !== undefined && trees.every((tree) => (tree?.length ?? 0) === 0);
    },
  },
];

/** What clients refuse in a certificate of that role, as far as it is readable. */
export function brokenRules(certificate: x509.Certificate, role: Role): Refusal[] {
  return RULES.filter(({ of = [role], isBroken }) => of.includes(role) && isBroken(certificate));
}

function isAuthority(certificate: x509.Certificate): boolean {
  return readSoundExtension(certificate, x509.id_ce_basicConstraints, x509.BasicConstraints)?.cA === true;
}

/** asn1-schema reads a large integer as a text of digits. */
function pathLengthOf(certificate: x509.Certificate): bigint | undefined {
  const length = readSoundExtension(certificate, x509.id_ce_basicConstraints, x509.BasicConstraints)?.pathLenConstraint;
  return length === undefined ? undefined : BigInt(length);
}

/** The number of certificates below it that may lack a policy. */
function requiredPolicyAfter(certificate: x509.Certificate): bigint | undefined {
  const octets = readSoundExtension(
    certificate,
    x509.id_ce_policyConstraints,
    x509.PolicyConstraints,
  )?.requireExplicitPolicy;
  return octets === undefined ? undefined : BigInt(`0x0${Buffer.from(octets).toString("hex")}`);
}

function isBetween(number: bigint | undefined, low: bigint, high: bigint): boolean {
  return number !== undefined && number > low && number <= high;
}

function namesIn(certificate: x509.Certificate): readonly x509.GeneralName[] | undefined {
  return readSoundExtension(certificate, x509.id_ce_subjectAltName, x509.SubjectAlternativeName);
}
