import { id_kp_clientAuth, id_kp_serverAuth } from "@peculiar/asn1-x509";
import { AUTHORITY, digestFor, SERVER_PROFILES, serverProfile } from "../../lib/x509/profile";

const SERVER = serverProfile({ canEncipher: false, clientAuth: false });

it.each([
  [undefined, "sha256"],
  ["prime256v1", "sha256"],
  ["P384", "sha384"],
  ["secp521r1", "sha512"],
])("digestFor a key on the curve %p is %s", (curve, digest) => {
  expect(digestFor(curve)).toBe(digest);
});

it.each([true, false])(
  "serverProfile of an enciphering server differs only in the key usage; also a client: %p",
  (clientAuth) => {
    const [plain, enciphering] = [false, true].map((canEncipher) => serverProfile({ canEncipher, clientAuth }));

    expect({ ...enciphering, keyUsage: SERVER.keyUsage }).toEqual(plain);
    expect(enciphering?.keyUsage).toEqual([...SERVER.keyUsage, "keyEncipherment"]);
  },
);

it.each([true, false])(
  "serverProfile of a server that is a client too differs only in its purposes; enciphering: %p",
  (canEncipher) => {
    const [plain, peer] = [false, true].map((clientAuth) => serverProfile({ canEncipher, clientAuth }));

    expect({ ...peer, extendedKeyUsage: SERVER.extendedKeyUsage }).toEqual(plain);
    expect(peer?.extendedKeyUsage).toEqual([id_kp_serverAuth, id_kp_clientAuth]);
  },
);

it.each([AUTHORITY, ...SERVER_PROFILES].map((profile) => [profile]))(
  "A profile has each extension once",
  ({ extensions }) => {
    expect(new Set(extensions.map(({ id }) => id)).size).toBe(extensions.length);
  },
);
