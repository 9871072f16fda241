import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidInputError } from "../../lib/errors";
import { Address } from "../../lib/values/address";
import { DistinguishedName } from "../../lib/values/distinguished-name";
import { type ImportedAuthorityProps, ImportedAuthoritySpec } from "../../lib/spec/imported-authority-spec";
import {
  type AuthorityOptions,
  makeAuthority,
  type MadeAuthority,
  openssl,
  P384,
  RSA_2048,
} from "../support/authorities";
import { problemsOf as findProblems } from "../support/problems";

let folder: string;
let root: MadeAuthority;
let upper: MadeAuthority;
let lower: MadeAuthority;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "authorities-"));
  root = makeAuthority(folder, "root", { subject: "/C=US/O=Example Ltd/CN=Plant Root CA", days: 1000 });
  upper = makeAuthority(folder, "upper", { issuer: root, days: 500 });
  lower = makeAuthority(folder, "lower", { issuer: upper, days: 700 });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

let made = 0;

/** Another authority, sound or flawed. */
function make(options: AuthorityOptions = {}): MadeAuthority {
  made += 1;
  return makeAuthority(folder, `authority-${made}`, options);
}

/** A file with that content, and that mode. */
function write(name: string, content: string | Uint8Array, mode = 0o600): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

/** The certificates of who signs and of those above, as one text. */
function bundle(...authorities: readonly MadeAuthority[]): string {
  return authorities.map(({ certificatePem }) => certificatePem).join("");
}

/** The authority whose certificate is the first. */
function read(...authorities: readonly [MadeAuthority, ...MadeAuthority[]]): ImportedAuthoritySpec {
  return ImportedAuthoritySpec.fromProps({ certificatePem: bundle(...authorities), keyFile: authorities[0].keyFile });
}

/** All that is wrong, in lines. */
function flawsOf(props: unknown, now?: Date): string[] {
  const problems = findProblems(() => ImportedAuthoritySpec.fromProps(props as ImportedAuthorityProps, now));
  return problems.map(({ path, reason }) => `${path} ${reason}`);
}

/** All that is wrong with the certificates, in lines. */
function flawsOfCertificates(...authorities: readonly [MadeAuthority, ...MadeAuthority[]]): string[] {
  return flawsOf({ certificatePem: bundle(...authorities), keyFile: authorities[0].keyFile }).map((line) =>
    line.replace(/^certificatePem /, ""),
  );
}

/** What `run` returns with that Terraform variable in the environment. */
function withVariable<T>(name: string, value: string, run: () => T): T {
  process.env[`TF_VAR_${name}`] = value;
  try {
    return run();
  } finally {
    Reflect.deleteProperty(process.env, `TF_VAR_${name}`);
  }
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * 86_400_000);
}

describe("ImportedAuthoritySpec.fromProps", () => {
  describe("a root that signs", () => {
    it("is what clients trust, and leaves the server's certificate alone in its file", () => {
      const spec = read(root);

      expect(spec.certificatePem).toBe(root.certificatePem);
      expect(spec.trustAnchorPem).toBe(root.certificatePem);
      expect(spec.chainPem).toBe("");
    });

    it("has its public key as openssl prints it, and the end of its certificate", () => {
      const spec = read(root);

      expect(spec.publicKeyPem).toBe(openssl(["x509", "-in", root.certificateFile, "-noout", "-pubkey"]));
      expect(new Date(spec.notAfter)).toEqual(new Date(new X509Certificate(root.certificatePem).validTo));
      expect(spec.notAfter).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    });

    it("says what signs, with which keys, and leaves the key where it is", () => {
      const props = { certificatePem: root.certificatePem, keyVariable: "authority_key" };

      expect(ImportedAuthoritySpec.fromProps(props)).toMatchObject({ ...props, keyFile: undefined, custody: "state" });
      expect(read(root)).toMatchObject({ keyFile: root.keyFile, keyVariable: undefined, passwordVariable: undefined });
    });
  });

  describe("an intermediate authority that signs", () => {
    it("is followed by those above it, in their order and without the root, whatever order they are given in", () => {
      for (const spec of [read(lower, upper, root), read(lower, root, upper)]) {
        expect(spec.certificatePem).toBe(lower.certificatePem);
        expect(spec.chainPem).toBe(bundle(lower, upper));
        expect(spec.trustAnchorPem).toBe(root.certificatePem);
      }
    });

    it("ends with the first certificate of its chain to end", () => {
      const { validTo } = new X509Certificate(upper.certificatePem);

      expect(new Date(read(lower, upper, root).notAfter)).toEqual(new Date(validTo));
    });

    it("has a chain that openssl verifies", () => {
      const { chainPem, trustAnchorPem } = read(lower, root, upper);
      const [chain, anchor] = [write("chain.pem", chainPem), write("anchor.pem", trustAnchorPem)];

      expect(openssl(["verify", "-x509_strict", "-CAfile", anchor, "-untrusted", chain, chain])).toContain("OK");
    });

    it("may be there twice, as may those above", () => {
      expect(read(lower, upper, lower, root, upper).chainPem).toBe(bundle(lower, upper));
    });

    it("is refused without the root, which clients need", () => {
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
    ])("is refused with a namesake, whose key is of %s, of the one that signed it", (_key, key) => {
      const namesake = make({ subject: "/C=US/O=Example Ltd/CN=Plant Root CA", key });

      expect(flawsOfCertificates(upper, namesake)).toEqual([
        'has no certificate of "C=US, O=Example Ltd, CN=Plant Root CA" whose key signed "CN=upper"',
        'has "C=US, O=Example Ltd, CN=Plant Root CA", which is not above "CN=upper", the first certificate',
      ]);
    });

    it("is refused behind one that signed it", () => {
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

    it("is refused where it names another certificate of the one that signed it", () => {
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

  it("refuses certificates of another authority", () => {
    const other = make({ subject: "/CN=Other" });

    expect(flawsOfCertificates(upper, root, other)).toEqual([
      'has "CN=Other", which is not above "CN=upper", the first certificate',
    ]);
  });

  it("takes a cross-signed certificate, and ends at the root that is there", () => {
    const other = make({ subject: "/CN=Other" });
    const signed = join(folder, "cross.pem");
    const signer = ["-CA", other.certificateFile, "-CAkey", other.keyFile, "-set_serial", "7"];
    const extensions = ["-extfile", join(folder, "upper.cnf"), "-extensions", "ext"];
    openssl(["x509", "-req", "-in", join(folder, "upper.csr"), ...signer, ...extensions, "-out", signed]);
    const cross = { ...upper, certificatePem: readFileSync(signed, "utf8") };

    expect(read(lower, cross, other).trustAnchorPem).toBe(other.certificatePem);
  });

  describe("the digest of its signatures", () => {
    it.each<[string, readonly string[], string]>([
      ["P-384", P384, "sha384"],
      ["P-256", ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "sha256"],
      ["P-521", ["EC", "-pkeyopt", "ec_paramgen_curve:P-521"], "sha512"],
      ["RSA", RSA_2048, "sha256"],
    ])("with a key of %s", (_key, key, digest) => {
      expect(read(make({ key })).digest).toBe(digest);
    });

    it("with a key of Ed25519, whose signatures have their own", () => {
      expect(read(make({ key: ["ED25519"], digest: "" })).digest).toBe("sha256");
    });
  });

  describe("the certificate's file", () => {
    /** What is wrong with a file of that content. */
    const flawsOfFile = (content: string | Uint8Array): string[] =>
      flawsOf({ certificateFile: write("given.pem", content), keyFile: root.keyFile });

    it("may be PEM, in lines of Windows too and with text around", () => {
      const text = `Plant\n${root.certificatePem}`.replaceAll("\n", "\r\n");
      const spec = ImportedAuthoritySpec.fromProps({
        certificateFile: write("crlf.pem", text),
        keyFile: root.keyFile,
      });

      expect(spec.certificatePem).toBe(root.certificatePem);
    });

    it("may be in UTF-16, as PowerShell writes it", () => {
      const content = Buffer.from(`\ufeff${root.certificatePem}`.replaceAll("\n", "\r\n"), "utf16le");
      const certificateFile = write("wide.pem", content);

      expect(ImportedAuthoritySpec.fromProps({ certificateFile, keyFile: root.keyFile }).certificatePem).toBe(
        root.certificatePem,
      );
    });

    it.each(["PEM", "DER"])("is refused where it is PKCS #7 in %s, with the command that converts it", (form) => {
      const certificateFile = join(folder, "bundle.p7b");
      openssl(["crl2pkcs7", "-nocrl", "-certfile", root.certificateFile, "-outform", form, "-out", certificateFile]);
      const [problem, ...others] = findProblems(() =>
        ImportedAuthoritySpec.fromProps({ certificateFile, keyFile: root.keyFile }),
      );

      expect(others).toEqual([]);
      expect(problem?.reason).toBe("is PKCS #7, a bundle of certificates");
      expect(problem?.fix).toContain(`openssl pkcs7 -print_certs ${form === "DER" ? "-inform DER " : ""}-in FILE`);
    });

    it("has 1 MiB at most", () => {
      expect(flawsOfFile("x".repeat(1024 * 1024 + 1))).toEqual([
        "certificateFile has 1048577 bytes, but at most 1048576 are read",
      ]);
    });

    it("may begin without end, again and again", () => {
      expect(flawsOfFile("-----BEGIN CERTIFICATE-----".repeat(38_000))).toEqual([
        "certificateFile is cut off or damaged",
      ]);
    });

    it("may be DER", () => {
      const certificateFile = join(folder, "root.der");
      openssl(["x509", "-in", root.certificateFile, "-outform", "DER", "-out", certificateFile]);

      const spec = ImportedAuthoritySpec.fromProps({ certificateFile, keyFile: root.keyFile });
      expect(spec.certificatePem).toBe(root.certificatePem);
    });

    it.each<[string, string | Uint8Array]>([
      ["an empty one", ""],
      ["text", "ca"],
      ["bytes", Uint8Array.of(0x30, 0x82, 0x01)],
    ])("is refused where it has no certificate: %s", (_what, content) => {
      expect(flawsOfFile(content)).toEqual(["certificateFile has no certificate"]);
    });

    it("is refused with a request in place of a certificate", () => {
      expect(flawsOfFile(readFileSync(join(folder, "root.csr")))).toEqual(["certificateFile has no certificate"]);
    });

    it("is refused where it is cut off, or a certificate in it is damaged", () => {
      const cut = root.certificatePem.slice(0, -40);
      const damaged = root.certificatePem.replace(/\n.{64}\n/, "\n");

      for (const content of [cut, upper.certificatePem + cut, damaged]) {
        expect(flawsOfFile(content)[0]).toBe("certificateFile is cut off or damaged");
      }
    });

    it("is refused with a private key in it, which would be published and is not shown", () => {
      const certificateFile = write("both.pem", root.certificatePem + readFileSync(root.keyFile, "utf8"));
      const problems = findProblems(() => ImportedAuthoritySpec.fromProps({ certificateFile, keyFile: root.keyFile }));

      expect(problems).toMatchObject([
        {
          path: "certificateFile",
          value: JSON.stringify(certificateFile),
          reason: "has a private key next to the certificates, which are published",
          fix: "put the key in a separate file, and name that in keyFile",
        },
      ]);
    });

    it("must be there, and be a file", () => {
      const keyFile = root.keyFile;

      expect(flawsOf({ certificateFile: join(folder, "none.pem"), keyFile })).toEqual([
        "certificateFile is not a file that can be read",
      ]);
      expect(flawsOf({ certificateFile: folder, keyFile })).toEqual(["certificateFile is a folder"]);
    });
  });

  describe("props", () => {
    it.each<[string, object, string[]]>([
      ["no certificate and no key", {}, ["certificateFile is required", "keyFile is required"]],
      [
        "two certificates and two keys",
        { certificateFile: "ca.pem", certificatePem: "ca", keyFile: "none.key", keyVariable: "key" },
        [
          "certificatePem is a second certificate, in addition to certificateFile",
          "keyVariable is a second key, in addition to keyFile",
        ],
      ],
    ])("are refused with %s", (_what, props, flaws) => {
      expect(flawsOf(props)).toEqual(flaws);
    });

    it.each([undefined, null, "ca.pem", []])("are not %p", (given) => {
      const flaws = findProblems(() => ImportedAuthoritySpec.fromProps(given as never));

      expect(flaws).toMatchObject([{ path: "", reason: "is not an authority" }]);
    });

    it.each<[unknown, string]>([
      ["", "is not the name of a file"],
      [" ", "is not the name of a file"],
      [null, "is not the name of a file"],
      [42, "is not the name of a file"],
      ["a\nb", "has a character that is special in Terraform"],
      ['a"b', "has a character that is special in Terraform"],
      ["a\\b", "has a character that is special in Terraform"],
      ["${path.module}/ca", "has a character that is special in Terraform"],
      ["%{ if true }", "has a character that is special in Terraform"],
    ])("have no file %p", (file, flaw) => {
      expect(flawsOf({ certificateFile: file, keyFile: file })).toEqual([`certificateFile ${flaw}`, `keyFile ${flaw}`]);
    });

    it("have at most as much text for certificates as a file may have", () => {
      const certificatePem = `${root.certificatePem}${" ".repeat(1024 * 1024)}`;

      expect(flawsOf({ certificatePem, keyFile: root.keyFile })).toEqual([
        `certificatePem has ${certificatePem.length} bytes, but at most 1048576 are read`,
      ]);
    });

    it.each([[42], [null]])("have no text %p for a certificate", (certificatePem) => {
      expect(flawsOf({ certificatePem, keyFile: root.keyFile })).toEqual(["certificatePem is not text"]);
    });

    it.each(["", "1st", "authority-key", "authority key", "a\n", 42])(
      "have no variable %p, and do not show it",
      (name) => {
        const expected = { value: "(hidden text)", reason: "is not the name of a Terraform variable" };
        const { certificatePem } = root;

        expect(
          findProblems(() => ImportedAuthoritySpec.fromProps({ certificatePem, keyVariable: name as string })),
        ).toMatchObject([{ path: "keyVariable", ...expected }]);
        expect(
          findProblems(() =>
            ImportedAuthoritySpec.fromProps({ certificatePem, keyFile: "none.key", passwordVariable: name as string }),
          ),
        ).toMatchObject([{ path: "passwordVariable", ...expected }]);
      },
    );

    it("have a password of keyFile alone", () => {
      const props = { certificatePem: root.certificatePem, keyVariable: "key", passwordVariable: "password" };

      expect(flawsOf(props)).toEqual(["passwordVariable is only for keyFile"]);
    });

    it("choose a custody", () => {
      const props = { certificatePem: root.certificatePem, keyFile: root.keyFile };

      expect(ImportedAuthoritySpec.fromProps({ ...props, custody: "machine" }).custody).toBe("machine");
      expect(flawsOf({ ...props, custody: "file" })).toEqual(["custody is not a custody"]);
    });

    it("are refused with all that is wrong at once", () => {
      const child = make({ subject: "/CN=Child", issuer: root, extensions: { keyUsage: "digitalSignature" } });

      expect(flawsOf({ certificatePem: child.certificatePem, keyFile: root.keyFile, custody: "file" })).toEqual([
        'certificatePem has no certificate of "C=US, O=Example Ltd, CN=Plant Root CA" whose key signed "CN=Child"',
        'certificatePem has "CN=Child", which may not sign certificates (RFC 5280, section 4.2.1.3)',
        "custody is not a custody",
      ]);
    });
  });

  describe("an authority of the classic flow", () => {
    const PASSWORD = "correct horse";
    const WARNING =
      'The certificate of "CN=THIS MQTT CA" has no key usage (RFC 5280, section 4.2.1.3): Python 3.13 and later, and ' +
      "programs that verify strictly with OpenSSL refuse it. To fix it, re-issue it, with the same key: " +
      "openssl req -x509 -key ca.key -out ca.pem -sha256 -days 3650 -utf8 -subj '/CN=THIS MQTT CA' " +
      "-addext 'basicConstraints = critical,CA:TRUE' -addext 'keyUsage = critical,keyCertSign,cRLSign' " +
      "-addext 'subjectKeyIdentifier = hash' -addext 'authorityKeyIdentifier = keyid'.";

    const makeClassic = (name: string, password?: string): MadeAuthority => {
      const [keyFile, certificateFile] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
      const protect = password === undefined ? [] : ["-aes256", "-passout", `pass:${password}`];
      const open = password === undefined ? [] : ["-passin", `pass:${password}`];
      openssl(["genrsa", ...protect, "-out", keyFile, "2048"]);
      openssl([
        ...["req", "-new", "-x509", "-days", "3650", "-extensions", "v3_ca", "-key", keyFile, ...open],
        ...["-out", certificateFile, "-subj", "/CN=THIS MQTT CA"],
      ]);
      return { keyFile, certificateFile, certificatePem: readFileSync(certificateFile, "utf8") };
    };

    it("may sign, with a warning: its certificate has no key usage", () => {
      const { certificateFile, certificatePem, keyFile } = makeClassic("classic");
      const spec = ImportedAuthoritySpec.fromProps({ certificateFile, keyFile });

      expect(spec).toMatchObject({ certificatePem, trustAnchorPem: certificatePem, chainPem: "", keyFile });
      expect(spec.warnings).toEqual([WARNING]);
    });

    it("may have a key with a password", () => {
      const { certificateFile, keyFile } = makeClassic("classic-aes256", PASSWORD);
      const props = { certificateFile, keyFile, passwordVariable: "ca_password" };
      const read = (): ImportedAuthoritySpec => ImportedAuthoritySpec.fromProps(props);

      expect(flawsOf({ certificateFile, keyFile })).toEqual(["keyFile is protected by a password"]);
      expect(withVariable("ca_password", PASSWORD, read).warnings).toEqual([WARNING]);
      expect(withVariable("ca_password", "battery staple", () => flawsOf(props))).toEqual([
        "keyFile cannot be opened with the password in TF_VAR_ca_password",
      ]);
    });

    it("is refused by openssl where that verifies strictly alone, as the warning says", () => {
      const classic = makeClassic("classic-root");
      const below = make({ issuer: classic });
      const verify = (...options: readonly string[]): string =>
        openssl(["verify", ...options, "-CAfile", classic.certificateFile, below.certificateFile]);

      expect(verify()).toContain("OK");
      expect(() => verify("-x509_strict")).toThrow("CA cert does not include key usage extension");
    });
  });

  describe("warnings", () => {
    const extensions = { keyUsage: undefined };

    it("name each certificate of the chain without a key usage", () => {
      const top = make({ subject: "/O=Example Ltd/CN=Top", extensions });
      const middle = make({ issuer: top });
      const bottom = make({ subject: "/CN=Bottom", issuer: middle, extensions });

      expect(read(bottom, top, middle).warnings).toEqual([
        expect.stringMatching(/^The certificate of "CN=Bottom" has no key usage /),
        expect.stringMatching(/^The certificate of "O=Example Ltd, CN=Top" has no key usage /),
      ]);
    });

    it("are none where each has one", () => {
      expect(read(lower, upper, root).warnings).toEqual([]);
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
    ])("%s", (_what, options, flaw) => {
      const flawed = make({ subject: "/CN=Flawed", ...options });
      const below = make({ subject: "/CN=Below", issuer: flawed, extensions: { authorityKeyIdentifier: "none" } });

      expect(flawsOfCertificates(flawed)).toEqual([`has "CN=Flawed", which ${flaw}`]);
      expect(flawsOfCertificates(below, flawed)).toEqual([`has "CN=Flawed", which ${flaw}`]);
    });

    it("has a subject", () => {
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
    ])("is not signed over %s, unless it signed itself", (name, digest) => {
      const top = make({ key: RSA_2048, digest });
      const child = make({ subject: "/CN=Child", issuer: top, digest });

      expect(flawsOfCertificates(top)).toEqual([]);
      expect(flawsOfCertificates(child, top)).toEqual([`has "CN=Child", which is signed over ${name}`]);
    });

    it("is not signed with ECDSA over SHA-1", () => {
      const child = make({ subject: "/CN=Child", issuer: root, digest: "sha1" });

      expect(flawsOfCertificates(child, root)).toEqual(['has "CN=Child", which is signed over SHA-1']);
    });

    it("is valid now", () => {
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

    it("permits the authorities below it", () => {
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

  describe("permitted domains", () => {
    const limited = (nameConstraints: string, issuer?: MadeAuthority): MadeAuthority =>
      make({ subject: "/CN=Limited", extensions: { nameConstraints }, ...(issuer && { issuer }) });

    it("are not limited without name constraints", () => {
      expect(read(lower, upper, root).permittedDomains).toBeUndefined();
    });

    it("are normalised and in the order of their text, each once", () => {
      const authority = limited(
        "critical, permitted;DNS:Plant.Example.COM, permitted;DNS:b.example, permitted;DNS:B.example",
      );

      expect(read(authority).permittedDomains).toEqual(["b.example", "plant.example.com"]);
    });

    it("are those that every authority of the chain permits", () => {
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
    ])("are refused as %s", (nameConstraints) => {
      expect(flawsOfCertificates(limited(nameConstraints))).toEqual([
        'has "CN=Limited", which has name constraints of a kind that this library does not understand',
      ]);
    });
  });

  describe("the key", () => {
    const PASSWORD = "correct horse";

    /** What is wrong with a key of the root's certificate, in a file that openssl makes of the root's own. */
    const flawsOfKey = (keyFile: string, more: object = {}): string[] =>
      flawsOf({ certificatePem: root.certificatePem, keyFile, ...more });

    const keyMadeBy = (name: string, ...args: readonly string[]): string => {
      const keyFile = join(folder, name);
      openssl([...args, "-in", root.keyFile, "-out", keyFile]);
      return keyFile;
    };

    it("may be PKCS#8 or SEC 1, with the curve's parameters in front too", () => {
      const sec1 = keyMadeBy("sec1.key", "pkey", "-traditional");
      const parameters = openssl(["ecparam", "-name", "prime256v1"]);

      expect(readFileSync(sec1, "utf8")).toContain("BEGIN EC PRIVATE KEY");
      expect(flawsOfKey(root.keyFile)).toEqual([]);
      expect(flawsOfKey(sec1)).toEqual([]);
      expect(flawsOfKey(write("parameters.key", parameters + readFileSync(sec1, "utf8")))).toEqual([]);
    });

    it("may be in UTF-16 or behind a byte order mark with custody machine; engines do not read that", () => {
      const pem = readFileSync(root.keyFile, "utf8");
      const wide = write("wide.key", Buffer.from(`\ufeff${pem}`, "utf16le"));
      const bare = write("bare.key", Buffer.from(pem, "utf16le").swap16());
      const marked = write("marked.key", `\ufeff${pem}`);
      const fixesOf = (keyFile: string): string[] =>
        findProblems(() => ImportedAuthoritySpec.fromProps({ certificatePem: root.certificatePem, keyFile })).map(
          ({ reason, fix }) => `${reason}; ${fix}`,
        );

      for (const keyFile of [wide, bare, marked]) {
        expect(flawsOfKey(keyFile, { custody: "machine" })).toEqual([]);
      }
      expect(fixesOf(wide)).toEqual([
        `is in UTF-16, which engines do not read; convert it: umask 077; iconv -f UTF-16 -t UTF-8 ${wide} > ${wide}.new`,
      ]);
      expect(fixesOf(bare)).toEqual([expect.stringContaining("iconv -f UTF-16BE -t UTF-8")]);
      expect(fixesOf(marked)).toEqual([
        `begins with a byte order mark, which engines do not skip; remove it: umask 077; tail -c +4 ${marked} > ${marked}.new`,
      ]);
    });

    it("may be PKCS#1", () => {
      const { certificatePem, keyFile: pkcs8 } = make({ key: RSA_2048 });
      const keyFile = join(folder, "pkcs1.key");
      openssl(["pkey", "-traditional", "-in", pkcs8, "-out", keyFile]);

      expect(readFileSync(keyFile, "utf8")).toContain("BEGIN RSA PRIVATE KEY");
      expect(flawsOf({ certificatePem, keyFile })).toEqual([]);
    });

    it("need not be there yet", () => {
      expect(flawsOfKey(join(folder, "none.key"))).toEqual([]);
    });

    it("is the one of the certificate", () => {
      const reason = 'has a key that does not belong to "C=US, O=Example Ltd, CN=Plant Root CA"';

      expect(flawsOfKey(upper.keyFile)).toEqual([`keyFile ${reason}`]);
      expect(flawsOfKey(make({ key: RSA_2048 }).keyFile)).toEqual([`keyFile ${reason}`]);
      expect(flawsOf({ certificatePem: bundle(lower, upper, root), keyFile: upper.keyFile })).toEqual([
        'keyFile has a key that does not belong to "CN=lower"',
      ]);
    });

    it.each<[string, () => string | Buffer]>([
      ["text", () => "key"],
      ["a certificate", () => root.certificatePem],
      ["a public key", () => openssl(["pkey", "-in", root.keyFile, "-pubout"])],
      ["a key that is cut off", () => readFileSync(root.keyFile, "utf8").slice(0, -40)],
      ["DER", () => readFileSync(keyMadeBy("der.key", "pkey", "-outform", "DER"))],
    ])("is not %s", (_what, content) => {
      expect(flawsOfKey(write("none-of-these.key", content()))).toEqual(["keyFile has no private key in PEM"]);
    });

    it("is not a folder", () => {
      mkdirSync(join(folder, "keys"), { mode: 0o700 });

      expect(flawsOfKey(join(folder, "keys"))).toEqual(["keyFile is a folder"]);
    });

    it.each([0o640, 0o604, 0o644])("is for its owner alone: not with mode %#o", (mode) => {
      const keyFile = write("loose.key", readFileSync(root.keyFile), mode);

      expect(
        findProblems(() => ImportedAuthoritySpec.fromProps({ certificatePem: root.certificatePem, keyFile })),
      ).toMatchObject([
        {
          path: "keyFile",
          value: JSON.stringify(keyFile),
          reason: `has mode 0${mode.toString(8)}, which gives others access`,
          fix: `run: chmod 0600 ${keyFile}`,
        },
      ]);
    });

    it("has a fix that a shell takes, whatever the file's name", () => {
      const keyFile = write("it's $(one).key", readFileSync(root.keyFile), 0o644);
      const [problem] = findProblems(() =>
        ImportedAuthoritySpec.fromProps({ certificatePem: root.certificatePem, keyFile }),
      );
      execFileSync("sh", ["-c", problem?.fix.replace(/^run: /, "") ?? ""]);

      expect(statSync(keyFile).mode & 0o777).toBe(0o600);
      expect(flawsOfKey(keyFile)).toEqual([]);
    });

    describe("with a password", () => {
      const more = { passwordVariable: "ca_password" };

      it.each<[string, readonly string[]]>([
        ["PKCS#8", ["pkey", "-aes256"]],
        ["the way of older versions of openssl", ["pkey", "-traditional", "-aes256"]],
      ])("in %s is opened by it", (_way, args) => {
        const keyFile = keyMadeBy("protected.key", ...args, "-passout", `pass:${PASSWORD}`);
        const wrong = ["keyFile cannot be opened with the password in TF_VAR_ca_password"];

        expect(flawsOfKey(keyFile)).toEqual(["keyFile is protected by a password"]);
        expect(withVariable("ca_password", PASSWORD, () => flawsOfKey(keyFile, more))).toEqual([]);
        expect(withVariable("ca_password", "battery staple", () => flawsOfKey(keyFile, more))).toEqual(wrong);
        expect(
          withVariable("ca_password", PASSWORD, () =>
            flawsOf({ ...more, certificatePem: lower.certificatePem + bundle(upper, root), keyFile }),
          ),
        ).toEqual(['keyFile has a key that does not belong to "CN=lower"']);
      });

      it("is not opened where the password is not in the environment", () => {
        const keyFile = keyMadeBy("protected.key", "pkey", "-aes256", "-passout", `pass:${PASSWORD}`);

        expect(flawsOfKey(keyFile, more)).toEqual([]);
        expect(withVariable("ca_password", "", () => flawsOfKey(keyFile, more))).toEqual([]);
      });

      it.each<[string, readonly string[]]>([
        ["single DES, PKCS#8", ["pkcs8", "-topk8", "-v2", "des-cbc"]],
        ["MD5 and DES", ["pkcs8", "-topk8", "-v1", "PBE-MD5-DES"]],
        ["RC2", ["pkcs8", "-topk8", "-v1", "PBE-SHA1-RC2-40"]],
        ["single DES, in the way of older versions of openssl", ["pkey", "-traditional", "-des"]],
      ])("in a cipher that OpenSSL 3 no longer opens is told how to be converted: %s", (_cipher, args) => {
        const legacy = ["-provider", "legacy", "-provider", "default"];
        const keyFile = keyMadeBy("legacy.key", ...args, ...legacy, "-passout", `pass:${PASSWORD}`);
        const props = { certificatePem: root.certificatePem, keyFile, passwordVariable: "ca_password" };

        expect(
          withVariable("ca_password", PASSWORD, () => findProblems(() => ImportedAuthoritySpec.fromProps(props))),
        ).toMatchObject([
          {
            path: "keyFile",
            value: JSON.stringify(keyFile),
            reason: "is encrypted in a way that OpenSSL 3 no longer opens",
            fix: `convert it: openssl pkcs8 -topk8 -provider legacy -provider default -in ${keyFile} -out ${keyFile}.new`,
          },
        ]);
        const pass = `pass:${PASSWORD}`;
        openssl([
          "pkcs8",
          "-topk8",
          ...legacy,
          "-in",
          keyFile,
          "-out",
          `${keyFile}.new`,
          "-passin",
          pass,
          "-passout",
          pass,
        ]);
        expect(withVariable("ca_password", PASSWORD, () => flawsOfKey(`${keyFile}.new`, more))).toEqual([]);
      });

      it("is expected where one is declared", () => {
        expect(flawsOfKey(root.keyFile, more)).toEqual(["keyFile has no password"]);
      });
    });

    describe("in a variable", () => {
      const flawsOfVariable = (value: string): string[] =>
        withVariable("ca_key", value, () => flawsOf({ certificatePem: root.certificatePem, keyVariable: "ca_key" }));

      it("is checked where it is in the environment", () => {
        expect(flawsOfVariable("")).toEqual([]);
        expect(flawsOfVariable(readFileSync(root.keyFile, "utf8"))).toEqual([]);
        expect(flawsOfVariable(`\ufeff${readFileSync(root.keyFile, "utf8")}`)).toEqual([
          "keyVariable has a key that begins with a byte order mark",
        ]);
        expect(flawsOfVariable("key")).toEqual(["keyVariable has no private key in PEM"]);
        expect(flawsOfVariable(readFileSync(root.keyFile, "utf8").replaceAll("\n", "\\n"))).toEqual([
          "keyVariable has a key with \\n instead of line breaks",
        ]);
        expect(flawsOfVariable(readFileSync(upper.keyFile, "utf8"))).toEqual([
          'keyVariable has a key that does not belong to "C=US, O=Example Ltd, CN=Plant Root CA"',
        ]);
      });

      it("has no password", () => {
        const keyFile = keyMadeBy("protected.key", "pkey", "-aes256", "-passout", `pass:${PASSWORD}`);

        expect(flawsOfVariable(readFileSync(keyFile, "utf8"))).toEqual([
          "keyVariable has a key that is protected by a password",
        ]);
      });
    });

    it("and its password are in no message", () => {
      const keyFile = keyMadeBy("protected.key", "pkey", "-aes256", "-passout", `pass:${PASSWORD}`);
      const pem = readFileSync(upper.keyFile, "utf8");
      const secret = "battery staple";
      const { certificatePem } = root;

      const problems = [
        ...withVariable("ca_password", secret, () =>
          findProblems(() =>
            ImportedAuthoritySpec.fromProps({ certificatePem, keyFile, passwordVariable: "ca_password" }),
          ),
        ),
        ...withVariable("ca_key", pem, () =>
          findProblems(() => ImportedAuthoritySpec.fromProps({ certificatePem, keyVariable: "ca_key" })),
        ),
        ...findProblems(() => ImportedAuthoritySpec.fromProps({ certificatePem: pem, keyFile: pem })),
        ...findProblems(() => ImportedAuthoritySpec.fromProps({ certificatePem, keyVariable: pem })),
        ...findProblems(() => ImportedAuthoritySpec.fromProps({ certificatePem, keyFile, passwordVariable: secret })),
      ];

      const shown = new InvalidInputError("an authority", problems).message;
      expect(problems).toHaveLength(7);
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(pem.split("\n")[1]);
    });
  });
});

describe("ImportedAuthoritySpec.permits", () => {
  const limitedTo = (nameConstraints: string): ImportedAuthoritySpec => read(make({ extensions: { nameConstraints } }));

  it("permits a domain with all names below it, and every IP address", () => {
    const spec = limitedTo("permitted;DNS:plant.example.com");
    const addresses = [
      "plant.example.com",
      "a.b.plant.example.com",
      "*.plant.example.com",
      "192.0.2.10",
      "2001:db8::1",
    ];

    expect(addresses.filter((address) => !spec.permits(Address.parse(address)))).toEqual([]);
    expect(spec.permits(Address.parse("evilplant.example.com"))).toBe(false);
    expect(spec.permits(Address.parse("*.example.com"))).toBe(false);
  });

  it("permits only the names below a domain that starts with a dot", () => {
    const spec = limitedTo("permitted;DNS:.example.com");

    expect(spec.permittedDomains).toEqual([".example.com"]);
    expect(spec.permits(Address.parse("mqtt.example.com"))).toBe(true);
    expect(spec.permits(Address.parse("*.example.com"))).toBe(true);
    expect(spec.permits(Address.parse("example.com"))).toBe(false);
    expect(spec.permits(Address.parse("evilexample.com"))).toBe(false);
  });

  it("permits any address without name constraints", () => {
    expect(read(root).permits(Address.parse("mqtt.example.org"))).toBe(true);
  });
});

describe("ImportedAuthoritySpec.mayCertifyClients", () => {
  it.each<[extendedKeyUsage: string | undefined, expected: boolean]>([
    [undefined, true],
    ["serverAuth", false],
    ["serverAuth, clientAuth", true],
    ["serverAuth, anyExtendedKeyUsage", false],
  ])("is what an extended key usage of %s says", (extendedKeyUsage, expected) => {
    expect(read(make({ extensions: { extendedKeyUsage } })).mayCertifyClients).toBe(expected);
  });

  it("is what the authorities above say too", () => {
    const above = make({ extensions: { extendedKeyUsage: "serverAuth" } });

    expect(read(make({ issuer: above }), above).mayCertifyClients).toBe(false);
  });
});

describe("ImportedAuthoritySpec.isNamed", () => {
  const subject = { country: "US", organization: "Example Ltd", commonName: "Plant Root CA" };

  it.each([subject, { ...subject, commonName: "plant  root ca", country: "us" }])("is named %p", (props) => {
    expect(read(root).isNamed(DistinguishedName.fromProps(props))).toBe(true);
  });

  it.each([{ commonName: "Plant Root CA" }, { ...subject, locality: "Springfield" }])("is not named %p", (props) => {
    expect(read(root).isNamed(DistinguishedName.fromProps(props))).toBe(false);
  });

  it("reads every attribute that a subject may have", () => {
    const all = {
      ...subject,
      province: "Bayern",
      locality: "München",
      organizationalUnit: "Plant 1",
      emailAddress: "pki@example.com",
    };
    const text = "/C=US/ST=Bayern/L=München/O=Example Ltd/OU=Plant 1/CN=Plant Root CA/emailAddress=pki@example.com";

    expect(read(make({ subject: text })).isNamed(DistinguishedName.fromProps(all))).toBe(true);
  });

  it.each(["/CN=Plant Root CA/DC=example", "/CN=Plant Root CA/OU=1/OU=2"])(
    "is not named as a broker where it has attributes that no broker has: %s",
    (text) => {
      const spec = read(make({ subject: text }));

      expect(spec.isNamed(DistinguishedName.fromProps({ commonName: "Plant Root CA" }))).toBe(false);
      expect(spec.isNamed(DistinguishedName.fromProps({ commonName: "Plant Root CA", organizationalUnit: "2" }))).toBe(
        false,
      );
    },
  );
});

describe("ImportedAuthoritySpec.flawOfDuration", () => {
  it("has none up to the first end of a certificate in the chain", () => {
    const props = { certificatePem: bundle(lower, upper, root), keyFile: lower.keyFile };
    const end = new Date(ImportedAuthoritySpec.fromProps(props).notAfter);
    const spec = ImportedAuthoritySpec.fromProps(props, new Date(end.getTime() - 100 * 3_600_000));

    expect(spec.flawOfDuration(100)).toBeUndefined();
    expect(spec.flawOfDuration(101)).toBe(
      `would outlive its authority, which expires on ${end.toISOString().slice(0, 10)}`,
    );
  });
});
