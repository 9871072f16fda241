import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import {
  BrokerPki,
  type BrokerPkiProps,
  CertificateAuthority,
  type Custody,
  type ICertificateAuthority,
  PemOutputs,
} from "../../lib";
import { Problems } from "../../lib/errors";
import { AuthorityGenerations } from "../../lib/fleet/authority-generations";
import { readFleet, soundFleet } from "../../lib/spec/fleet";
import { makeAuthority, type MadeAuthority } from "../support/authorities";
import { declaredOf, shownOfAuthority } from "../support/machine";
import { DistinguishedName } from "../../lib/values/distinguished-name";
import { inNewDirectory, reasons, refusal, synthesize, Synthesized } from "../support/synth";

const FIRST = { subject: { commonName: "First CA" } };
const SECOND = { generation: 2, subject: { commonName: "Second CA" } };
const BROKERS = [{ address: "a.b" }, { address: "c.d" }];

function create(app: App, props: Partial<BrokerPkiProps>): BrokerPki {
  return new BrokerPki(app, "mqtt", { authority: [FIRST, SECOND], signingGeneration: 1, brokers: BROKERS, ...props });
}

function fleet(props: Partial<BrokerPkiProps> = {}): Synthesized {
  return inNewDirectory(() => synthesize((app) => create(app, props)))["mqtt"] ?? new Synthesized("");
}

function refused(props: Partial<BrokerPkiProps>): string[] {
  return inNewDirectory(() => reasons(refusal((app) => create(app, props))));
}

function addresses(stack: Synthesized): string[] {
  return Object.keys(stack.resources).sort();
}

function isNamedAs({ spec }: ICertificateAuthority, { subject }: typeof FIRST): boolean {
  return spec.isNamed(DistinguishedName.fromProps(subject));
}

/** The names of those that were there before, and are no longer what they were. */
function changes(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(before)
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .sort();
}

describe('a generation that is added, with custody "state",', () => {
  const before = fleet({ authority: FIRST, outputs: true });
  const after = fleet({ outputs: true });

  it("brings these resources, for ever", () => {
    expect(addresses(after).filter((address) => !addresses(before).includes(address))).toEqual([
      "local_sensitive_file.authority_2",
      "terraform_data.authority_2_since",
      "tls_private_key.authority_2",
      "tls_self_signed_cert.authority_2",
    ]);
  });

  it("changes nothing that is there but what clients get, and what is looked for before the first deployment", () => {
    expect(changes(before.resources, after.resources)).toEqual(["local_file.authority", "terraform_data.files"]);
    expect(changes(before.json.output ?? {}, after.json.output ?? {})).toEqual(["ca_pem"]);
    expect(after.json.locals).toEqual(before.json.locals);
    expect(after.assets).toEqual(before.assets);
    expect(after.resources["terraform_data.files"]).toMatchObject({
      input: expect.stringContaining('fileset("../../../pki", "authorities/2/ca.key")') as string,
      lifecycle: { ignore_changes: ["input"] },
    });
  });

  it("has the certificates that it signs refer to it alone", () => {
    const { resources } = fleet({ signingGeneration: 2 });
    const signed = JSON.stringify(resources["tls_locally_signed_cert.broker_a_b"]);

    expect(changes(after.resources, resources)).toEqual([
      "local_file.authority",
      "terraform_data.fleet_since",
      "tls_locally_signed_cert.broker_a_b",
      "tls_locally_signed_cert.broker_c_d",
    ]);
    expect(signed).toContain("${tls_self_signed_cert.authority_2.cert_pem}");
    expect(signed).toContain("${tls_private_key.authority_2.private_key_pem_pkcs8}");
    expect(signed).toContain("tls_self_signed_cert.authority_2.validity_end_time");
    expect(signed).not.toMatch(/\.authority\./);
  });
});

describe('generations, with custody "state",', () => {
  const certificateOf = (name: string): string => `\${tls_self_signed_cert.${name}.cert_pem}`;
  const keyOf = (name: string): string => `\${tls_private_key.${name}.private_key_pem_pkcs8}`;

  it("give clients the certificate of the one that signs first, in files and outputs", () => {
    const { resources, json } = fleet({ signingGeneration: 2, outputs: true });
    const content = certificateOf("authority_2") + certificateOf("authority");

    expect(resources["local_file.authority"]).toMatchObject({ content });
    expect(json.output).toMatchObject({ ca_pem: { value: content }, ca_key: { value: keyOf("authority_2") } });
  });

  it("sign for the brokers that name them, and else for the fleet's", () => {
    const { resources } = fleet({ brokers: [{ address: "a.b", signingGeneration: 2 }, { address: "c.d" }] });
    const signerOf = (broker: string) => resources[`tls_locally_signed_cert.broker_${broker}`]?.["ca_private_key_pem"];

    expect([signerOf("a_b"), signerOf("c_d")]).toEqual([keyOf("authority_2"), keyOf("authority")]);
  });

  it("keep their resources when one is dropped", () => {
    const { resources: before } = fleet({ signingGeneration: 2 });
    const { resources: after } = fleet({ authority: SECOND, signingGeneration: 2 });

    expect(changes(after, before)).toEqual(["local_file.authority", "terraform_data.files"]);
    expect(
      Object.keys(before)
        .filter((name) => !(name in after))
        .sort(),
    ).toEqual([
      "local_sensitive_file.authority",
      "terraform_data.authority_since",
      "tls_private_key.authority",
      "tls_self_signed_cert.authority",
    ]);
  });

  it("are kept from destruction, each, unless it is let", () => {
    const lifecycles = (props: Partial<BrokerPkiProps> = {}): unknown[] => {
      const { resources } = fleet(props);
      return ["tls_private_key.authority", "tls_self_signed_cert.authority", "tls_private_key.authority_2"].map(
        (name) => resources[name]?.["lifecycle"],
      );
    };
    const [kept, free] = [true, false].map((is) => ({ prevent_destroy: is }));

    expect(lifecycles()).toEqual([kept, kept, kept]);
    expect(lifecycles({ authority: [{ ...FIRST, preventDestroy: false }, SECOND] })).toEqual([free, free, kept]);
  });
});

describe('a generation that is added, with custody "machine",', () => {
  const machine = (props: Partial<BrokerPkiProps> = {}): Synthesized => fleet({ custody: "machine", ...props });
  const before = machine({ authority: FIRST });
  const after = machine();
  const bySecond = machine({ signingGeneration: 2 });
  const secondAlone = machine({ signingGeneration: 2, authority: SECOND });

  const fieldsOf = (stack: Synthesized, generation: number) => shownOfAuthority(stack).split(`"${generation}" = `)[1];

  it("brings no resource: one makes all generations", () => {
    expect(addresses(after)).toEqual(addresses(before));
  });

  it("changes nothing that is declared of the brokers, or of the first", () => {
    const [one, both] = [declaredOf(before), declaredOf(after)];

    expect(both.brokers).toEqual(one.brokers);
    expect(both.authorities["1"]).toEqual(one.authorities["1"]);
    expect(Object.keys(both.authorities)).toEqual(["1", "2"]);
    expect(after.resources["terraform_data.brokers"]).toEqual(before.resources["terraform_data.brokers"]);
  });

  it("is shown in a plan beside the first, of which the same is shown, and beside what clients trust", () => {
    const first = fieldsOf(before, 1)?.replace(/\}\)\}$/, "");

    expect(fieldsOf(before, 2)).toBeUndefined();
    expect(fieldsOf(after, 1)).toContain(first);
    expect(fieldsOf(after, 2)).toContain('subject = "CN=Second CA"');
    expect(shownOfAuthority(before)).not.toContain("trust = ");
    expect(shownOfAuthority(after)).toContain("trust = {token = ");
  });

  it("has the first's own certificate beside what clients trust, and its own files in a folder", () => {
    const files = ({ json }: Synthesized, name: string) =>
      new Set(String(json.locals?.[name]).match(/(?<=\.\.\/pki\/)[\w./]+/g));

    expect(files(before, "authority_words")).toEqual(new Set(["ca.key", "ca.pem", "authority.pem"]));
    expect(files(after, "authority_words")).toEqual(new Set(["ca.key", "authority.pem", "ca.pem"]));
    expect(before.json.locals?.["authority_words"]).toContain("moved from authority.pem to ca.pem");
    expect(after.json.locals?.["authority_words"]).toContain("moved from ca.pem to authority.pem");
    expect(files(after, "authority_2_words")).toEqual(new Set(["authorities/2/ca.key", "authorities/2/ca.pem"]));
  });

  it("is trusted after the one that signs, and before it where it signs itself, or alone", () => {
    expect([before, after, bySecond, secondAlone].map((stack) => declaredOf(stack).trust)).toEqual([
      ["1"],
      ["1", "2"],
      ["2", "1"],
      ["2"],
    ]);
  });

  it("signs for the brokers that are declared so, of which nothing else changes", () => {
    const broker = (stack: Synthesized) => declaredOf(stack).brokers["brokers/a.b"];

    expect(broker(before)).toMatchObject({ generation: "1" });
    expect(broker(bySecond)).toEqual({ ...broker(before), generation: "2" });
    // The order of what clients trust is in its conditions.
    expect(changes(after.resources, bySecond.resources)).toEqual(["terraform_data.authority"]);
    expect(shownOfAuthority(bySecond)).toBe(shownOfAuthority(after));
    expect(after.json.locals?.["brokers_issuers"]).toBe(
      '${{"1" = local.authority_issuer, "2" = local.authority_2_issuer}}',
    );
  });

  it("keeps all that is declared of it when the first is dropped, and what a plan shows of it", () => {
    expect(addresses(secondAlone)).toEqual(addresses(after));
    expect(fieldsOf(secondAlone, 2)).toBe(fieldsOf(bySecond, 2));
    expect(declaredOf(secondAlone).authorities).toEqual({ "2": declaredOf(bySecond).authorities["2"] });
    expect(declaredOf(secondAlone).brokers).toEqual(declaredOf(bySecond).brokers);
  });
});

describe.each<Custody>(["state", "machine"])('generations, with custody "%s",', (custody) => {
  it("have the resources of their numbers, whatever others there are", () => {
    const named = (generation: number) => ({ generation, subject: { commonName: `CA ${generation}` } });
    const stack = fleet({ custody, authority: [named(12), named(3)], signingGeneration: 12 });

    if (custody === "machine") {
      expect(declaredOf(stack).authorities).toMatchObject({
        "3": { subject: "CN=CA 3" },
        "12": { subject: "CN=CA 12" },
      });
      expect(Object.keys(stack.json.locals ?? {})).toEqual(
        expect.arrayContaining(["authority_12_words", "authority_3_words"]),
      );
      return;
    }
    expect(addresses(stack).filter((address) => address.startsWith("tls_private_key.authority"))).toEqual([
      "tls_private_key.authority_12",
      "tls_private_key.authority_3",
    ]);
  });

  it("are the same in any order", () => {
    expect(fleet({ custody, authority: [SECOND, FIRST] })).toEqual(fleet({ custody }));
  });

  it("are the same to the letter in a list of one as without a list", () => {
    expect(fleet({ custody, authority: [FIRST] })).toEqual(fleet({ custody, authority: FIRST }));
    expect(fleet({ custody, authority: { ...FIRST, generation: 1 } })).toEqual(fleet({ custody, authority: FIRST }));
  });

  it("are the fleet's authority where they sign, whichever signs for a broker", () => {
    const brokers = [{ address: "a.b", signingGeneration: 2 }];

    for (const signingGeneration of [1, 2]) {
      const { authority } = inNewDirectory(() => create(new App(), { custody, signingGeneration, brokers }));

      expect([FIRST, SECOND].map((generation) => isNamedAs(authority, generation))).toEqual([
        signingGeneration === 1,
        signingGeneration === 2,
      ]);
    }
  });

  it("have passwords of their own", () => {
    const authority = [
      { ...FIRST, passwordVariable: "first" },
      { ...SECOND, passwordVariable: "second", passwordVersion: 2 },
    ];
    const stack = fleet({ custody, authority });

    expect(Object.keys(stack.json.variable ?? {}).sort()).toEqual(["first", "second"]);
    if (custody === "machine") {
      expect(declaredOf(stack).authorities).toMatchObject({
        "1": { password: "first/1/600000" },
        "2": { password: "second/2/600000" },
      });
      return;
    }
    const id = "${tls_private_key.authority_2.public_key_fingerprint_sha256} TF_VAR_second 2 600000";
    expect(stack.dataSources["local_command.authority_2"]).toMatchObject({
      arguments: [expect.any(String), "protect", "second", "../../../pki/authorities/2/ca.key", "600000", id],
      stdin: "${tls_private_key.authority_2.private_key_pem_pkcs8}",
    });
    expect(stack.resources["local_sensitive_file.authority_2"]).toMatchObject({
      content: "${data.local_command.authority_2.stdout}",
    });
    expect(stack.resources["local_file.protected_authority_2"]).toMatchObject({
      filename: "../../../pki/authorities/2/ca.key.json",
      depends_on: ["local_sensitive_file.authority_2"],
    });
  });
});

describe("the keys of generations", () => {
  it("are in no file and no output where that is not wanted", () => {
    const stack = fleet({ exportAuthorityKey: false, outputs: true });

    expect(addresses(stack).filter((address) => /^local_.*\.authority/.test(address))).toEqual([
      "local_file.authority",
    ]);
    expect(stack.json.output).not.toHaveProperty("ca_key");
  });

  it("have no password then, each at its place", () => {
    const authority = [SECOND, FIRST].map((one) => ({ ...one, passwordVariable: "p" }));
    const reason = "passwordVariable: is for ca.key, which is not written";

    expect(refused({ authority, exportAuthorityKey: false }).sort()).toEqual([
      `authority[0].${reason}`,
      `authority[1].${reason}`,
    ]);
  });

  it("have none where they would be in outputs without it", () => {
    expect(refused({ authority: [FIRST, { ...SECOND, passwordVariable: "p" }], outputs: true })).toEqual([
      "outputs: would give out keys without their passwords: passwords apply to files only",
    ]);
  });
});

describe("generations that were made elsewhere", () => {
  let folder: string;
  let one: MadeAuthority;
  let other: MadeAuthority;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "authorities-"));
    one = makeAuthority(folder, "one");
    other = makeAuthority(folder, "other");
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const imported = ({ certificateFile, keyFile }: MadeAuthority) => ({ certificateFile, keyFile });

  it("may be all that there is, without a key to export", () => {
    const authority = [imported(one), { ...imported(other), generation: 2 }];
    const { resources, json, dataSources } = fleet({ authority, outputs: true });

    expect(Object.keys(resources).filter((address) => address.includes(".authority"))).toEqual([
      "local_file.authority",
      "terraform_data.authority_2_since",
      "terraform_data.authority_since",
    ]);
    expect(resources["local_file.authority"]).toMatchObject({
      content: "${local.authority_trust_anchor}${local.authority_2_trust_anchor}",
    });
    expect(Object.keys(dataSources).sort()).toEqual(["tls_public_key.authority", "tls_public_key.authority_2"]);
    expect(json.output).not.toHaveProperty("ca_key");
    expect(refused({ authority, exportAuthorityKey: true })).toEqual([
      "exportAuthorityKey: is not possible for an imported authority: its key stays where it is",
    ]);
  });

  it('sign with their own files beside one that is made here, with custody "machine"', () => {
    const stack = fleet({ custody: "machine", authority: [FIRST, { ...imported(other), generation: 2 }] });

    expect(declaredOf(stack)).toMatchObject({
      authorities: { "1": { subject: "CN=First CA" }, "2": { key: "none", key_file: other.keyFile } },
      trust: ["1", "2"],
    });
    expect(shownOfAuthority(stack)).toContain(`"2" = {key = "${other.keyFile}"`);
  });
});

describe("AuthorityGenerations", () => {
  it("has each by its number, that which signs first", () => {
    const props = { authority: [FIRST, SECOND], signingGeneration: 2, brokers: BROKERS };
    const fleet = soundFleet(readFleet(props, new Problems()));
    inNewDirectory(() =>
      synthesize((app) => {
        const generations = new AuthorityGenerations(new TerraformStack(app, "own"), "authority", fleet);

        expect([...generations.all.keys()]).toEqual([2, 1]);
        expect(isNamedAs(generations.signing, SECOND)).toBe(true);
      }),
    );
  });
});

describe("PemOutputs", () => {
  it("has other authorities after the one whose key it has, for clients alone", () => {
    const { plant } = inNewDirectory(() =>
      synthesize((app) => {
        const stack = new TerraformStack(app, "plant");
        const [authority, ...otherAuthorities] = (["third", "first", "second"] as const).map(
          (name) => new CertificateAuthority(stack, name, { subject: { commonName: name }, resourceName: name }),
        ) as [CertificateAuthority, ...CertificateAuthority[]];
        new PemOutputs(stack, "outputs", { authority, otherAuthorities, servers: [] });
      }),
    );

    expect(plant?.json.output).toMatchObject({
      ca_pem: {
        value: ["third", "first", "second"].map((name) => `\${tls_self_signed_cert.${name}.cert_pem}`).join(""),
      },
      ca_key: { value: "${tls_private_key.third.private_key_pem_pkcs8}", sensitive: true },
    });
  });
});
