import "reflect-metadata"; // @peculiar/x509 needs it, first
import { createPrivateKey, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate as ParsedCertificate,
} from "@peculiar/x509";
import { wordsOf } from "./support/custodies";
import { describeEachEngine, machine } from "./support/machine";
import { Project } from "./support/project";
import { run } from "./support/run";

const ALGORITHMS = ["RSA_2048", "RSA_3072", "RSA_4096", "ECDSA_P256", "ECDSA_P384", "ED25519"] as const;

const LONG_NAME = `${"a".repeat(60)}.example.com`;

describeEachEngine(
  "the certificates",
  (engine) => {
    const project = new Project(engine);

    beforeAll(async () => {
      const brokers = ALGORITHMS.map(
        (name) =>
          `{ address: "${name.toLowerCase().replace("_", "-")}.example.com", keyAlgorithm: KeyAlgorithm.${name} }`,
      );
      const fleet = (id: string, algorithm: string): string => `
        new BrokerPki(app, "${id}", {
          authority: { subject: { commonName: "CA ${id}", organization: "Ünïcode Ltd" }, keyAlgorithm: KeyAlgorithm.${algorithm} },
          directory: "pki-${id}",
          brokers: [${brokers.join(", ")}],
        });`;
      project.declare(`
        ${fleet("ecdsa", "ECDSA_P384")}
        ${fleet("eddsa", "ED25519")}
        new BrokerPki(app, "mqtt", {
          authority: {
            subject: {
              country: "US", province: "Texas", locality: "Austin", organization: "Example Ltd",
              organizationalUnit: "Plant", commonName: "Test CA", emailAddress: "pki@example.com",
            },
            duration: Duration.days(30),
          },
          subject: { organization: "Example Ltd", country: "US" },
          duration: Duration.days(10),
          brokers: [
            ${brokers.join(", ")},
            { address: "*.plant.example.com", alternativeAddresses: ["plant.example.com", "192.0.2.7", "2001:db8::7", "bücher.example"] },
            { address: "${LONG_NAME}", subject: { organizationalUnit: "Line 7" }, duration: Duration.hours(48) },
          ],
        });
        const own = new TerraformStack(app, "own");
        const authority = new CertificateAuthority(own, "ca", { subject: { commonName: "Own CA" } });
        const server = new ServerCertificate(own, "a.b", { authority, address: "${LONG_NAME}" });
        const files = new PemDirectory(own, "files", { path: "own" });
        files.addAuthority(authority, { key: false });
        files.addServer(server);
      `);
      await project.deploy();
    });
    afterAll(() => {
      project.remove();
    });

    const parse = (...path: string[]): ParsedCertificate => new ParsedCertificate(project.read(...path));
    const server = (name: string): ParsedCertificate => parse("pki/brokers", name, "server.pem");

    it.each(["pki", "pki-ecdsa", "pki-eddsa"])(
      "Certificates pass openssl verify -x509_strict, with each algorithm: %s",
      async (pki) => {
        for (const algorithm of ALGORITHMS) {
          const name = `${algorithm.toLowerCase().replace("_", "-")}.example.com`;
          const pem = project.path(pki, "brokers", name, "server.pem");
          const strict = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", project.path(pki, "ca.pem")];

          expect(await run("openssl", [...strict, "-verify_hostname", name, pem])).toMatchObject({
            status: 0,
            stdout: `${pem}: OK\n`,
          });
          expect((await run("openssl", [...strict, "-verify_hostname", "other.example.com", pem])).status).not.toBe(0);
        }
      },
    );

    it("Certificates fit their keys", () => {
      for (const pki of ["pki", "pki-ecdsa", "pki-eddsa", "own"]) {
        const files = project.files(pki);
        for (const [path, { content }] of Object.entries(files).filter(([name]) => name.endsWith("server.pem"))) {
          const key = files[path.replace(".pem", ".key")]?.content ?? "";
          expect(new X509Certificate(content).checkPrivateKey(createPrivateKey(key))).toBe(true);
        }
      }
    });

    it("An authority's certificate may sign certificates, and nothing else", () => {
      const authority = parse("pki/ca.pem");

      expect(authority.subject).toBe(
        "C=US, ST=Texas, L=Austin, O=Example Ltd, OU=Plant, CN=Test CA, E=pki@example.com",
      );
      expect(authority.issuer).toBe(authority.subject);
      expect(authority.getExtension(BasicConstraintsExtension)).toMatchObject({ ca: true, critical: true });
      expect(authority.getExtension(KeyUsagesExtension)).toMatchObject({
        critical: true,
        usages: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign,
      });
      expect(authority.getExtension(SubjectKeyIdentifierExtension)?.keyId).toMatch(/^[\da-f]{40}$/);
      expect(hours(authority)).toBe(30 * 24);
    });

    it("A broker's certificate may serve, and nothing else", () => {
      const broker = server("rsa-2048.example.com");

      expect(broker.subject).toBe("C=US, O=Example Ltd, CN=rsa-2048.example.com");
      expect(broker.issuer).toBe(parse("pki/ca.pem").subject);
      expect(broker.getExtension(BasicConstraintsExtension)).toMatchObject({ ca: false, critical: true });
      expect(broker.getExtension(ExtendedKeyUsageExtension)?.usages).toEqual([ExtendedKeyUsage.serverAuth]);
      expect(broker.getExtension(SubjectKeyIdentifierExtension)?.keyId).toMatch(/^[\da-f]{40}$/);
      expect(broker.getExtension(AuthorityKeyIdentifierExtension)?.keyId).toBe(
        parse("pki/ca.pem").getExtension(SubjectKeyIdentifierExtension)?.keyId,
      );
      expect(hours(broker)).toBe(10 * 24);
    });

    it("A broker's certificate allows key encipherment with RSA alone", () => {
      const usages = Object.fromEntries(
        ["rsa-2048", "rsa-4096", "ecdsa-p256", "ed25519"].map((name) => [
          name,
          server(`${name}.example.com`).getExtension(KeyUsagesExtension)?.usages,
        ]),
      );
      const rsa = KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment;

      expect(usages).toEqual({
        "rsa-2048": rsa,
        "rsa-4096": rsa,
        "ecdsa-p256": KeyUsageFlags.digitalSignature,
        ed25519: KeyUsageFlags.digitalSignature,
      });
    });

    it("A broker's certificate has every address by its kind, the broker's own address first", () => {
      const names = server("_wildcard.plant.example.com").getExtension(SubjectAlternativeNameExtension)?.names.toJSON();

      expect(names).toEqual([
        { type: "dns", value: "*.plant.example.com" },
        { type: "dns", value: "plant.example.com" },
        { type: "dns", value: "xn--bcher-kva.example" },
        { type: "ip", value: "192.0.2.7" },
        { type: "ip", value: "2001:db8::7" },
      ]);
    });

    it("A certificate has no common name if the address is too long for one, and keeps the other attributes", () => {
      const broker = server(LONG_NAME);

      expect(broker.subject).toBe("C=US, O=Example Ltd, OU=Line 7");
      expect(hours(broker)).toBe(48);
    });

    it("A certificate without a subject verifies; its names are critical", async () => {
      const own = parse("own/brokers", LONG_NAME, "server.pem");
      const pem = project.path("own/brokers", LONG_NAME, "server.pem");
      const strict = ["verify", "-x509_strict", "-CAfile", project.path("own/ca.pem"), "-verify_hostname", LONG_NAME];

      expect(own.subject).toBe("");
      expect(own.getExtension(SubjectAlternativeNameExtension)?.critical).toBe(true);
      expect((await run("openssl", [...strict, pem])).status).toBe(0);
    });

    it("A plan fails if a certificate would outlive its authority", async () => {
      const state = JSON.parse(project.read("terraform.mqtt.tfstate")) as State;
      const authority = state.resources.find((resource) => resource.type === "tls_self_signed_cert");
      const [instance] = authority?.instances ?? [];
      if (instance === undefined) {
        throw new Error("no authority in the state");
      }
      // The expiry date of the authority in the state counts. This sets it to tomorrow.
      instance.attributes["validity_end_time"] = new Date(Date.now() + 24 * 3_600_000).toISOString();
      writeFileSync(project.path("terraform.mqtt.tfstate"), JSON.stringify(state));
      const { status, stderr } = await project.plan();

      expect(status).toBe(1);
      expect(wordsOf(stderr)).toContain("The certificate of rsa-2048.example.com expires after its authority's");
    });
  },
  [machine().openssl],
);

interface State {
  readonly resources: readonly {
    readonly type: string;
    readonly instances: readonly { readonly attributes: Record<string, unknown> }[];
  }[];
}

function hours(certificate: ParsedCertificate): number {
  return (certificate.notAfter.getTime() - certificate.notBefore.getTime()) / 3_600_000;
}
