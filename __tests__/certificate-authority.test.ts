import { TlsProvider } from "@cdktf/provider-tls/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import { CertificateAuthority, KeyAlgorithm, type CertificateAuthorityProps } from "../lib";
import { inNewDirectory, reasons, refusal, Synthesized, synthesize } from "./support/synth";

const SUBJECT = { commonName: "Test CA" };

function stackWith(declare: (stack: TerraformStack) => void): Synthesized {
  const stacks = inNewDirectory(() =>
    synthesize((app) => {
      declare(new TerraformStack(app, "own"));
    }),
  );
  return stacks["own"] ?? new Synthesized("");
}

function refused(props: unknown): string[] {
  return inNewDirectory(() =>
    reasons(
      refusal(
        (app) => new CertificateAuthority(new TerraformStack(app, "own"), "ca", props as CertificateAuthorityProps),
      ),
    ),
  );
}

describe("a certificate authority in a stack of the user's", () => {
  it("is a key and a root certificate, valid for 3650 days and of RSA 2048 where nothing else is said", () => {
    const { json } = stackWith((stack) => new CertificateAuthority(stack, "ca", { subject: SUBJECT }));
    const [key] = Object.values(json.resource?.["tls_private_key"] ?? {});
    const [certificate] = Object.values(json.resource?.["tls_self_signed_cert"] ?? {});

    expect(key).toMatchObject({ algorithm: "RSA", rsa_bits: 2048 });
    expect(certificate).toMatchObject({
      is_ca_certificate: true,
      set_subject_key_id: true,
      allowed_uses: ["cert_signing", "crl_signing"],
      validity_period_hours: 3650 * 24,
      subject: [{ common_name: "Test CA" }],
    });
  });

  it("has the resource name that it is given", () => {
    const { resources } = stackWith(
      (stack) => new CertificateAuthority(stack, "ca", { subject: SUBJECT, resourceName: "plant" }),
    );

    expect(Object.keys(resources)).toEqual(["tls_private_key.plant", "tls_self_signed_cert.plant"]);
  });

  it("gets different names from cdktf for ids that differ in a dot alone", () => {
    const { resources } = stackWith((stack) => {
      new CertificateAuthority(stack, "a.b", { subject: SUBJECT });
      new CertificateAuthority(stack, "ab", { subject: SUBJECT });
    });

    expect(Object.keys(resources)).toHaveLength(4);
  });

  it("brings the tls provider, unless the stack has one", () => {
    const without = stackWith((stack) => new CertificateAuthority(stack, "ca", { subject: SUBJECT }));
    const withOne = stackWith((stack) => {
      new TlsProvider(stack, "mine", { proxy: [{ url: "https://proxy.example.com" }] });
      new CertificateAuthority(stack, "ca", { subject: SUBJECT });
      new CertificateAuthority(stack, "second", { subject: SUBJECT });
    });

    expect(without.json.provider?.["tls"]).toEqual([{}]);
    expect(withOne.json.provider?.["tls"]).toEqual([{ proxy: [{ url: "https://proxy.example.com" }] }]);
  });

  it('has a directory of its own with custody "machine" alone', () => {
    const props = { subject: SUBJECT, directory: "pki" };
    const reason = 'directory: is for custody "machine" alone';

    expect(refused(props)).toEqual([reason]);
    expect(refused({ ...props, custody: "state" })).toEqual([reason]);
    expect(refused({ subject: SUBJECT, custody: "machine", directory: "../pki" })).toEqual([
      "directory: climbs out of the directory where cdktf is run",
    ]);
  });

  it("is refused with all that is wrong with it", () => {
    expect(
      refused({
        subject: { country: "USA", state: "Texas" },
        keyAlgorithm: KeyAlgorithm.fromName("DSA"),
        ttl: 3,
      }).sort(),
    ).toEqual([
      "keyAlgorithm: is not a key algorithm that is offered",
      "subject.country: is not two letters",
      "subject.state: is no attribute of a subject here",
      "ttl: is no property here",
    ]);
  });

  it("is refused under a name that is no resource name, or taken", () => {
    expect(refused({ subject: SUBJECT, resourceName: "1st" })).toEqual([": is no name for a Terraform resource"]);
    const twice = inNewDirectory(() =>
      refusal((app) => {
        const stack = new TerraformStack(app, "own");
        new CertificateAuthority(stack, "one", { subject: SUBJECT, resourceName: "ca" });
        new CertificateAuthority(stack, "two", { subject: SUBJECT, resourceName: "ca" });
      }),
    );
    expect(twice.message).toContain('"tls_private_key.ca" is there already in this stack');
  });
});

describe('a certificate authority of custody "machine", in a stack of the user\'s', () => {
  const props = { subject: SUBJECT, custody: "machine" } as const;

  it("is resources of the engine's own, and brings no provider", () => {
    const { resources, json } = stackWith(
      (stack) => new CertificateAuthority(stack, "ca", { ...props, directory: "ca" }),
    );

    expect(Object.values(json.resource ?? {}).map((named) => Object.keys(named).length)).toEqual([3]);
    expect(Object.keys(resources).every((address) => address.startsWith("terraform_data."))).toBe(true);
    expect(json).not.toHaveProperty("provider");
    expect(json.terraform).not.toHaveProperty("required_providers");
  });

  it("has the resource name that it is given, or one of cdktf's", () => {
    const named = stackWith((stack) => new CertificateAuthority(stack, "ca", { ...props, resourceName: "plant" }));
    const unnamed = stackWith((stack) => new CertificateAuthority(stack, "ca", props));

    expect(Object.keys(named.resources)).toContain("terraform_data.plant");
    expect(Object.keys(unnamed.resources)).toHaveLength(3);
  });

  it("has its files in pki where nothing else is said", () => {
    const inDirectory = (directory: object) =>
      stackWith((stack) => new CertificateAuthority(stack, "ca", { ...props, ...directory })).resources;

    expect(inDirectory({})).toEqual(inDirectory({ directory: "./pki/" }));
    expect(inDirectory({})).not.toEqual(inDirectory({ directory: "other" }));
  });

  it.each([
    ["named by cdktf", {}, {}],
    ["with resource names", { resourceName: "one" }, { resourceName: "two" }],
  ])("has room beside it for another with another directory: %s", (_how, first, second) => {
    const { resources } = stackWith((stack) => {
      new CertificateAuthority(stack, "one", { ...props, ...first, directory: "one" });
      new CertificateAuthority(stack, "two", { ...props, ...second, directory: "two" });
    });

    expect(Object.keys(resources)).toHaveLength(6);
  });

  it("is refused in the directory of another, in whatever stack that is", () => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        new CertificateAuthority(new TerraformStack(app, "first"), "one", props);
        new CertificateAuthority(new TerraformStack(app, "second"), "two", { ...props, directory: "x/../pki" });
      }),
    );

    expect(error.message).toContain('is the directory of "first/one" already');
  });

  it("has its certificate as a token", () => {
    const { json } = stackWith((stack) => {
      const authority = new CertificateAuthority(stack, "ca", { ...props, resourceName: "ca" });
      new TerraformOutput(stack, "trust", { value: authority.certificatePem, staticId: true });
    });

    expect(json.output?.["trust"]?.["value"]).toMatch(
      /^\$\{file\("[^"]*\/ca\.pem\$\{.*terraform_data\.ca\.id.*\}"\)\}$/,
    );
  });
});
