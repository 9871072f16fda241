import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { type BrokerPkiProps, type Custody, KeyAlgorithm } from "../../../lib";
import { makeRequest } from "../../support/requests";
import { inNewDirectory, refusal } from "../../support/synth";
import { OF_MACHINE, fleet, declared, refused, create } from "./support";

describe("A broker with a request", () => {
  const { pem } = makeRequest({ subject: { CN: "a.b" }, names: ["DNS:a.b"] });
  const rsa = makeRequest({ subject: { CN: "a.b" }, names: ["DNS:a.b"], newKey: ["-newkey", "rsa:2048"] });
  const own = { address: "a.b", csrPem: pem };

  it("A broker with a request has a certificate for the request, and no key", () => {
    const { resources } = fleet({ brokers: [own, { address: "c.d" }] });

    expect(
      Object.keys(resources)
        .filter((address) => address.endsWith("a_b"))
        .sort(),
    ).toEqual(["local_file.broker_a_b", "tls_locally_signed_cert.broker_a_b"]);
    expect(resources["tls_locally_signed_cert.broker_a_b"]).toMatchObject({
      cert_request_pem: pem,
      ca_cert_pem: "${tls_self_signed_cert.authority.cert_pem}",
      ca_private_key_pem: "${tls_private_key.authority.private_key_pem_pkcs8}",
      set_subject_key_id: true,
    });
    expect(resources["local_file.broker_a_b"]).toMatchObject({
      content: "${tls_locally_signed_cert.broker_a_b.cert_pem}",
      filename: "../../../pki/brokers/a.b/server.pem",
    });
  });

  it('A broker with a request has no resource with custody "machine", like any broker', () => {
    const { resources } = fleet({ custody: "machine", brokers: [own] });

    expect(Object.keys(resources).sort()).toEqual(OF_MACHINE);
  });

  it("A broker with a request has the key usages of its key, not of the algorithm that the fleet declares", () => {
    const uses = (csrPem: string, keyAlgorithm: KeyAlgorithm) =>
      fleet({ keyAlgorithm, brokers: [{ address: "a.b", csrPem }] }).resources["tls_locally_signed_cert.broker_a_b"]?.[
        "allowed_uses"
      ];

    expect(uses(pem, KeyAlgorithm.RSA_2048)).toEqual(["digital_signature", "server_auth"]);
    expect(uses(rsa.pem, KeyAlgorithm.ED25519)).toEqual(["digital_signature", "key_encipherment", "server_auth"]);
  });

  it.each<[Custody]>([["state"], ["machine"]])(
    'A broker with a request has no password of the fleet, with custody "%s"',
    (custody) => {
      const stack = fleet({ custody, passwordVariable: "p", passwordVersion: 2, brokers: [own] });

      expect(stack.json).not.toHaveProperty("variable");
      expect(stack).toEqual(fleet({ custody, brokers: [own] }));
    },
  );

  it.each<[Custody]>([["state"], ["machine"]])(
    'A broker\'s request may come from a file, with custody "%s"',
    (custody) => {
      const fromFile = inNewDirectory(() => {
        mkdirSync("csr");
        writeFileSync("csr/a.csr", pem.replaceAll("\n", "\r\n"));
        return declared({ custody, brokers: [{ address: "a.b", csrFile: "csr/a.csr" }] });
      });

      expect(fromFile).toEqual(fleet({ custody, brokers: [own] }));
    },
  );

  it.each<[Custody]>([["state"], ["machine"]])(
    'A broker with a request exposes no key, with custody "%s"',
    (custody) => {
      const error = inNewDirectory(() =>
        refusal((app) => create(app, { custody, brokers: [own] }).servers[0]?.privateKeyPem),
      );

      expect(error.message).toContain('its private key" stays where it was made; use only the certificate');
    },
  );

  it("A broker with a request is in the outputs only with its certificate", () => {
    const { json } = fleet({ outputs: true, files: false, brokers: [own, { address: "c.d" }] });

    expect(json.output).toMatchObject({
      server_certificates: {
        value: {
          "a.b": "${tls_locally_signed_cert.broker_a_b.cert_pem}",
          "c.d": "${tls_locally_signed_cert.broker_c_d.cert_pem}",
        },
      },
    });
    expect(json.output?.["server_keys"]?.["value"]).toEqual({
      "c.d": "${tls_private_key.broker_c_d.private_key_pem_pkcs8}",
    });
  });

  it.each<[Custody]>([["state"], ["machine"]])(
    'A broker with a request may have a key file of any mode here, with custody "%s"',
    (custody) => {
      inNewDirectory(() => {
        mkdirSync("pki/brokers/a.b", { recursive: true });
        writeFileSync("pki/brokers/a.b/server.key", "");
        chmodSync("pki/brokers/a.b/server.key", 0o640);

        expect(() => declared({ custody, brokers: [own] })).not.toThrow();
      });
    },
  );

  it.each<[string, Partial<BrokerPkiProps["brokers"][number]>, string[]]>([
    [
      "two requests",
      { csrFile: "a.csr", csrPem: pem },
      ["brokers[0].csrPem: is a second request, in addition to csrFile"],
    ],
    ["a request that is not there", { csrFile: "a.csr" }, ["brokers[0].csrFile: does not exist"]],
    ["a folder instead of a file", { csrFile: "." }, ["brokers[0].csrFile: cannot be read"]],
    [
      "a password",
      { csrPem: pem, passwordVariable: "p" },
      ["brokers[0].passwordVariable: is for a file with a key, but this broker keeps its key"],
    ],
  ])("A broker with a request is refused with %s", (_what, props, expected) => {
    expect(refused({ brokers: [{ address: "a.b", ...props }] })).toEqual(expected);
  });

  it("A broker with a request for another name is refused, with the command for a correct one", () => {
    const error = inNewDirectory(() => refusal((app) => create(app, { brokers: [{ address: "c.d", csrPem: pem }] })));

    expect(error.message).toContain("brokers[0].csrPem: (a request) has the subject");
    expect(error.message).toContain("-subj '/CN=c.d' -addext 'subjectAltName = DNS:c.d'");
  });
});
