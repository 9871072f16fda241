import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { openssl } from "../support/authorities";
import { wordsOf, describeOneBareEngine } from "./support/custodies";
import { fleet, certificatesIn, type Company, makeCompany, chainOf } from "./support/imported";
import { type FileFacts, Project } from "./support/project";

describeOneBareEngine("brokers that an imported authority certified by hand", (engine) => {
  const project = new Project(engine, { withoutProviders: true });
  const WHOLE = "whole.example.com";
  const BARE = "bare.example.com";
  const OTHER = "other.example.com";
  let company: Company;
  let before: Record<string, FileFacts>;

  const content = (path: string): string | undefined => project.files("pki")[path]?.content;

  beforeAll(async () => {
    company = makeCompany(project.path("company"));
    const { root, middle, signer } = company;
    writeFileSync(project.path("company/chain.pem"), chainOf(signer, middle, root));
    for (const [address, names, chain] of [
      [WHOLE, `DNS:${WHOLE}`, chainOf(signer, middle)],
      [BARE, `DNS:${BARE}`, ""],
      [OTHER, `DNS:${OTHER},DNS:mqtt.example.com`, chainOf(signer, middle)],
    ] as const) {
      const folder = project.path("pki/brokers", address);
      mkdirSync(folder, { recursive: true });
      const extensions = [
        "keyUsage=critical,digitalSignature",
        "extendedKeyUsage=serverAuth",
        "basicConstraints=critical,CA:FALSE",
        "subjectKeyIdentifier=hash",
        "authorityKeyIdentifier=keyid",
        `subjectAltName=${names}`,
      ];
      writeFileSync(project.path("extensions"), extensions.join("\n"));
      const [key, request, pem] = ["server.key", "server.csr", "server.pem"].map((name) => `${folder}/${name}`) as [
        string,
        string,
        string,
      ];
      openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key]);
      openssl(["req", "-new", "-key", key, "-subj", `/CN=${address}`, "-out", request]);
      const issuer = ["-CA", signer.certificateFile, "-CAkey", signer.keyFile, "-set_serial", "4711"];
      const issue = ["x509", "-req", "-in", request, ...issuer, "-days", "800"];
      openssl([...issue, "-extfile", project.path("extensions"), "-out", pem]);
      rmSync(request);
      writeFileSync(pem, readFileSync(pem, "utf8") + chain);
    }
    writeFileSync(project.path("pki/ca.pem"), root.certificatePem);
    before = project.files("pki");
    project.declare(
      fleet("machine", "mqtt", 'certificateFile: "company/chain.pem", keyFile: "company/signer.key"', [
        WHOLE,
        BARE,
        OTHER,
      ]),
    );
    await project.synth();
  });
  afterAll(() => {
    project.remove();
  });

  it("Brokers certified by hand stop the plan without pki/take-over; the message names their folders", async () => {
    const result = await project.plan();

    expect(result.status).toBe(1);
    expect(wordsOf(result.stderr)).toContain(`brokers/${BARE}, brokers/${OTHER}, brokers/${WHOLE}`);
    expect(wordsOf(result.stderr)).toContain("create an empty file pki/take-over");
    expect(project.files("pki")).toEqual(before);
  });

  describe("pki/take-over", () => {
    beforeAll(async () => {
      writeFileSync(project.path("pki/take-over"), "");
      await project.apply();
      rmSync(project.path("pki/take-over"));
    });

    it("Brokers certified by hand keep their keys and the root after pki/take-over", () => {
      for (const path of [...[WHOLE, BARE, OTHER].map((address) => `brokers/${address}/server.key`), "ca.pem"]) {
        expect(content(path)).toBe(before[path]?.content);
      }
      expect(Object.keys(project.files("pki")).filter((path) => path.startsWith("ca.pem."))).toEqual([]);
    });

    it("A broker certified by hand keeps a certificate and chain that match the declaration", () => {
      expect(content(`brokers/${WHOLE}/server.pem`)).toBe(before[`brokers/${WHOLE}/server.pem`]?.content);
    });

    it("A broker certified by hand without intermediate certificates gets them in server.pem", () => {
      const [, ...others] = certificatesIn(content(`brokers/${BARE}/server.pem`) ?? "");

      expect(others.join("")).toBe(chainOf(company.signer, company.middle));
    });

    it("A certificate made by hand that differs from the declaration is re-issued; a copy of it stays", () => {
      const path = `brokers/${OTHER}/server.pem`;
      const copies = Object.keys(project.files("pki")).filter((name) => name.startsWith(`${path}.`));

      expect(new X509Certificate(content(path) ?? "").subjectAltName).toBe(`DNS:${OTHER}`);
      expect(copies.map(content)).toEqual([before[path]?.content]);
    });

    it("A plan is empty after brokers certified by hand are adopted, without pki/take-over", async () => {
      expect((await project.plan()).status).toBe(0);
    });
  });
});
