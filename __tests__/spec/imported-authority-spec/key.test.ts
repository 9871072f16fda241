import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { InvalidInputError } from "../../../lib/errors";
import { ImportedAuthoritySpec } from "../../../lib/spec/imported-authority-spec";
import { openssl, RSA_2048 } from "../../support/authorities";
import { problemsOf as findProblems } from "../../support/problems";
import { folder, root, upper, lower, make, write, bundle, flawsOf, withVariable } from "./support";

describe("ImportedAuthoritySpec.fromProps", () => {
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

    it("An imported key may be PKCS #8 or SEC 1, also after the parameters of the curve", () => {
      const sec1 = keyMadeBy("sec1.key", "pkey", "-traditional");
      const parameters = openssl(["ecparam", "-name", "prime256v1"]);

      expect(readFileSync(sec1, "utf8")).toContain("BEGIN EC PRIVATE KEY");
      expect(flawsOfKey(root.keyFile)).toEqual([]);
      expect(flawsOfKey(sec1)).toEqual([]);
      expect(flawsOfKey(write("parameters.key", parameters + readFileSync(sec1, "utf8")))).toEqual([]);
    });

    it('An imported key may be in UTF-16 or after a byte order mark only with custody "machine"', () => {
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

    it("An imported key may be PKCS #1", () => {
      const { certificatePem, keyFile: pkcs8 } = make({ key: RSA_2048 });
      const keyFile = join(folder, "pkcs1.key");
      openssl(["pkey", "-traditional", "-in", pkcs8, "-out", keyFile]);

      expect(readFileSync(keyFile, "utf8")).toContain("BEGIN RSA PRIVATE KEY");
      expect(flawsOf({ certificatePem, keyFile })).toEqual([]);
    });

    it("An imported key may be missing at synth", () => {
      expect(flawsOfKey(join(folder, "none.key"))).toEqual([]);
    });

    it("An imported key must belong to the certificate", () => {
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
    ])("An imported key cannot be %s", (_what, content) => {
      expect(flawsOfKey(write("none-of-these.key", content()))).toEqual(["keyFile has no private key in PEM"]);
    });

    it("An imported key cannot be a folder", () => {
      mkdirSync(join(folder, "keys"), { mode: 0o700 });

      expect(flawsOfKey(join(folder, "keys"))).toEqual(["keyFile is a folder"]);
    });

    it.each([0o640, 0o604, 0o644])(
      "An imported key must be accessible only to its owner: not with mode %#o",
      (mode) => {
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
      },
    );

    it("An imported key is refused with a fix that a shell accepts, for any file name", () => {
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
      ])("An imported key in %s is opened by its password", (_way, args) => {
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

      it("An imported key stays closed if the password is not in the environment", () => {
        const keyFile = keyMadeBy("protected.key", "pkey", "-aes256", "-passout", `pass:${PASSWORD}`);

        expect(flawsOfKey(keyFile, more)).toEqual([]);
        expect(withVariable("ca_password", "", () => flawsOfKey(keyFile, more))).toEqual([]);
      });

      it.each<[string, readonly string[]]>([
        ["single DES, PKCS#8", ["pkcs8", "-topk8", "-v2", "des-cbc"]],
        ["MD5 and DES", ["pkcs8", "-topk8", "-v1", "PBE-MD5-DES"]],
        ["RC2", ["pkcs8", "-topk8", "-v1", "PBE-SHA1-RC2-40"]],
        ["single DES, in the way of older versions of openssl", ["pkey", "-traditional", "-des"]],
      ])(
        "An imported key in a cipher that OpenSSL 3 no longer opens is refused with a conversion command: %s",
        (_cipher, args) => {
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
        },
      );

      it("An imported key must have a password if one is declared", () => {
        expect(flawsOfKey(root.keyFile, more)).toEqual(["keyFile has no password"]);
      });
    });

    describe("in a variable", () => {
      const flawsOfVariable = (value: string): string[] =>
        withVariable("ca_key", value, () => flawsOf({ certificatePem: root.certificatePem, keyVariable: "ca_key" }));

      it("An imported key in a variable is checked if it is in the environment", () => {
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

      it("An imported key in a variable has no password", () => {
        const keyFile = keyMadeBy("protected.key", "pkey", "-aes256", "-passout", `pass:${PASSWORD}`);

        expect(flawsOfVariable(readFileSync(keyFile, "utf8"))).toEqual([
          "keyVariable has a key that is protected by a password",
        ]);
      });
    });

    it("No message shows an imported key or its password", () => {
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
