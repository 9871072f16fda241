import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MadeAuthority, makeAuthority, openssl } from "../../support/authorities";
import { brief, type Files, inventoried, inventory, makeServer } from "./support";

let folder: string;
let root: MadeAuthority;
let second: MadeAuthority;
let server: MadeAuthority;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "directory-source-"));
  root = makeAuthority(folder, "Plant CA");
  second = makeAuthority(folder, "Plant CA 2");
  server = makeServer(folder, "mqtt-1", root, {
    extensions: { subjectAltName: "DNS:mqtt-1.example.com, IP:2001:db8::10, URI:urn:mqtt-1" },
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("mqtt-pki inventory of a directory", () => {
  it("inventory finds generations by the folders of a directory", async () => {
    const files = {
      "pki/ca.pem": second.certificatePem + root.certificatePem,
      "pki/authority.pem": root.certificatePem,
      "pki/authorities/2/ca.pem": second.certificatePem,
      "pki/brokers/one/server.pem": server.certificatePem,
    };
    const { certificates } = await inventoried(files, ["pki"]);

    expect(brief(certificates)).toEqual([
      "Plant CA (1): true, by Plant CA (1)",
      "Plant CA 2 (2): true, by Plant CA 2 (2)",
      "mqtt-1.example.com: true, by Plant CA (1)",
    ]);
  });

  it.each<[string, readonly string[], number | null]>([
    ["with its key, 1", ["ca.key"], 1],
    ["without its key, unknown", [], null],
    ["with keys of others, unknown", ["ca.key", "authorities/2/ca.key"], null],
  ])("inventory numbers a single authority: %s", async (_, keys, generation) => {
    const files = { "pki/ca.pem": root.certificatePem, ...Object.fromEntries(keys.map((key) => [`pki/${key}`, ""])) };
    const { certificates } = await inventoried(files, ["pki"]);

    expect(certificates[0]?.generation).toBe(generation);
  });

  it("inventory locates a certificate in its main file, not in a further form", async () => {
    const files = {
      "pki/authorities/2/ca.pem": second.certificatePem,
      "pki/trust/ca-2.pem": second.certificatePem,
      "pki/trust/ca.h": "",
      "pki/trust/truststore.p12": "",
    };
    const { certificates } = await inventoried(files, ["pki"]);

    expect(certificates.map(({ location }) => location)).toEqual(["authorities/2/ca.pem"]);
  });

  it("inventory opens no key files and no records", async () => {
    const files = {
      "pki/a/server.combined.pem": "",
      "pki/a/server.p12": "",
      "pki/a/server.pem.key": "",
      "pki/ca.pem": root.certificatePem,
      "pki/ca.key": "",
      "pki/a/server.pem": "",
      "pki/a/server.key": "",
      "pki/brokers.records": "",
      "pki/reloads.records": "",
      "pki/reloads.journal": "",
    };

    expect((await inventory(files, ["pki"])).opened).toEqual(["pki/a/server.pem", "pki/ca.pem"]);
  });

  it("inventory reads the certificate of a combined PEM that was handed out alone, and shows nothing of its key", async () => {
    const combined = server.certificatePem + readFileSync(server.keyFile, "utf8");
    const result = await inventory({ "certs/server.combined.pem": combined }, ["certs"]);

    expect(result.opened).toEqual(["certs/server.combined.pem"]);
    expect(result.output).toContain("mqtt-1.example.com");
    expect(result.output).not.toContain("PRIVATE KEY");
  });

  it("inventory reads certificates in DER, and skips other files and other PEM", async () => {
    const der = openssl(["x509", "-in", server.certificateFile, "-outform", "DER", "-out", join(folder, "server.cer")]);
    const files: Files = {
      "pki/ca.crt": root.certificatePem,
      "pki/server.cer": readFileSync(join(folder, "server.cer")),
      "pki/notes.txt": server.certificatePem,
      "pki/key.pem": readFileSync(root.keyFile),
    };
    const { certificates, unreadable } = await inventoried(files, ["pki"]);

    expect(der).toBe("");
    expect(certificates.map(({ location }) => location)).toEqual(["ca.crt", "server.cer"]);
    expect(unreadable).toEqual([]);
  });

  it("inventory reports unknown without a ca.pem", async () => {
    const { certificates } = await inventoried({ "pki/server.pem": server.certificatePem }, ["pki"]);

    expect(certificates[0]).toMatchObject({
      accepted: null,
      reasons: ["comes without a ca.pem, so the trust anchors of clients are unknown"],
      issuer: { commonName: "Plant CA", verified: false },
    });
  });

  it("inventory lists certificates that it cannot read, and warns", async () => {
    const broken = server.certificatePem.replace(/\n.{10}/, "\nAAAAAAAAAA");
    const files = {
      "pki/ca.pem": root.certificatePem + broken,
      "pki/cut.pem": server.certificatePem.slice(0, 100),
      "pki/text.pem": "no certificate",
    };
    const { unreadable } = await inventoried(files, ["pki"]);
    const { warnings } = await inventory(files, ["pki"]);

    expect(unreadable).toEqual([
      { source: "pki", location: "ca.pem", reason: "1 of 2 certificates there cannot be read" },
      { source: "pki", location: "cut.pem", reason: "1 of 1 certificates there cannot be read" },
      { source: "pki", location: "text.pem", reason: "is not a certificate" },
    ]);
    expect(warnings).toEqual([
      "warning: pki: ca.pem: 1 of 2 certificates there cannot be read",
      "warning: pki: cut.pem: 1 of 1 certificates there cannot be read",
      "warning: pki: text.pem: is not a certificate",
    ]);
  });
});
