import { AUTHORITY, digestFor, ENCIPHERING_SERVER, SERVER } from "../../lib/x509/profile";

it.each([
  [undefined, "sha256"],
  ["prime256v1", "sha256"],
  ["P384", "sha384"],
  ["secp521r1", "sha512"],
])("a key on the curve %p signs a %s", (curve, digest) => {
  expect(digestFor(curve)).toBe(digest);
});

it("an enciphering server's is a server's, but for its key", () => {
  expect({ ...ENCIPHERING_SERVER, keyUsage: SERVER.keyUsage }).toEqual(SERVER);
  expect(ENCIPHERING_SERVER.keyUsage).toEqual([...SERVER.keyUsage, "keyEncipherment"]);
});

it.each([[AUTHORITY], [SERVER], [ENCIPHERING_SERVER]])("a profile has each extension once", ({ extensions }) => {
  expect(new Set(extensions.map(({ id }) => id)).size).toBe(extensions.length);
});
