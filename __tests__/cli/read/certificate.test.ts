import { readFileSync, writeFileSync } from "node:fs";
import { ReadCertificate } from "../../../lib/cli/read/certificate";
import { makeAuthority, openssl } from "../../support/authorities";
import { inTemporaryFolder } from "../../support/requests";

function facts(folder: string, ...extensions: string[]): ReadCertificate["facts"] | undefined {
  const file = `${folder}/server.pem`;
  openssl([
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes", "-days", "30"],
    ...["-keyout", `${folder}/server.key`, "-out", file, "-subj", "/C=DE/O=Example, Ltd/CN=a.example.com"],
    ...extensions.flatMap((extension) => ["-addext", extension]),
  ]);
  return ReadCertificate.fromPem(readFileSync(file, "utf8"))[0]?.facts;
}

describe("ReadCertificate", () => {
  it("ReadCertificate.facts are texts for a person", () => {
    inTemporaryFolder((folder) => {
      const names = "subjectAltName=DNS:a.example.com,DNS:192.0.2.1,IP:192.0.2.1,IP:2001:db8::1,URI:urn:a,email:a@b.c";
      const said = facts(folder, names, "basicConstraints=critical,CA:FALSE");

      expect(said).toMatchObject({
        subject: "C=DE, O=Example\\, Ltd, CN=a.example.com",
        issuer: "C=DE, O=Example\\, Ltd, CN=a.example.com",
        names: ["a.example.com", "DNS:192.0.2.1", "192.0.2.1", "2001:db8::1", "URI:urn:a", "email:a@b.c"],
        keyType: "ECDSA P-384",
        isAuthority: false,
      });
      const [serial, fingerprint, end] = ["-serial", "-fingerprint", "-enddate"].map((what) =>
        openssl(["x509", "-in", `${folder}/server.pem`, "-noout", "-sha256", what])
          .trim()
          .replace(/^.*=/, ""),
      );
      expect(said?.serialNumber).toBe(serial);
      expect(said?.fingerprint).toBe(fingerprint);
      expect(said?.notAfter).toBe(new Date(end ?? "").toISOString().replace(".000Z", "Z"));
    });
  });

  it("ReadCertificate.facts do not split a name at a comma", () => {
    inTemporaryFolder((folder) => {
      const file = `${folder}/names.cnf`;
      const [request, out] = [`${folder}/a.csr`, `${folder}/a.pem`];
      openssl(["req", "-newkey", "ed25519", "-nodes", "-keyout", `${folder}/a.key`, "-out", request, "-subj", "/CN=a"]);
      writeFileSync(
        file,
        "subjectAltName=@names\n[names]\nURI.1 = urn:x,DNS:evil.example.com\nDNS.1 = a.example.com\n",
      );
      openssl(["x509", "-req", "-in", request, "-key", `${folder}/a.key`, "-out", out, "-extfile", file, "-days", "1"]);
      const said = ReadCertificate.fromPem(readFileSync(out, "utf8"))[0]?.facts;

      expect(said?.names).toHaveLength(2);
      expect(said?.names).toContain("a.example.com");
      expect(said?.names).not.toContain("evil.example.com");
    });
  });

  it("ReadCertificate.fromPem reads every certificate in a text, in order, and nothing else", () => {
    inTemporaryFolder((folder) => {
      const pems = ["one", "other"].map((name) => {
        const { certificateFile } = makeAuthority(folder, name, { subject: `/CN=${name}` });
        return readFileSync(certificateFile, "utf8");
      });
      const damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
      const read = ReadCertificate.fromPem([pems[0], "words\n", damaged, pems[1]].join(""));

      expect(read.map((certificate) => certificate.facts)).toMatchObject([
        { subject: "CN=one", isAuthority: true },
        { subject: "CN=other", isAuthority: true },
      ]);
      expect(ReadCertificate.fromPem("no certificate")).toEqual([]);
    });
  });
});
