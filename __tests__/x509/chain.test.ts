import { generateKeyPairSync } from "node:crypto";
import { Signer } from "../../lib/custody/machine/program/make/certificate";
import type { AuthorityUsage, CertificateContent } from "../../lib/custody/machine/program/make/certificate-content";
import { addHours } from "../../lib/values/time";
import { Chain } from "../../lib/x509/chain";
import { toPem } from "../../lib/x509/pem";
import { problemsOf } from "../support/problems";

const NOW = new Date("2026-06-01T00:00:00Z");

const key = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const [rootKey, otherKey] = [key(), key()];

function content(commonName: string, hours: number, usage: Partial<AuthorityUsage> = {}): CertificateContent {
  return {
    subject: { commonName },
    notBefore: addHours(NOW, -1),
    notAfter: addHours(NOW, hours),
    usage: { kind: "authority", ...usage },
  };
}

const rootDer = Signer.selfSigned(
  content("Root", 1000, { permittedDomains: ["example.com"] }),
  rootKey.privateKey,
  "sha256",
);
const signerDer = Signer.fromIssuer(rootDer, rootKey.privateKey, "sha256").sign(
  content("Plant", 100, { permittedDomains: ["plant.example.com"] }),
  otherKey.publicKey.export({ type: "spki", format: "der" }),
);
const [root, signer] = [rootDer, signerDer].map((der) => toPem("CERTIFICATE", der)) as [string, string];

/** What a text is refused for. */
const reasons = (text: string, now = NOW): string[] =>
  problemsOf(() => Chain.fromContent(text, text, now, true)).map(({ reason }) => reason);

describe("Chain.fromContent", () => {
  it("Chain.fromContent reads a root alone, in PEM or DER", () => {
    for (const given of [root, rootDer]) {
      const chain = Chain.fromContent(given, "ca.pem", NOW, true);

      expect([chain.signer.pem, chain.trustAnchor.pem]).toEqual([root, root]);
      expect(chain.belowTrustAnchor).toEqual([]);
    }
  });

  it("Chain.fromContent orders up to the root, expires with its first certificate, and permits what all permit", () => {
    const chain = Chain.fromContent(signer + root, "ca.pem", NOW, true);

    expect([chain.signer.pem, chain.trustAnchor.pem]).toEqual([signer, root]);
    expect(chain.belowTrustAnchor.map(({ pem }) => pem)).toEqual([signer]);
    expect(chain.notAfter).toEqual(addHours(NOW, 100));
    expect(chain.permittedDomains).toEqual(["plant.example.com"]);
    expect(chain.warnings.map(({ name, refusals }) => [name, refusals.map(({ by }) => by)])).toEqual([
      ["CN=Plant", [["Python 3.13"]]],
    ]);
  });

  it.each<[what: string, text: string, reason: RegExp]>([
    ["without its root", signer, /^has no certificate of "CN=Root" whose key signed "CN=Plant"$/],
    ["with its root first", root + signer, /^has "CN=Root" first, which signed another certificate in it$/],
    ["that is cut off", signer + root.slice(0, 200), /^is cut off or damaged$/],
    ["of nothing", "", /^has no certificate$/],
  ])("Chain.fromContent refuses a chain %s", (_, text, reason) => {
    expect(reasons(text)).toContainEqual(expect.stringMatching(reason));
  });

  it("Chain.fromContent refuses a chain with an expired certificate", () => {
    expect(reasons(signer + root, addHours(NOW, 200))).toEqual([
      expect.stringMatching(/^has "CN=Plant", which expired on 2026-06-05$/),
    ]);
  });
});
