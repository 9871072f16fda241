import { id_ce_subjectKeyIdentifier, id_kp_clientAuth, id_kp_serverAuth } from "@peculiar/asn1-x509";
import type { KeyUse, Profile } from "../../x509/profile";

const KEY_USES: Readonly<Record<KeyUse, string>> = {
  digitalSignature: "digital_signature",
  keyEncipherment: "key_encipherment",
  keyCertSign: "cert_signing",
  cRLSign: "crl_signing",
};

const PURPOSES: ReadonlyMap<string, string> = new Map([
  [id_kp_serverAuth, "server_auth"],
  [id_kp_clientAuth, "client_auth"],
]);

/** A profile in the terms of Terraform's tls provider, as far as the provider supports it. */
interface CertificateConfig {
  readonly isCaCertificate?: true;
  readonly setSubjectKeyId: boolean;
  readonly allowedUses: string[];
}

/** The part of a certificate's configuration that its profile defines. */
export function certificateConfig({ isAuthority, keyUsage, extendedKeyUsage, extensions }: Profile): CertificateConfig {
  return {
    ...(isAuthority && { isCaCertificate: true }),
    setSubjectKeyId: extensions.some(({ id }) => id === id_ce_subjectKeyIdentifier),
    allowedUses: [...keyUsage.map((use) => KEY_USES[use]), ...extendedKeyUsage.flatMap((id) => PURPOSES.get(id) ?? [])],
  };
}
