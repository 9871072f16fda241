import { toCHeader } from "../../lib/x509/c-header";

const BASE64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v";

describe("toCHeader", () => {
  it("toCHeader has only the certificates, one line each, inside a guard", () => {
    const pem = `subject="CN = ??/ \\"\n-----BEGIN CERTIFICATE-----\n${BASE64}\n-----END CERTIFICATE-----\n`;

    expect(toCHeader(pem + pem)).toBe(
      [
        "/* The certificates that clients of the MQTT brokers trust, in PEM. */",
        "#ifndef MQTT_PKI_CA_H",
        "#define MQTT_PKI_CA_H",
        "",
        "static const char mqtt_ca_pem[] =",
        '  "-----BEGIN CERTIFICATE-----\\n"',
        `  "${BASE64}\\n"`,
        '  "-----END CERTIFICATE-----\\n"',
        '  "-----BEGIN CERTIFICATE-----\\n"',
        `  "${BASE64}\\n"`,
        '  "-----END CERTIFICATE-----\\n";',
        "",
        "#endif /* MQTT_PKI_CA_H */",
        "",
      ].join("\n"),
    );
  });
});
