import { certificateConfig } from "../../../lib/custody/state/certificate-config";
import { AUTHORITY, ENCIPHERING_SERVER, SERVER } from "../../../lib/x509/profile";

it("an authority is one, and signs", () => {
  expect(certificateConfig(AUTHORITY)).toEqual({
    isCaCertificate: true,
    setSubjectKeyId: true,
    allowedUses: ["cert_signing", "crl_signing"],
  });
});

it.each([
  [SERVER, ["digital_signature", "server_auth"]],
  [ENCIPHERING_SERVER, ["digital_signature", "key_encipherment", "server_auth"]],
])("a server is no authority", (profile, allowedUses) => {
  expect(certificateConfig(profile)).toEqual({ setSubjectKeyId: true, allowedUses });
});
