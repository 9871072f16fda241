/**
 * The TLS of a fleet of MQTT brokers, for CDK for Terraform. `cdktf-mqtt-pki/cdktn` has the same for CDK Terrain.
 *
 * @module cdktf-mqtt-pki
 */
import { flawOfNode } from "./values/node-version";

export { BrokerPki, type BrokerPkiProps } from "./fleet/broker-pki";
export {
  CertificateAuthority,
  type CertificateAuthorityFileProps,
  type CertificateAuthorityPemProps,
  type CertificateAuthorityProps,
} from "./constructs/certificate-authority";
export { type ICertificateAuthority, type IServerCertificate } from "./custody/issuer";
export { type AuthorityPlaceProps } from "./custody/place-props";
export { InvalidInputError, type Problem, type ProblemKind } from "./errors";
export { FleetStack } from "./fleet/fleet-stack";
export { PemDirectory, type AuthorityFilesProps, type PemDirectoryProps } from "./custody/state/pem-directory";
export { PemOutputs, type PemOutputsProps } from "./custody/state/pem-outputs";
export { ServerCertificate, type ServerCertificateProps } from "./constructs/server-certificate";
export { Address } from "./values/address";
export { type CertificateAuthoritySpecProps } from "./spec/certificate-authority-spec";
export { type Custody, CUSTODY_CONTEXT } from "./values/custody";
export type { DistinguishedNameProps, OrganizationProps } from "./values/distinguished-name";
export { Duration } from "./values/duration";
export { brokersFromFile } from "./fleet-file/fleet-file";
export type {
  AuthorityGenerationProps,
  BrokerProps,
  FleetSpecProps,
  ServerCertificateOptions,
  ServerCertificateSpecProps,
} from "./spec/fleet-props";
export { type ImportedAuthorityProps } from "./spec/imported-authority-spec";
export type { BrokerForm, BrokerFormsProps, TrustForm, TrustFormsProps } from "./values/files/forms";
export { KeyAlgorithm } from "./values/key-algorithm";
export { requestCommand } from "./constructs/request-command";

const flaw = flawOfNode();
if (flaw !== undefined) {
  throw new Error(flaw);
}
