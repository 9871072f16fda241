import { TerraformOutput, TerraformStack } from "cdktf";
import { CertificateAuthority, Duration, ServerCertificate, type ServerCertificateProps } from "../lib";
import { inNewDirectory, reasons, refusal, synthesize } from "./support/synth";

function authorityIn(stack: TerraformStack): CertificateAuthority {
  return new CertificateAuthority(stack, "ca", {
    subject: { commonName: "Test CA" },
    duration: Duration.days(100),
    resourceName: "ca",
  });
}

function refused(props: Omit<ServerCertificateProps, "authority">): string[] {
  return inNewDirectory(() =>
    reasons(
      refusal((app) => {
        const authority = authorityIn(new TerraformStack(app, "own"));
        new ServerCertificate(new TerraformStack(app, "other"), "server", { ...props, authority });
      }),
    ),
  );
}

describe("a server certificate in a stack of the user's", () => {
  it("is a key, a request and a certificate that the authority signs", () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        const stack = new TerraformStack(app, "own");
        const props = { address: "192.0.2.10", duration: Duration.days(99), resourceName: "mqtt" };
        new ServerCertificate(stack, "server", { authority: authorityIn(stack), ...props });
      }),
    );
    const resources = stacks["own"]?.resources;

    expect(resources?.["tls_cert_request.mqtt"]).toMatchObject({
      subject: [{ common_name: "192.0.2.10" }],
      ip_addresses: ["192.0.2.10"],
    });
    expect(resources?.["tls_cert_request.mqtt"]).not.toHaveProperty("dns_names");
    expect(resources?.["tls_locally_signed_cert.mqtt"]).toMatchObject({
      ca_cert_pem: "${tls_self_signed_cert.ca.cert_pem}",
      lifecycle: {
        postcondition: [
          { condition: "${timecmp(self.validity_end_time, tls_self_signed_cert.ca.validity_end_time) <= 0}" },
        ],
      },
    });
  });

  it("has its PEMs as tokens, for whatever the user makes of them", () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        const stack = new TerraformStack(app, "own");
        const authority = authorityIn(stack);
        const server = new ServerCertificate(stack, "server", {
          authority,
          address: "a.b",
          resourceName: "mqtt",
          duration: Duration.days(1),
        });
        const pems = [server.certificatePem, server.privateKeyPem, authority.certificatePem, authority.privateKeyPem];
        new TerraformOutput(stack, "pems", { value: pems, sensitive: true });
      }),
    );

    expect(stacks["own"]?.json.output?.["pems"]).toMatchObject({
      value: [
        "${tls_locally_signed_cert.mqtt.cert_pem}",
        "${tls_private_key.mqtt.private_key_pem_pkcs8}",
        "${tls_self_signed_cert.ca.cert_pem}",
        "${tls_private_key.ca.private_key_pem_pkcs8}",
      ],
    });
  });

  it("can be in another stack than its authority", () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        const authority = authorityIn(new TerraformStack(app, "authority"));
        const stack = new TerraformStack(app, "brokers");
        new ServerCertificate(stack, "server", {
          authority,
          address: "a.b",
          resourceName: "mqtt",
          duration: Duration.days(1),
        });
      }),
    );
    const certificate = stacks["brokers"]?.resources["tls_locally_signed_cert.mqtt"];
    const remote = /^\$\{data\.terraform_remote_state\.[\w-]+\.outputs\.[\w-]+\}$/;

    expect(certificate?.["ca_cert_pem"]).toMatch(remote);
    expect(certificate?.["ca_private_key_pem"]).toMatch(remote);
    expect(JSON.stringify(certificate?.["lifecycle"])).toMatch(
      /\$\{timecmp\(self\.validity_end_time, data\.terraform_remote_state\.[\w-]+\.outputs\.[\w-]+\) <= 0\}/,
    );
    for (const output of Object.values(stacks["authority"]?.json.output ?? {})) {
      expect(output["sensitive"]).toBe(true);
    }
  });

  it("is refused with all that is wrong with it, its authority included", () => {
    expect(refused({ address: "a_b.example.com", renewBefore: Duration.days(-1) }).sort()).toEqual([
      "address: has an underscore, which Java clients refuse",
      "duration: would outlive its authority, which is valid for 100 days",
      "renewBefore: is negative",
    ]);
    expect(refused({ address: "a.b", duration: Duration.days(100) })).toEqual([
      "duration: would outlive its authority, which is valid for 100 days",
    ]);
  });
});
