import { App, TerraformStack } from "cdktf";
import { BrokerPki, type BrokerPkiProps, CertificateAuthority, KeyAlgorithm, PemDirectory, type Custody } from "../lib";
import { inNewDirectory, reasons, refusal, synthesize, type Synthesized } from "./support/synth";
import { makeAuthority } from "./support/authorities";

const FIRST = { subject: { commonName: "First CA" } };
const SECOND = { generation: 2, subject: { commonName: "Second CA" }, keyAlgorithm: KeyAlgorithm.ECDSA_P256 };
const BROKERS = [{ address: "a.b" }, { address: "c.d" }];

function create(app: App, props: Partial<BrokerPkiProps>): BrokerPki {
  return new BrokerPki(app, "mqtt", { authority: [FIRST, SECOND], signingGeneration: 1, brokers: BROKERS, ...props });
}

function fleet(props: Partial<BrokerPkiProps> = {}): Synthesized {
  const { mqtt } = inNewDirectory(() => synthesize((app) => create(app, props)));
  if (mqtt === undefined) {
    throw new Error("There is no stack.");
  }
  return mqtt;
}

/** What a fleet is refused for. */
function refused(props: object): string[] {
  return inNewDirectory(() => reasons(refusal((app) => create(app, props))));
}

/** Who signs a broker's certificate: the key's address. */
function signerOf({ resources }: Synthesized, broker: string): unknown {
  return resources[`tls_locally_signed_cert.broker_${broker}`]?.["ca_private_key_pem"];
}

const keyOf = (name: string): string => `\${tls_private_key.${name}.private_key_pem_pkcs8}`;
const certificateOf = (name: string): string => `\${tls_self_signed_cert.${name}.cert_pem}`;

describe("a fleet with generations of its authority", () => {
  it("has these addresses, for ever", () => {
    expect(Object.keys(fleet().resources).filter((address) => !address.includes("broker_"))).toEqual([
      "local_file.authority",
      "local_sensitive_file.authority",
      "local_sensitive_file.authority_2",
      "terraform_data.files",
      "tls_private_key.authority",
      "tls_private_key.authority_2",
      "tls_self_signed_cert.authority",
      "tls_self_signed_cert.authority_2",
    ]);
    expect(
      Object.keys(fleet({ custody: "machine" }).resources).filter((address) => !address.includes("broker_")),
    ).toEqual([
      "terraform_data.authority",
      "terraform_data.authority_2",
      "terraform_data.files",
      "terraform_data.files_removed",
      "terraform_data.files_trust",
    ]);
  });

  it("has the very resources of one without, but for what clients get, when one is added", () => {
    const { resources: before } = fleet({ authority: FIRST });
    const { resources: after } = fleet();
    const changed = Object.keys(before).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));

    expect(changed.sort()).toEqual(["local_file.authority", "terraform_data.files"]);
    expect(after["local_file.authority"]).toMatchObject({
      content: certificateOf("authority") + certificateOf("authority_2"),
      filename: "../../../pki/ca.pem",
    });
    expect(after["local_sensitive_file.authority_2"]).toMatchObject({
      content: keyOf("authority_2"),
      filename: "../../../pki/authorities/2/ca.key",
    });
  });

  it("gives clients the certificate of who signs first, in files and outputs", () => {
    const { resources, json } = fleet({ signingGeneration: 2, outputs: true });
    const content = certificateOf("authority_2") + certificateOf("authority");

    expect(resources["local_file.authority"]).toMatchObject({ content });
    expect(json.output).toMatchObject({ ca_pem: { value: content }, ca_key: { value: keyOf("authority_2") } });
  });

  it("has each broker's certificate signed by the generation that it names, or else by the fleet's", () => {
    const signed = fleet({ brokers: [{ address: "a.b", signingGeneration: 2 }, { address: "c.d" }] });

    expect([signerOf(signed, "a_b"), signerOf(signed, "c_d")]).toEqual([keyOf("authority_2"), keyOf("authority")]);
  });

  it("keeps the resources of the others when one is dropped", () => {
    const { resources: before } = fleet({ signingGeneration: 2 });
    const { resources: after } = fleet({ authority: SECOND, signingGeneration: 2 });
    const kept = Object.keys(after).filter((name) => JSON.stringify(before[name]) === JSON.stringify(after[name]));

    expect(
      Object.keys(after)
        .filter((name) => !kept.includes(name))
        .sort(),
    ).toEqual(["local_file.authority", "terraform_data.files"]);
    expect(Object.keys(before).filter((name) => !(name in after))).toEqual([
      "local_sensitive_file.authority",
      "tls_private_key.authority",
      "tls_self_signed_cert.authority",
    ]);
  });

  it.each<Custody>(["state", "machine"])('is the same in any order: custody "%s"', (custody) => {
    expect(fleet({ custody, authority: [SECOND, FIRST] }).wholeText).toBe(fleet({ custody }).wholeText);
  });

  it("takes one that was made elsewhere for a generation, too", () => {
    inNewDirectory((folder) => {
      const { certificateFile, keyFile } = makeAuthority(folder, "ca");
      const { mqtt } = synthesize((app) => create(app, { authority: [{ certificateFile, keyFile }, SECOND] }));

      expect(mqtt?.resources["local_file.authority"]).toMatchObject({
        content: `\${local.authority_trust_anchor}${certificateOf("authority_2")}`,
      });
      expect(mqtt?.resources).not.toHaveProperty(["local_sensitive_file.authority"]);
    });
  });
});

describe("generations are refused", () => {
  it("where the one that signs is not said", () => {
    expect(refused({ signingGeneration: undefined })).toEqual([
      "signingGeneration: is to say which generation signs: there are 1 and 2",
    ]);
  });

  it("where one that signs is not declared, with the brokers that it signs for", () => {
    expect(refused({ authority: SECOND })).toEqual([
      "signingGeneration: is no generation that is declared, and signs the certificates of a.b and c.d",
    ]);
    expect(refused({ brokers: [{ address: "a.b", signingGeneration: 3 }, { address: "c.d" }] })).toEqual([
      "signingGeneration: is no generation that is declared, and signs the certificates of a.b",
    ]);
    const many = Array.from({ length: 25 }, (_, index) => ({ address: `b-${index}.example.com` }));
    expect(refused({ authority: SECOND, brokers: many })[0]).toMatch(/b-0\.example\.com.* and 5 more$/);
  });

  it("where two have one number, or one has none that counts", () => {
    expect(refused({ authority: [FIRST, { ...SECOND, generation: 1 }] })).toContain(
      "authority[1].generation: is there twice",
    );
    for (const generation of [0, -1, 1.5, "2", null, Number.NaN]) {
      expect(refused({ authority: [FIRST, { ...SECOND, generation }] })).toContain(
        "authority[1].generation: is not the number of a generation",
      );
    }
    expect(refused({ authority: [] })).toContain("authority: is a list of none");
  });

  it("where two have one subject, made here or elsewhere: clients find an issuer by its name", () => {
    const twice = "subject: is the subject of generation 1 too, so that clients cannot tell the two apart";

    expect(refused({ authority: [FIRST, { ...FIRST, generation: 2 }] })).toEqual([`authority[1].${twice}`]);
    inNewDirectory((folder) => {
      const { certificateFile, keyFile } = makeAuthority(folder, "ca", { subject: "/CN=First CA" });
      const imported = { generation: 2, certificateFile, keyFile };
      const { problems } = refusal((app) => create(app, { authority: [FIRST, imported] }));

      expect(reasons({ problems })).toEqual([`authority[1].${twice}`]);
    });
  });

  it("for all that is wrong with all of them at once", () => {
    const problems = refused({ authority: [{ subject: { country: "USA" } }, { ...SECOND, days: 3 }, null] });

    expect(problems.map((problem) => problem.replace(/:.*/, "")).sort()).toEqual([
      "authority[0].subject.country",
      "authority[1].days",
      "authority[2]",
      "authority[2].generation",
    ]);
  });
});

describe("a PemDirectory with two authorities", () => {
  it("has both for clients, in the order in which they were added, and the keys apart", () => {
    const { plant } = inNewDirectory(() =>
      synthesize((app) => {
        const stack = new TerraformStack(app, "plant");
        const files = new PemDirectory(stack, "files");
        for (const [index, name] of ["first", "second"].entries()) {
          const authority = new CertificateAuthority(stack, name, {
            subject: { commonName: name },
            resourceName: name,
          });
          files.addAuthority(authority, { generation: index + 1, resourceName: "ca" });
        }
      }),
    );

    expect(plant?.resources["local_file.ca"]).toMatchObject({
      content: certificateOf("first") + certificateOf("second"),
    });
    expect(plant?.resources["local_sensitive_file.ca"]).toMatchObject({ filename: "../../../pki/ca.key" });
    expect(plant?.resources["local_sensitive_file.ca_2"]).toMatchObject({
      filename: "../../../pki/authorities/2/ca.key",
    });
  });
});

describe("a version of a key", () => {
  const versions = (...keyVersions: unknown[]): Synthesized =>
    fleet({
      authority: FIRST,
      brokers: keyVersions.map((keyVersion, index) => ({
        address: `b${index}.c`,
        ...(keyVersion !== undefined && { keyVersion: keyVersion as number }),
      })),
    });

  it("is a resource of its own from the second on, by this address, for ever", () => {
    const keys = Object.keys(versions(1, 2, 12).resources).filter((name) => name.startsWith("tls_private_key.broker"));

    expect(keys).toEqual([
      "tls_private_key.broker_b0_c",
      "tls_private_key.broker_b1_c__key_2",
      "tls_private_key.broker_b2_c__key_12",
    ]);
  });

  it("is the first where it is not declared, to the letter", () => {
    expect(versions(1, undefined).text).toBe(versions(undefined, undefined).text);
  });

  it("changes no other resource's address", () => {
    const names = (stack: Synthesized): string[] =>
      Object.keys(stack.resources).filter((name) => !name.startsWith("tls_private_key."));

    expect(names(versions(2, 3))).toEqual(names(versions(1, 1)));
  });

  it.each([0, 1.5, "2", null])("cannot be %p", (keyVersion) => {
    expect(refused({ brokers: [{ address: "a.b", keyVersion }] })).toEqual(["brokers[0].keyVersion: is not a version"]);
  });
});

describe("an authority that is not to be lost", () => {
  const lifecycles = (props: Partial<BrokerPkiProps>): unknown[] => {
    const { resources } = fleet(props);
    return ["tls_private_key.authority", "tls_self_signed_cert.authority"].map(
      (name) => resources[name]?.["lifecycle"],
    );
  };

  it("is kept from destruction, each generation, unless it is let", () => {
    expect(lifecycles({})).toEqual([{ prevent_destroy: true }, { prevent_destroy: true }]);
    expect(lifecycles({ authority: [{ ...FIRST, preventDestroy: false }, SECOND] })).toEqual([
      { prevent_destroy: false },
      { prevent_destroy: false },
    ]);
    expect(fleet().resources["tls_private_key.authority_2"]).toMatchObject({ lifecycle: { prevent_destroy: true } });
  });

  it.each([null, "no", 0])("takes no %p for that", (preventDestroy) => {
    expect(refused({ authority: [{ ...FIRST, preventDestroy }, SECOND] })).toEqual([
      "authority[0].preventDestroy: is neither true nor false",
    ]);
  });
});

describe("the checks of a fleet", () => {
  interface Check {
    readonly assert: readonly { readonly condition: string; readonly error_message: string }[];
  }
  const checksOf = ({ text }: Synthesized): Record<string, Check> =>
    (JSON.parse(text) as { check: Record<string, Check> }).check;

  it("look at what the plan has of each broker, in short texts", () => {
    expect(fleet().json.locals).toMatchObject({
      validity: {
        "a.b": {
          is_due: "${tls_locally_signed_cert.broker_a_b.ready_for_renewal}",
          not_after: "${tls_locally_signed_cert.broker_a_b.validity_end_time}",
        },
      },
    });
    expect(fleet({ custody: "machine" }).json.locals).toMatchObject({
      validity: {
        "a.b": {
          is_due: '${terraform_data.broker_a_b.triggers_replace.token != local.authority_plans["brokers/a.b"].token}',
          not_after: '${local.authority_records["brokers/a.b"].not_after}',
        },
      },
    });
  });

  it("look at each generation that signs, and at no other", () => {
    const ends = (props: Partial<BrokerPkiProps>): string[] =>
      checksOf(fleet(props))["authority"]?.assert.map(({ condition }) => condition) ?? [];

    expect(ends({})).toEqual([
      '${timecmp(timeadd(plantimestamp(), "21960h"), tls_self_signed_cert.authority.validity_end_time) < 0 || length(local.validity) == 0}',
    ]);
    expect(ends({ brokers: [{ address: "a.b", signingGeneration: 2 }, { address: "c.d" }] })).toHaveLength(2);
  });
});
