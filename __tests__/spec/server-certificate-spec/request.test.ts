import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Duration } from "../../../lib/values/duration";
import { KeyAlgorithm } from "../../../lib/values/key-algorithm";
import { inTemporaryFolder, makeRequest, openssl } from "../../support/requests";
import { ADDRESS, spec, problemsOf, lines } from "./support";

describe("ServerCertificateSpec.fromProps", () => {
  describe("a request", () => {
    const asked = { subject: { CN: ADDRESS }, names: [`DNS:${ADDRESS}`] };
    const rsa = ["-newkey", "rsa:2048"];
    const { pem } = makeRequest(asked);

    it("ServerCertificateSpec has no request by default", () => {
      expect(spec().request).toBeUndefined();
      expect(spec({ csrFile: undefined, csrPem: undefined }).request).toBeUndefined();
    });

    it("A request gives the same spec as text and as a file, PEM or DER", () => {
      inTemporaryFolder((folder) => {
        const [asPem, asDer] = [join(folder, "a.csr"), join(folder, "a.der")];
        writeFileSync(asPem, `of mqtt-1\r\n${pem.replaceAll("\n", "\r\n")}`);
        writeFileSync(asDer, openssl(folder, ["req", "-outform", "DER"], pem));

        expect(spec({ csrFile: asPem })).toEqual(spec({ csrPem: pem }));
        expect(spec({ csrFile: asDer })).toEqual(spec({ csrPem: pem }));
      });
      expect(spec({ csrPem: pem }).request?.pem).toBe(pem);
    });

    it("csrPem has at most the size of a file", () => {
      const csrPem = " ".repeat(1024 * 1024 + 1);

      expect(problemsOf({ address: "a.b", csrPem })).toMatchObject([
        { path: "csrPem", value: "(hidden text)", reason: "has 1048577 bytes, but at most 1048576 are read" },
      ]);
    });

    it("A request decides whether the key can encrypt, not the declared algorithm", () => {
      expect(spec({ csrPem: pem, keyAlgorithm: KeyAlgorithm.RSA_2048 }).canEncipher).toBe(false);
      expect(
        spec({ csrPem: makeRequest({ ...asked, newKey: rsa }).pem, keyAlgorithm: KeyAlgorithm.ED25519 }),
      ).toHaveProperty("canEncipher", true);
      expect(spec({ keyAlgorithm: KeyAlgorithm.ED25519 }).canEncipher).toBe(false);
      expect(spec().canEncipher).toBe(true);
    });

    it("A request must have the declared subject and names", () => {
      const declaration = {
        subject: { organization: "Example Ltd" },
        alternativeAddresses: ["192.0.2.10", "mqtt.example.com"],
      };
      const right = makeRequest({
        subject: { O: "Example Ltd", CN: ADDRESS },
        names: ["IP:192.0.2.10", "DNS:mqtt.example.com", `DNS:${ADDRESS}`],
      });

      expect(problemsOf({ ...declaration, csrPem: right.pem })).toEqual([]);
      const [problem, ...others] = problemsOf({ ...declaration, csrPem: pem });
      expect(others).toEqual([]);
      expect(problem?.path).toBe("csrPem");
      expect(problem?.reason).toContain("has the subject");
      expect(problem?.reason).toContain('does not ask for "DNS:mqtt.example.com, IP:192.0.2.10"');
      expect(problem?.fix).toBe(`make it on the broker: ${spec(declaration).requestCommand}`);
    });

    it("A request must have IP addresses as DNS names only if they are declared", () => {
      const address = "192.0.2.10";
      const [plain, both] = [[`IP:${address}`], [`IP:${address}`, `DNS:${address}`]].map(
        (names) => makeRequest({ subject: { CN: address }, names }).pem,
      );
      const reasons = (csrPem: string | undefined, ipAddressesAsDnsNames: boolean): string[] =>
        problemsOf({ address, csrPem, ipAddressesAsDnsNames }).map(({ reason }) => reason);

      expect(reasons(plain, false)).toEqual([]);
      expect(reasons(both, true)).toEqual([]);
      expect(reasons(plain, true)).toEqual([`does not ask for "DNS:${address}"`]);
      expect(reasons(both, false)).toEqual([`also asks for "DNS:${address}"`]);
    });

    it("ServerCertificateSpec refuses two requests", () => {
      expect(problemsOf({ csrFile: "a.csr", csrPem: pem })).toMatchObject([
        {
          path: "csrPem",
          value: "(hidden text)",
          reason: "is a second request, in addition to csrFile",
          fix: "give one of the two",
        },
      ]);
    });

    it("A missing request is refused with the command that makes it, with the declared key", () => {
      for (const [keyAlgorithm, newKey] of [
        [undefined, "rsa:2048 -sha256"],
        [KeyAlgorithm.ECDSA_P384, "ec -pkeyopt ec_paramgen_curve:P-384 -sha256"],
        [KeyAlgorithm.ED25519, "ed25519"],
      ] as const) {
        const declaration = { subject: { country: "de" }, alternativeAddresses: ["192.0.2.10"], keyAlgorithm };
        const command =
          `openssl req -new -newkey ${newKey} -nodes -utf8 -keyout server.key -out server.csr ` +
          `-subj '/C=DE/CN=${ADDRESS}' -addext 'subjectAltName = DNS:${ADDRESS}, IP:192.0.2.10'`;

        expect(spec(declaration).requestCommand).toBe(command);
        expect(problemsOf({ ...declaration, csrFile: "no/such.csr" })).toMatchObject([
          {
            path: "csrFile",
            value: '"no/such.csr"',
            reason: "does not exist",
            fix: `make it on the broker, and bring it here: ${command}`,
          },
        ]);
      }
    });

    it("csrFile must be a file, not a folder", () => {
      inTemporaryFolder((folder) => {
        mkdirSync(join(folder, "a.csr"));

        expect(problemsOf({ csrFile: join(folder, "a.csr") })).toMatchObject([
          {
            path: "csrFile",
            value: JSON.stringify(join(folder, "a.csr")),
            reason: "cannot be read",
            fix: "make sure that it is a file that you may read",
          },
        ]);
      });
    });

    it.each<[unknown, string]>([
      ["", '""'],
      [null, "null"],
      [42, "42"],
      [["a.csr"], "(a list of 1)"],
    ])("csrFile cannot be %j", (csrFile, value) => {
      expect(problemsOf({ csrFile })).toMatchObject([
        { path: "csrFile", value, reason: "is not the name of a file", fix: 'name the file, as in "csr/mqtt-1.csr"' },
      ]);
    });

    it.each<[unknown, string]>([
      [null, "is not text"],
      [42, "is not text"],
      ["", "is empty"],
      ["csr/mqtt-1.csr", "is not one complete request"],
    ])("csrPem cannot be %j", (csrPem, reason) => {
      expect(lines(problemsOf({ csrPem }))).toEqual([`csrPem ${reason}`]);
    });

    it("A request with a private key is refused, and the key is not shown", () => {
      const { key } = makeRequest(asked);
      const problems = problemsOf({ csrPem: `${pem}${key}` });

      expect(problems).toMatchObject([{ path: "csrPem", value: "(a request)" }]);
      expect(JSON.stringify(problems)).not.toContain(key.split("\n")[1]);
    });

    it("A broker with a request has no password, because no file here contains its key", () => {
      const reason = "is for a file with a key, but this broker keeps its key";

      expect(problemsOf({ csrPem: pem, passwordVariable: "plant", passwordVersion: 2 })).toMatchObject([
        { path: "passwordVariable", value: "(hidden text)", reason, fix: "leave it out" },
        { path: "passwordVersion", value: "(hidden text)", reason, fix: "leave it out" },
      ]);
    });

    it("A password given for a broker with a request is not shown", () => {
      const problems = problemsOf({ csrPem: pem, passwordVariable: "s3cret!" });

      expect(problems.map(({ path }) => path)).toContain("passwordVariable");
      expect(JSON.stringify(problems)).not.toContain("s3cret");
    });

    it("A request is not checked if the expected content is invalid", () => {
      expect(
        lines(problemsOf({ csrPem: pem, address: "a_b", keyAlgorithm: KeyAlgorithm.fromName("DSA") })).sort(),
      ).toEqual([
        "address has an underscore, which Java clients refuse",
        "keyAlgorithm is not a supported key algorithm",
      ]);
    });

    it("Problems of a request are reported with those of the certificate", () => {
      expect(
        lines(problemsOf({ csrFile: "no/such.csr", duration: Duration.days(-1), passwordVariable: "plant" })).sort(),
      ).toEqual([
        "csrFile does not exist",
        "duration is negative",
        "passwordVariable is for a file with a key, but this broker keeps its key",
      ]);
    });
  });
});
