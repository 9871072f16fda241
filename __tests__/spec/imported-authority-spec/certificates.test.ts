import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ImportedAuthoritySpec } from "../../../lib/spec/imported-authority-spec";
import { type MadeAuthority, openssl } from "../../support/authorities";
import { problemsOf as findProblems } from "../../support/problems";
import { folder, root, upper, lower, make, write, read, flawsOf, withVariable } from "./support";

describe("ImportedAuthoritySpec.fromProps", () => {
  describe("certificateFile", () => {
    /** What is wrong with a file of that content. */
    const flawsOfFile = (content: string | Uint8Array): string[] =>
      flawsOf({ certificateFile: write("given.pem", content), keyFile: root.keyFile });

    it("certificateFile may be PEM, with Windows line breaks and with text around", () => {
      const text = `Plant\n${root.certificatePem}`.replaceAll("\n", "\r\n");
      const spec = ImportedAuthoritySpec.fromProps({
        certificateFile: write("crlf.pem", text),
        keyFile: root.keyFile,
      });

      expect(spec.certificatePem).toBe(root.certificatePem);
    });

    it("certificateFile may be in UTF-16, as PowerShell writes it", () => {
      const content = Buffer.from(`\ufeff${root.certificatePem}`.replaceAll("\n", "\r\n"), "utf16le");
      const certificateFile = write("wide.pem", content);

      expect(ImportedAuthoritySpec.fromProps({ certificateFile, keyFile: root.keyFile }).certificatePem).toBe(
        root.certificatePem,
      );
    });

    it.each(["PEM", "DER"])(
      "certificateFile is refused as PKCS #7 in %s, with the command that converts it",
      (form) => {
        const certificateFile = join(folder, "bundle.p7b");
        openssl(["crl2pkcs7", "-nocrl", "-certfile", root.certificateFile, "-outform", form, "-out", certificateFile]);
        const [problem, ...others] = findProblems(() =>
          ImportedAuthoritySpec.fromProps({ certificateFile, keyFile: root.keyFile }),
        );

        expect(others).toEqual([]);
        expect(problem?.reason).toBe("is PKCS #7, a bundle of certificates");
        expect(problem?.fix).toContain(`openssl pkcs7 -print_certs ${form === "DER" ? "-inform DER " : ""}-in FILE`);
      },
    );

    it("certificateFile has 1 MiB at most", () => {
      expect(flawsOfFile("x".repeat(1024 * 1024 + 1))).toEqual([
        "certificateFile has 1048577 bytes, but at most 1048576 are read",
      ]);
    });

    it("certificateFile may have many PEM beginnings without an end", () => {
      expect(flawsOfFile("-----BEGIN CERTIFICATE-----".repeat(38_000))).toEqual([
        "certificateFile is cut off or damaged",
      ]);
    });

    it("certificateFile may be DER", () => {
      const certificateFile = join(folder, "root.der");
      openssl(["x509", "-in", root.certificateFile, "-outform", "DER", "-out", certificateFile]);

      const spec = ImportedAuthoritySpec.fromProps({ certificateFile, keyFile: root.keyFile });
      expect(spec.certificatePem).toBe(root.certificatePem);
    });

    it.each<[string, string | Uint8Array]>([
      ["an empty one", ""],
      ["text", "ca"],
      ["bytes", Uint8Array.of(0x30, 0x82, 0x01)],
    ])("certificateFile is refused without a certificate: %s", (_what, content) => {
      expect(flawsOfFile(content)).toEqual(["certificateFile has no certificate"]);
    });

    it("certificateFile is refused with a request instead of a certificate", () => {
      expect(flawsOfFile(readFileSync(join(folder, "root.csr")))).toEqual(["certificateFile has no certificate"]);
    });

    it("certificateFile is refused if it is cut off, or if a certificate in it is damaged", () => {
      const cut = root.certificatePem.slice(0, -40);
      const damaged = root.certificatePem.replace(/\n.{64}\n/, "\n");

      for (const content of [cut, upper.certificatePem + cut, damaged]) {
        expect(flawsOfFile(content)[0]).toBe("certificateFile is cut off or damaged");
      }
    });

    it("certificateFile is refused with a private key, which is not shown", () => {
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

    it("certificateFile must exist, and be a file", () => {
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
    ])("ImportedAuthoritySpec is refused with %s", (_what, props, flaws) => {
      expect(flawsOf(props)).toEqual(flaws);
    });

    it.each([undefined, null, "ca.pem", []])("ImportedAuthoritySpec refuses %p as props", (given) => {
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
    ])("ImportedAuthoritySpec refuses the file %p", (file, flaw) => {
      expect(flawsOf({ certificateFile: file, keyFile: file })).toEqual([`certificateFile ${flaw}`, `keyFile ${flaw}`]);
    });

    it("certificatePem has at most the size of a file", () => {
      const certificatePem = `${root.certificatePem}${" ".repeat(1024 * 1024)}`;

      expect(flawsOf({ certificatePem, keyFile: root.keyFile })).toEqual([
        `certificatePem has ${certificatePem.length} bytes, but at most 1048576 are read`,
      ]);
    });

    it.each([[42], [null]])("certificatePem cannot be %p", (certificatePem) => {
      expect(flawsOf({ certificatePem, keyFile: root.keyFile })).toEqual(["certificatePem is not text"]);
    });

    it.each(["", "1st", "authority-key", "authority key", "a\n", 42])(
      "keyVariable cannot be %p, which is not shown",
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

    it("passwordVariable is only for keyFile", () => {
      const props = { certificatePem: root.certificatePem, keyVariable: "key", passwordVariable: "password" };

      expect(flawsOf(props)).toEqual(["passwordVariable is only for keyFile"]);
    });

    it("ImportedAuthoritySpec accepts a custody", () => {
      const props = { certificatePem: root.certificatePem, keyFile: root.keyFile };

      expect(ImportedAuthoritySpec.fromProps({ ...props, custody: "machine" }).custody).toBe("machine");
      expect(flawsOf({ ...props, custody: "file" })).toEqual(["custody is not a custody"]);
    });

    it("ImportedAuthoritySpec reports every problem at once", () => {
      const child = make({ subject: "/CN=Child", issuer: root, extensions: { keyUsage: "digitalSignature" } });

      expect(flawsOf({ certificatePem: child.certificatePem, keyFile: root.keyFile, custody: "file" })).toEqual([
        'certificatePem has no certificate of "C=US, O=Example Ltd, CN=Plant Root CA" whose key signed "CN=Child"',
        'certificatePem has "CN=Child", which may not sign certificates (RFC 5280, section 4.2.1.3)',
        "custody is not a custody",
      ]);
    });
  });

  describe("an authority of the classic openssl flow", () => {
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

    it("A classic openssl authority may sign, with a warning: its certificate has no key usage", () => {
      const { certificateFile, certificatePem, keyFile } = makeClassic("classic");
      const spec = ImportedAuthoritySpec.fromProps({ certificateFile, keyFile });

      expect(spec).toMatchObject({ certificatePem, trustAnchorPem: certificatePem, chainPem: "", keyFile });
      expect(spec.warnings).toEqual([WARNING]);
    });

    it("A classic openssl authority may have a key with a password", () => {
      const { certificateFile, keyFile } = makeClassic("classic-aes256", PASSWORD);
      const props = { certificateFile, keyFile, passwordVariable: "ca_password" };
      const read = (): ImportedAuthoritySpec => ImportedAuthoritySpec.fromProps(props);

      expect(flawsOf({ certificateFile, keyFile })).toEqual(["keyFile is protected by a password"]);
      expect(withVariable("ca_password", PASSWORD, read).warnings).toEqual([WARNING]);
      expect(withVariable("ca_password", "battery staple", () => flawsOf(props))).toEqual([
        "keyFile cannot be opened with the password in TF_VAR_ca_password",
      ]);
    });

    it("A classic openssl authority is refused only by strict openssl, as the warning says", () => {
      const classic = makeClassic("classic-root");
      const below = make({ issuer: classic });
      const verify = (...options: readonly string[]): string =>
        openssl(["verify", ...options, "-CAfile", classic.certificateFile, below.certificateFile]);

      expect(verify()).toContain("OK");
      expect(() => verify("-x509_strict")).toThrow("CA cert does not include key usage extension");
    });
  });

  describe("ImportedAuthoritySpec.warnings", () => {
    const extensions = { keyUsage: undefined };

    it("ImportedAuthoritySpec.warnings name each certificate of the chain without a key usage", () => {
      const top = make({ subject: "/O=Example Ltd/CN=Top", extensions });
      const middle = make({ issuer: top });
      const bottom = make({ subject: "/CN=Bottom", issuer: middle, extensions });

      expect(read(bottom, top, middle).warnings).toEqual([
        expect.stringMatching(/^The certificate of "CN=Bottom" has no key usage /),
        expect.stringMatching(/^The certificate of "O=Example Ltd, CN=Top" has no key usage /),
      ]);
    });

    it("ImportedAuthoritySpec.warnings are empty if every certificate has a key usage", () => {
      expect(read(lower, upper, root).warnings).toEqual([]);
    });
  });
});
