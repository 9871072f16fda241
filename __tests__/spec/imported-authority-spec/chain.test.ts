import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ImportedAuthoritySpec } from "../../../lib/spec/imported-authority-spec";
import { type AuthorityOptions, type MadeAuthority, openssl, P384, RSA_2048 } from "../../support/authorities";
import { problemsOf as findProblems } from "../../support/problems";
import { folder, root, upper, lower, make, write, bundle, read, flawsOf } from "./support";

/** All that is wrong with the certificates, in lines. */
function flawsOfCertificates(...authorities: readonly [MadeAuthority, ...MadeAuthority[]]): string[] {
  return flawsOf({ certificatePem: bundle(...authorities), keyFile: authorities[0].keyFile }).map((line) =>
    line.replace(/^certificatePem /, ""),
  );
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * 86_400_000);
}

describe("ImportedAuthoritySpec.fromProps", () => {
  describe("a root that signs", () => {
    it("A root that signs is the trust anchor, and adds no chain to the server's certificate", () => {
      const spec = read(root);

      expect(spec.certificatePem).toBe(root.certificatePem);
      expect(spec.trustAnchorPem).toBe(root.certificatePem);
      expect(spec.chainPem).toBe("");
    });

    it("A root that signs has its public key as openssl prints it, and the expiry of its certificate", () => {
      const spec = read(root);

      expect(spec.publicKeyPem).toBe(openssl(["x509", "-in", root.certificateFile, "-noout", "-pubkey"]));
      expect(new Date(spec.notAfter)).toEqual(new Date(new X509Certificate(root.certificatePem).validTo));
      expect(spec.notAfter).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    });

    it("A root that signs keeps the place of its key and its custody", () => {
      const props = { certificatePem: root.certificatePem, keyVariable: "authority_key" };

      expect(ImportedAuthoritySpec.fromProps(props)).toMatchObject({ ...props, keyFile: undefined, custody: "state" });
      expect(read(root)).toMatchObject({ keyFile: root.keyFile, keyVariable: undefined, passwordVariable: undefined });
    });
  });

  describe("an intermediate authority that signs", () => {
    it("The chain of an intermediate authority is sorted without the root, in any given order", () => {
      for (const spec of [read(lower, upper, root), read(lower, root, upper)]) {
        expect(spec.certificatePem).toBe(lower.certificatePem);
        expect(spec.chainPem).toBe(bundle(lower, upper));
        expect(spec.trustAnchorPem).toBe(root.certificatePem);
      }
    });

    it("The chain of an intermediate authority expires with its first certificate to expire", () => {
      const { validTo } = new X509Certificate(upper.certificatePem);

      expect(new Date(read(lower, upper, root).notAfter)).toEqual(new Date(validTo));
    });

    it("The chain of an intermediate authority is verified by openssl", () => {
      const { chainPem, trustAnchorPem } = read(lower, root, upper);
      const [chain, anchor] = [write("chain.pem", chainPem), write("anchor.pem", trustAnchorPem)];

      expect(openssl(["verify", "-x509_strict", "-CAfile", anchor, "-untrusted", chain, chain])).toContain("OK");
    });

    it("The certificates of a chain may be repeated", () => {
      expect(read(lower, upper, lower, root, upper).chainPem).toBe(bundle(lower, upper));
    });

    it("An intermediate authority is refused without the root, which clients need", () => {
      expect(
        findProblems(() => ImportedAuthoritySpec.fromProps({ certificatePem: bundle(lower, upper), keyVariable: "k" })),
      ).toMatchObject([
        {
          path: "certificatePem",
          value: "(hidden text)",
          reason: 'has no certificate of "C=US, O=Example Ltd, CN=Plant Root CA" whose key signed "CN=upper"',
          fix: "append it and all certificates above it, up to the root, which clients trust",
        },
      ]);
    });

    it.each([
      ["P-384", P384],
      ["RSA", RSA_2048],
    ])("An intermediate authority is refused with a namesake of its issuer that has a key of %s", (_key, key) => {
      const namesake = make({ subject: "/C=US/O=Example Ltd/CN=Plant Root CA", key });

      expect(flawsOfCertificates(upper, namesake)).toEqual([
        'has no certificate of "C=US, O=Example Ltd, CN=Plant Root CA" whose key signed "CN=upper"',
        'has "C=US, O=Example Ltd, CN=Plant Root CA", which is not above "CN=upper", the first certificate',
      ]);
    });

    it("An intermediate authority is refused after its issuer in the file", () => {
      const problems = findProblems(() => read(root, upper, lower));

      expect(problems).toMatchObject([
        {
          reason: 'has "C=US, O=Example Ltd, CN=Plant Root CA" first, which signed another certificate in it',
          fix: "put the certificate of the authority that signs first",
        },
      ]);
      expect(flawsOfCertificates(upper, lower, root)).toEqual([
        'has "CN=upper" first, which signed another certificate in it',
      ]);
    });

    it("An intermediate authority is refused if it names another certificate of its issuer", () => {
      const extensions = { authorityKeyIdentifier: "issuer:always" };
      const child = make({ subject: "/CN=Child", issuer: root, extensions });
      const renewed = join(folder, "renewed.pem");
      const renewal = ["-signkey", root.keyFile, "-set_serial", "9", "-out", renewed];
      openssl(["x509", "-in", root.certificateFile, ...renewal]);

      expect(read(child, root).chainPem).toBe(child.certificatePem);
      expect(flawsOfCertificates(child, { ...root, certificatePem: readFileSync(renewed, "utf8") })).toEqual([
        'has "CN=Child", which names another certificate of "C=US, O=Example Ltd, CN=Plant Root CA" as its issuer',
      ]);
    });
  });

  it("ImportedAuthoritySpec refuses certificates of another authority", () => {
    const other = make({ subject: "/CN=Other" });

    expect(flawsOfCertificates(upper, root, other)).toEqual([
      'has "CN=Other", which is not above "CN=upper", the first certificate',
    ]);
  });

  it("ImportedAuthoritySpec accepts a cross-signed certificate, and ends at the given root", () => {
    const other = make({ subject: "/CN=Other" });
    const signed = join(folder, "cross.pem");
    const signer = ["-CA", other.certificateFile, "-CAkey", other.keyFile, "-set_serial", "7"];
    const extensions = ["-extfile", join(folder, "upper.cnf"), "-extensions", "ext"];
    openssl(["x509", "-req", "-in", join(folder, "upper.csr"), ...signer, ...extensions, "-out", signed]);
    const cross = { ...upper, certificatePem: readFileSync(signed, "utf8") };

    expect(read(lower, cross, other).trustAnchorPem).toBe(other.certificatePem);
  });

  describe("ImportedAuthoritySpec.digest", () => {
    it.each<[string, readonly string[], string]>([
      ["P-384", P384, "sha384"],
      ["P-256", ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "sha256"],
      ["P-521", ["EC", "-pkeyopt", "ec_paramgen_curve:P-521"], "sha512"],
      ["RSA", RSA_2048, "sha256"],
    ])("ImportedAuthoritySpec.digest for a key of %s", (_key, key, digest) => {
      expect(read(make({ key })).digest).toBe(digest);
    });

    it("ImportedAuthoritySpec.digest for a key of Ed25519, which has its own hash", () => {
      expect(read(make({ key: ["ED25519"], digest: "" })).digest).toBe("sha256");
    });
  });

  describe("every authority of the chain", () => {
    it.each<[string, AuthorityOptions, string]>([
      ["is one", { extensions: { basicConstraints: "CA:FALSE" } }, "is not an authority (CA:TRUE)"],
      ["has a certificate with extensions", { extensions: null }, "is not an authority (CA:TRUE)"],
      [
        "may sign",
        { extensions: { keyUsage: "digitalSignature, cRLSign" } },
        "may not sign certificates (RFC 5280, section 4.2.1.3)",
      ],
      ["is for servers", { extensions: { extendedKeyUsage: "clientAuth" } }, "is for purposes other than servers"],
      [
        "has critical extensions that clients know",
        { extensions: { "1.2.3.4": "critical, ASN1:UTF8String:x" } },
        "has the critical extension 1.2.3.4, which clients do not know and therefore refuse",
      ],
      [
        "has a strong key",
        { key: ["RSA", "-pkeyopt", "rsa_keygen_bits:1024"] },
        "has an RSA key of 1024 bits (clients require at least 2048)",
      ],
      [
        "has a key on a curve that clients know",
        { key: ["EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"] },
        "has a key on the curve secp256k1 (clients accept P-256, P-384 and P-521)",
      ],
    ])("Every authority of the chain %s", (_what, options, flaw) => {
      const flawed = make({ subject: "/CN=Flawed", ...options });
      const below = make({ subject: "/CN=Below", issuer: flawed, extensions: { authorityKeyIdentifier: "none" } });

      expect(flawsOfCertificates(flawed)).toEqual([`has "CN=Flawed", which ${flaw}`]);
      expect(flawsOfCertificates(below, flawed)).toEqual([`has "CN=Flawed", which ${flaw}`]);
    });

    it("Every authority of the chain needs a subject", () => {
      const flawed = make({ subject: "/" });
      const { serialNumber } = new X509Certificate(flawed.certificatePem);

      expect(flawsOfCertificates(flawed)).toEqual([`has "serial number ${serialNumber}", which has no subject`]);
      expect(flawsOfCertificates(make({ subject: "/CN=Child", issuer: flawed }))).toEqual([
        'has no certificate of "" whose key signed "CN=Child"',
      ]);
    });

    it.each([
      ["MD5", "md5"],
      ["SHA-1", "sha1"],
    ])("Every authority of the chain needs a signature that is not over %s, except a root", (name, digest) => {
      const top = make({ key: RSA_2048, digest });
      const child = make({ subject: "/CN=Child", issuer: top, digest });

      expect(flawsOfCertificates(top)).toEqual([]);
      expect(flawsOfCertificates(child, top)).toEqual([`has "CN=Child", which is signed over ${name}`]);
    });

    it("Every authority of the chain needs a signature without ECDSA over SHA-1", () => {
      const child = make({ subject: "/CN=Child", issuer: root, digest: "sha1" });

      expect(flawsOfCertificates(child, root)).toEqual(['has "CN=Child", which is signed over SHA-1']);
    });

    it("Every authority of the chain must be valid now", () => {
      const props = { certificatePem: bundle(lower, upper, root), keyFile: lower.keyFile };
      const [lowerEnd, upperEnd] = [lower, upper].map(({ certificatePem }) =>
        new Date(new X509Certificate(certificatePem).validTo).toISOString().slice(0, 10),
      );
      const start = new Date(new X509Certificate(root.certificatePem).validFrom).toISOString().slice(0, 10);

      expect(flawsOf(props, inDays(499))).toEqual([]);
      expect(flawsOf(props, inDays(800))).toEqual([
        `certificatePem has "CN=lower", which expired on ${lowerEnd}`,
        `certificatePem has "CN=upper", which expired on ${upperEnd}`,
      ]);
      expect(flawsOf({ ...props, certificatePem: root.certificatePem, keyFile: root.keyFile }, inDays(-1))).toEqual([
        `certificatePem has "C=US, O=Example Ltd, CN=Plant Root CA", which is not valid before ${start}`,
      ]);
    });

    it("Every authority of the chain must permit the authorities below it", () => {
      const top = make({ subject: "/CN=Top", extensions: { basicConstraints: "critical, CA:TRUE, pathlen:1" } });
      const middle = make({ issuer: top });
      const bottom = make({ issuer: middle });

      expect(flawsOfCertificates(top)).toEqual([]);
      expect(flawsOfCertificates(middle, top)).toEqual([]);
      expect(flawsOfCertificates(bottom, middle, top)).toEqual([
        'has "CN=Top", which has 2 authorities below it but permits 1 (RFC 5280, section 4.2.1.9)',
      ]);
    });
  });

  describe("ImportedAuthoritySpec.permittedDomains", () => {
    const limited = (nameConstraints: string, issuer?: MadeAuthority): MadeAuthority =>
      make({ subject: "/CN=Limited", extensions: { nameConstraints }, ...(issuer && { issuer }) });

    it("ImportedAuthoritySpec.permittedDomains are unlimited without name constraints", () => {
      expect(read(lower, upper, root).permittedDomains).toBeUndefined();
    });

    it("ImportedAuthoritySpec.permittedDomains are normalized, sorted and unique", () => {
      const authority = limited(
        "critical, permitted;DNS:Plant.Example.COM, permitted;DNS:b.example, permitted;DNS:B.example",
      );

      expect(read(authority).permittedDomains).toEqual(["b.example", "plant.example.com"]);
    });

    it("ImportedAuthoritySpec.permittedDomains are those that every authority of the chain permits", () => {
      const top = limited("permitted;DNS:example.com, permitted;DNS:plant.example.org");
      const bottom = limited(
        "permitted;DNS:plant.example.com, permitted;DNS:example.org, permitted;DNS:example.net",
        top,
      );

      expect(read(bottom, top).permittedDomains).toEqual(["plant.example.com", "plant.example.org"]);
    });

    it.each([
      "permitted;IP:10.0.0.0/255.0.0.0",
      "permitted;DNS:example.com, permitted;IP:10.0.0.0/255.0.0.0",
      "permitted;DNS:example.com, excluded;DNS:secret.example.com",
      "excluded;IP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0",
      "permitted;email:example.com",
      "permitted;DNS:192.0.2.10",
    ])("ImportedAuthoritySpec refuses name constraints: %s", (nameConstraints) => {
      expect(flawsOfCertificates(limited(nameConstraints))).toEqual([
        'has "CN=Limited", which has name constraints of a kind that this library does not understand',
      ]);
    });
  });
});
