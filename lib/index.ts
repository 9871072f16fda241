import { flawOfNode } from "./values/node-version";

export { type AuthorityPlaceProps } from "./custody/issuers";
export { BrokerPki, type BrokerPkiProps } from "./fleet/broker-pki";
export {
  CertificateAuthority,
  type CertificateAuthorityFileProps,
  type CertificateAuthorityPemProps,
  type CertificateAuthorityProps,
} from "./constructs/certificate-authority";
export {
  type ICertificateAuthority,
  type IssuedCertificate,
  type Issuer,
  type Pem,
  type PrivateKeyPem,
  type Validity,
} from "./custody/issuer";
export { InvalidInputError, type Problem } from "./errors";
export { FleetStack } from "./fleet/fleet-stack";
export { PemDirectory, type AuthorityFilesProps, type PemDirectoryProps } from "./constructs/pem-directory";
export { PemOutputs, type PemOutputsProps } from "./constructs/pem-outputs";
export { ServerCertificate, type ServerCertificateProps } from "./constructs/server-certificate";
export { Address } from "./values/address";
export { type AuthorityGenerationProps } from "./spec/authority-generation";
export { CertificateAuthoritySpec, type CertificateAuthoritySpecProps } from "./spec/certificate-authority-spec";
export { type Custody, CUSTODY_CONTEXT } from "./values/custody";
export { DistinguishedName, type DistinguishedNameProps, type OrganizationProps } from "./values/distinguished-name";
export { Duration } from "./values/duration";
export { brokersFromFile } from "./fleet-file/fleet-file";
export { type BrokerProps, type FleetSpecProps } from "./spec/fleet-spec";
export { ImportedAuthoritySpec, type ImportedAuthorityProps } from "./spec/imported-authority-spec";
export { type KeyPassword } from "./values/key-password";
export { type SigningAuthority } from "./spec/signing-authority";
export { KeyAlgorithm, type KeyParameters } from "./values/key-algorithm";
export {
  ServerCertificateSpec,
  type ServerCertificateOptions,
  type ServerCertificateSpecProps,
} from "./spec/server-certificate-spec";

const flaw = flawOfNode();
if (flaw !== undefined) {
  throw new Error(flaw);
}
