import { generateKeyPairSync, sign } from "node:crypto";
import { Collection } from "../../lib/cli/inventory/collection";
import { inventoryOf } from "../../lib/cli/inventory/inventory";
import { review } from "../../lib/cli/reports";
import { Signer } from "../../lib/custody/machine/program/make/certificate";
import { addHours } from "../../lib/values/time";
import { Chain } from "../../lib/x509/chain";
import { toPem } from "../../lib/x509/pem";
import { problemsOf } from "../support/problems";
import { read, write } from "../support/der-tree";
import { fixture } from "./fixtures";

const NAME = "mqtt-1.example.com";
const NOW = new Date();

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const content = { subject: { commonName: NAME }, notBefore: addHours(NOW, -1), notAfter: addHours(NOW, 100) };
const authority = Signer.selfSigned({ ...content, usage: { kind: "authority" } }, privateKey, "sha256");

/** A certificate for that key: a SubjectPublicKeyInfo in hexadecimal. */
function certificateFor(spki: string): string {
  const [toBeSigned, algorithm] = read(authority).children ?? [];
  const children = (toBeSigned?.children ?? []).map((child, index) =>
    index === 6 ? { tag: 0x30, bytes: Buffer.from(spki, "hex").subarray(2) } : child,
  );
  const changed = { tag: 0x30, children };
  const signature = Buffer.concat([Buffer.alloc(1), sign("sha256", write(changed), privateKey)]);
  const all = [changed, ...(algorithm === undefined ? [] : [algorithm]), { tag: 0x03, bytes: signature }];
  return toPem("CERTIFICATE", write({ tag: 0x30, children: all }));
}

const sequence = (...parts: string[]): string => {
  const body = parts.join("");
  return `30${(body.length / 2).toString(16).padStart(2, "0")}${body}`;
};
const EC = "06072a8648ce3d0201";
const P256 = "06082a8648ce3d030107";

/** Keys that Node.js may accept, but whose details must not be read: that would end the process. */
describe.each([
  ["the point at infinity", sequence(sequence(EC, P256), "03020000")],
  [
    "a compressed point",
    sequence(sequence(EC, P256), `032200026b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296`),
  ],
  ["a point that is cut off", sequence(sequence(EC, P256), `0306000401020304`)],
  ["no point at all", sequence(sequence(EC, P256), "030100")],
  ["an unknown curve", sequence(sequence(EC, "06032a0304"), "03020004")],
  ["no curve", sequence(sequence(EC), "03020000")],
  ["an unknown key type", sequence(sequence("06032a0304"), "03020001")],
  [
    "an RSA key of nothing",
    sequence(sequence("06092a864886f70d010101", "0500"), `030900${sequence("020100", "020100")}`),
  ],
  [
    "an RSA key with a negative modulus",
    sequence(sequence("06092a864886f70d010101", "0500"), `030900${sequence("0201ff", "020103")}`),
  ],
  ["DSA without parameters", sequence(sequence("06072a8648ce380401"), "030400020101")],
  ["X25519", sequence(sequence("06032b656e"), `032100${"09".padEnd(64, "0")}`)],
  ["Ed25519 of no octets", sequence(sequence("06032b6570"), "030100")],
])("a certificate with %s", (_, spki) => {
  const pem = certificateFor(spki);

  it("an imported authority with a malformed key is refused with a message", () => {
    expect(problemsOf(() => Chain.fromContent(pem, "ca.pem", NOW, true)).map(({ reason }) => reason)).toContainEqual(
      expect.stringMatching(/^(is cut off or damaged|has "CN=mqtt-1\.example\.com", which has (a|an RSA) key )/),
    );
  });

  it("inventory reports a certificate with a malformed key as not accepted or unreadable", () => {
    const collection = new Collection();
    const trusted = collection.addSingle("ca.pem", toPem("CERTIFICATE", authority));
    collection.addFile("server.pem", pem);
    const source = {
      name: "pki",
      collection,
      trusted,
      generations: new Map<string, number>(),
      renewals: new Map(),
      records: [],
    };
    const { certificates, unreadable } = inventoryOf([source], NOW);
    const entry = certificates.find(({ location }) => location === "server.pem");

    expect(entry === undefined ? unreadable.length : entry.accepted).toBe(entry === undefined ? 1 : false);
  });

  it("review handles a certificate with a malformed key", () => {
    const plan = fixture("terraform", "state", "renewed").replace(
      /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\\n/g,
      pem.replaceAll("\n", "\\n"),
    );
    const { certificates, authorities } = review([{ name: "plan", content: plan }]);

    expect(plan).toContain(pem.slice(28, 80).trim());
    expect([...certificates, ...authorities]).not.toEqual([]);
  });
});
