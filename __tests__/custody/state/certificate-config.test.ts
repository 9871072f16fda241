import { certificateConfig } from "../../../lib/custody/state/certificate-config";
import { AUTHORITY, serverProfile } from "../../../lib/x509/profile";

it("certificateConfig lets an authority sign certificates", () => {
  expect(certificateConfig(AUTHORITY)).toEqual({
    isCaCertificate: true,
    setSubjectKeyId: true,
    allowedUses: ["cert_signing", "crl_signing"],
  });
});

it.each([
  [{ canEncipher: false, clientAuth: false }, ["digital_signature", "server_auth"]],
  [{ canEncipher: true, clientAuth: false }, ["digital_signature", "key_encipherment", "server_auth"]],
  [{ canEncipher: false, clientAuth: true }, ["digital_signature", "server_auth", "client_auth"]],
  [{ canEncipher: true, clientAuth: true }, ["digital_signature", "key_encipherment", "server_auth", "client_auth"]],
])("certificateConfig does not make an authority of a server: %j", (uses, allowedUses) => {
  expect(certificateConfig(serverProfile(uses))).toEqual({ setSubjectKeyId: true, allowedUses });
});
