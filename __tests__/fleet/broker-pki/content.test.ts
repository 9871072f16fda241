import { Duration, KeyAlgorithm } from "../../../lib";
import { fleet, brokers } from "./support";

describe("The certificate of a broker", () => {
  it("A broker has RSA 2048, 825 days and renewal 90 days before expiry by default", () => {
    const { resources } = fleet({ brokers: brokers("a.b") });

    expect(resources["tls_private_key.broker_a_b"]).toMatchObject({ algorithm: "RSA", rsa_bits: 2048 });
    expect(resources["tls_locally_signed_cert.broker_a_b"]).toMatchObject({
      validity_period_hours: 825 * 24,
      early_renewal_hours: 90 * 24,
      set_subject_key_id: true,
      allowed_uses: ["digital_signature", "key_encipherment", "server_auth"],
    });
  });

  it("A broker's own key is certified by its authority", () => {
    const { resources } = fleet({ brokers: brokers("a.b") });

    expect(resources["tls_cert_request.broker_a_b"]).toMatchObject({
      private_key_pem: "${tls_private_key.broker_a_b.private_key_pem}",
      subject: [{ common_name: "a.b" }],
      dns_names: ["a.b"],
    });
    expect(resources["tls_locally_signed_cert.broker_a_b"]).toMatchObject({
      cert_request_pem: "${tls_cert_request.broker_a_b.cert_request_pem}",
      ca_cert_pem: "${tls_self_signed_cert.authority.cert_pem}",
      ca_private_key_pem: "${tls_private_key.authority.private_key_pem_pkcs8}",
    });
  });

  it("A broker's own options override those of the fleet, and its names and subject add to them", () => {
    const { resources } = fleet({
      keyAlgorithm: KeyAlgorithm.ECDSA_P384,
      duration: Duration.days(100),
      renewBefore: Duration.days(20),
      subject: { organization: "Example Ltd", country: "us" },
      alternativeAddresses: ["mqtt.example.com", "192.0.2.1"],
      brokers: [
        { address: "a.b" },
        {
          address: "c.d",
          keyAlgorithm: KeyAlgorithm.ED25519,
          duration: Duration.hours(48),
          renewBefore: Duration.hours(1),
          subject: { country: "DE", locality: "Ulm" },
          alternativeAddresses: ["2001:db8::1", "e.f"],
        },
      ],
    });

    expect(resources["tls_private_key.broker_a_b"]).toMatchObject({ algorithm: "ECDSA", ecdsa_curve: "P384" });
    expect(resources["tls_cert_request.broker_a_b"]).toMatchObject({
      subject: [{ common_name: "a.b", organization: "Example Ltd", country: "US" }],
      dns_names: ["a.b", "mqtt.example.com"],
      ip_addresses: ["192.0.2.1"],
    });
    expect(resources["tls_locally_signed_cert.broker_a_b"]).toMatchObject({
      validity_period_hours: 2400,
      early_renewal_hours: 480,
      allowed_uses: ["digital_signature", "server_auth"],
    });
    expect(resources["tls_private_key.broker_c_d"]).toMatchObject({ algorithm: "ED25519" });
    expect(resources["tls_cert_request.broker_c_d"]).toMatchObject({
      subject: [{ common_name: "c.d", organization: "Example Ltd", country: "DE", locality: "Ulm" }],
      dns_names: ["c.d", "e.f", "mqtt.example.com"],
      ip_addresses: ["192.0.2.1", "2001:db8::1"],
    });
    expect(resources["tls_locally_signed_cert.broker_c_d"]).toMatchObject({
      validity_period_hours: 48,
      early_renewal_hours: 1,
    });
  });
});

describe("The authority of a fleet", () => {
  it("The authority of a fleet has the declared subject, algorithm and duration", () => {
    const { resources } = fleet({
      authority: {
        subject: { commonName: "CA", organization: "Example Ltd", emailAddress: "pki@example.com" },
        keyAlgorithm: KeyAlgorithm.RSA_4096,
        duration: Duration.days(1000),
      },
      brokers: brokers("a.b"),
    });

    expect(resources["tls_private_key.authority"]).toMatchObject({ algorithm: "RSA", rsa_bits: 4096 });
    expect(resources["tls_self_signed_cert.authority"]).toMatchObject({
      subject: [{ common_name: "CA", organization: "Example Ltd", email_address: "pki@example.com" }],
      validity_period_hours: 24_000,
      is_ca_certificate: true,
      allowed_uses: ["cert_signing", "crl_signing"],
    });
  });
});

describe("The files of a fleet", () => {
  it("The files of a fleet are written from the stack's folder into the directory where cdktf is run", () => {
    const { resources } = fleet({ brokers: brokers("*.plant.example.com"), directory: "out/tls/" });

    expect(resources["local_file.authority"]).toMatchObject({
      filename: "../../../out/tls/ca.pem",
      file_permission: "0644",
      directory_permission: "0700",
    });
    expect(resources["local_sensitive_file.broker_wildcard__plant_example_com"]).toMatchObject({
      filename: "../../../out/tls/brokers/_wildcard.plant.example.com/server.key",
      content: "${tls_private_key.broker_wildcard__plant_example_com.private_key_pem_pkcs8}",
      file_permission: "0600",
      directory_permission: "0700",
    });
  });

  it("The files of a fleet may be in an absolute directory", () => {
    const { resources } = fleet({ brokers: brokers("a.b"), directory: "/srv/tls" });

    expect(resources["local_file.authority"]).toMatchObject({ filename: "/srv/tls/ca.pem" });
  });

  it("The files of a fleet do not contain the authority's key if it is not exported", () => {
    const { resources, json } = fleet({ brokers: brokers("a.b"), outputs: true, exportAuthorityKey: false });

    expect(resources).not.toHaveProperty(["local_sensitive_file.authority"]);
    expect(json.output).not.toHaveProperty("ca_key");
  });
});

describe("The outputs of a fleet", () => {
  it("The outputs of a fleet may exist together with files, and the keys are sensitive", () => {
    const { json, resources } = fleet({ brokers: brokers("a.b", "2001:db8::1"), outputs: true });

    expect(json.output).toMatchObject({
      ca_pem: { value: "${tls_self_signed_cert.authority.cert_pem}" },
      ca_key: { value: "${tls_private_key.authority.private_key_pem_pkcs8}", sensitive: true },
      server_certificates: {
        value: {
          "a.b": "${tls_locally_signed_cert.broker_a_b.cert_pem}",
          "2001:db8::1": "${tls_locally_signed_cert.broker_ipv6__2001-db8--1.cert_pem}",
        },
      },
      server_keys: { sensitive: true },
    });
    expect(json.output?.["ca_pem"]).not.toHaveProperty("sensitive");
    expect(resources).toHaveProperty(["local_file.authority"]);
  });

  it("The outputs of a fleet may replace files, with three resources a broker and no local provider", () => {
    const { resources, json } = fleet({ brokers: brokers("a.b", "c.d"), outputs: true, files: false });

    expect(Object.keys(resources)).toHaveLength(2 + 2 + 2 * 3);
    expect(json.provider).not.toHaveProperty("local");
  });

  it("A fleet has no outputs by default", () => {
    expect(fleet({ brokers: brokers("a.b") }).json).not.toHaveProperty("output");
  });
});
