import { flawOfNode } from "./values/node-version";

export { type AuthorityPlaceProps } from "./authority-issuer";
export { BrokerPki, type BrokerPkiProps } from "./broker-pki";
export {
  CertificateAuthority,
  type CertificateAuthorityFileProps,
  type CertificateAuthorityPemProps,
  type CertificateAuthorityProps,
  type ICertificateAuthority,
} from "./certificate-authority";
export { type IssuedCertificate, type Issuer, type Pem, type PrivateKeyPem, type Validity } from "./issuer";
export { InvalidInputError, type Problem } from "./errors";
export { FleetStack } from "./fleet-stack";
export { PemDirectory, type AuthorityFilesProps, type PemDirectoryProps } from "./pem-directory";
export { PemOutputs, type PemOutputsProps } from "./pem-outputs";
export { ServerCertificate, type ServerCertificateProps } from "./server-certificate";
export { Address } from "./values/address";
export { type AuthorityGenerationProps } from "./values/authority-generation";
export { CertificateAuthoritySpec, type CertificateAuthoritySpecProps } from "./values/certificate-authority-spec";
export { type Custody, CUSTODY_CONTEXT } from "./values/custody";
export { DistinguishedName, type DistinguishedNameProps, type OrganizationProps } from "./values/distinguished-name";
export { Duration } from "./values/duration";
export { brokersFromFile } from "./values/fleet-file";
export { type BrokerProps, type FleetSpecProps } from "./values/fleet-spec";
export { ImportedAuthoritySpec, type ImportedAuthorityProps } from "./values/imported-authority-spec";
export { type KeyPassword } from "./values/key-password";
export { type SigningAuthority } from "./values/signing-authority";
export { KeyAlgorithm, type KeyParameters } from "./values/key-algorithm";
export {
  ServerCertificateSpec,
  type ServerCertificateOptions,
  type ServerCertificateSpecProps,
} from "./values/server-certificate-spec";

const flaw = flawOfNode();
if (flaw !== undefined) {
  throw new Error(flaw);
}
