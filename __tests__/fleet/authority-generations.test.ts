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

describe('An added generation with custody "state"', () => {
  const before = fleet({ authority: FIRST, outputs: true });
  const after = fleet({ outputs: true });

  it('An added generation with custody "state" always has these resources', () => {
    expect(addresses(after).filter((address) => !addresses(before).includes(address))).toEqual([
      "local_sensitive_file.authority_2",
      "terraform_data.authority_2_since",
      "tls_private_key.authority_2",
      "tls_self_signed_cert.authority_2",
    ]);
  });

  it('An added generation with custody "state" changes only the trust anchors and the check before the first deployment', () => {
    expect(changes(before.resources, after.resources)).toEqual(["local_file.authority", "terraform_data.files"]);
    expect(changes(before.json.output ?? {}, after.json.output ?? {})).toEqual(["ca_pem"]);
    expect(after.json.locals).toEqual(before.json.locals);
    expect(after.assets).toEqual(before.assets);
    expect(after.resources["terraform_data.files"]).toMatchObject({
      input: expect.stringContaining('fileset("../../../pki", "authorities/2/ca.key")') as string,
      lifecycle: { ignore_changes: ["input"] },
    });
  });

  it('An added generation with custody "state" is the only reference of the certificates that it signs', () => {
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

describe('Generations with custody "state"', () => {
  const certificateOf = (name: string): string => `\${tls_self_signed_cert.${name}.cert_pem}`;
  const keyOf = (name: string): string => `\${tls_private_key.${name}.private_key_pem_pkcs8}`;

  it('Generations with custody "state" put the certificate of the signing one first, in files and outputs', () => {
    const { resources, json } = fleet({ signingGeneration: 2, outputs: true });
    const content = certificateOf("authority_2") + certificateOf("authority");

    expect(resources["local_file.authority"]).toMatchObject({ content });
    expect(json.output).toMatchObject({ ca_pem: { value: content }, ca_key: { value: keyOf("authority_2") } });
  });

  it('Generations with custody "state" sign for the brokers that name them, otherwise for the fleet', () => {
    const { resources } = fleet({ brokers: [{ address: "a.b", signingGeneration: 2 }, { address: "c.d" }] });
    const signerOf = (broker: string) => resources[`tls_locally_signed_cert.broker_${broker}`]?.["ca_private_key_pem"];

    expect([signerOf("a_b"), signerOf("c_d")]).toEqual([keyOf("authority_2"), keyOf("authority")]);
  });

  it('Generations with custody "state" keep their resources when one is removed', () => {
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

  it('Generations with custody "state" are each protected from destruction, unless preventDestroy is false', () => {
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

describe('An added generation with custody "machine"', () => {
  const machine = (props: Partial<BrokerPkiProps> = {}): Synthesized => fleet({ custody: "machine", ...props });
  const before = machine({ authority: FIRST });
  const after = machine();
  const bySecond = machine({ signingGeneration: 2 });
  const secondAlone = machine({ signingGeneration: 2, authority: SECOND });

  const fieldsOf = (stack: Synthesized, generation: number) => shownOfAuthority(stack).split(`"${generation}" = `)[1];

  it('An added generation with custody "machine" adds no resource: one resource makes all generations', () => {
    expect(addresses(after)).toEqual(addresses(before));
  });

  it('An added generation with custody "machine" changes no declaration of the brokers or of the first generation', () => {
    const [one, both] = [declaredOf(before), declaredOf(after)];

    expect(both.brokers).toEqual(one.brokers);
    expect(both.authorities["1"]).toEqual(one.authorities["1"]);
    expect(Object.keys(both.authorities)).toEqual(["1", "2"]);
    expect(after.resources["terraform_data.brokers"]).toEqual(before.resources["terraform_data.brokers"]);
  });

  it('An added generation with custody "machine" is shown in a plan after the unchanged first one, with the trust anchors', () => {
    const first = fieldsOf(before, 1)?.replace(/\}\)\}$/, "");

    expect(fieldsOf(before, 2)).toBeUndefined();
    expect(fieldsOf(after, 1)).toContain(first);
    expect(fieldsOf(after, 2)).toContain('subject = "CN=Second CA"');
    expect(shownOfAuthority(before)).not.toContain("trust = ");
    expect(shownOfAuthority(after)).toContain("trust = {token = ");
  });

  it('An added generation with custody "machine" has its files in its own folder', () => {
    const files = ({ json }: Synthesized, name: string) =>
      new Set(String(json.locals?.[name]).match(/(?<=\.\.\/pki\/)[\w./]+/g));

    expect(files(before, "authority_words")).toEqual(new Set(["ca.key", "ca.pem", "authority.pem"]));
    expect(files(after, "authority_words")).toEqual(new Set(["ca.key", "authority.pem", "ca.pem"]));
    expect(before.json.locals?.["authority_words"]).toContain("moved from authority.pem to ca.pem");
    expect(after.json.locals?.["authority_words"]).toContain("moved from ca.pem to authority.pem");
    expect(files(after, "authority_2_words")).toEqual(new Set(["authorities/2/ca.key", "authorities/2/ca.pem"]));
  });

  it('An added generation with custody "machine" is trusted after the signing one; it comes first if it signs', () => {
    expect([before, after, bySecond, secondAlone].map((stack) => declaredOf(stack).trust)).toEqual([
      ["1"],
      ["1", "2"],
      ["2", "1"],
      ["2"],
    ]);
  });

  it('An added generation with custody "machine" signs for the brokers that name it, and nothing else of them changes', () => {
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

  it('A generation with custody "machine" keeps its declaration and its plan text when the first is removed', () => {
    expect(addresses(secondAlone)).toEqual(addresses(after));
    expect(fieldsOf(secondAlone, 2)).toBe(fieldsOf(bySecond, 2));
    expect(declaredOf(secondAlone).authorities).toEqual({ "2": declaredOf(bySecond).authorities["2"] });
    expect(declaredOf(secondAlone).brokers).toEqual(declaredOf(bySecond).brokers);
  });
});

describe.each<Custody>(["state", "machine"])('Generations with custody "%s"', (custody) => {
  it("Generations have resources named by their numbers, whichever other generations are declared", () => {
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

  it("Generations give the same text in any order", () => {
    expect(fleet({ custody, authority: [SECOND, FIRST] })).toEqual(fleet({ custody }));
  });

  it("A list of one generation gives the same text as a generation without a list", () => {
    expect(fleet({ custody, authority: [FIRST] })).toEqual(fleet({ custody, authority: FIRST }));
    expect(fleet({ custody, authority: { ...FIRST, generation: 1 } })).toEqual(fleet({ custody, authority: FIRST }));
  });

  it("The generation that signs is the authority of the fleet, whichever signs for a broker", () => {
    const brokers = [{ address: "a.b", signingGeneration: 2 }];

    for (const signingGeneration of [1, 2]) {
      const { authority } = inNewDirectory(() => create(new App(), { custody, signingGeneration, brokers }));

      expect([FIRST, SECOND].map((generation) => isNamedAs(authority, generation))).toEqual([
        signingGeneration === 1,
        signingGeneration === 2,
      ]);
    }
  });

  it("Generations have their own passwords", () => {
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

describe("The keys of generations", () => {
  it("The keys of generations are in no file and no output without exportAuthorityKey", () => {
    const stack = fleet({ exportAuthorityKey: false, outputs: true });

    expect(addresses(stack).filter((address) => /^local_.*\.authority/.test(address))).toEqual([
      "local_file.authority",
    ]);
    expect(stack.json.output).not.toHaveProperty("ca_key");
  });

  it("The keys of generations that are not exported have no password, each at its path", () => {
    const authority = [SECOND, FIRST].map((one) => ({ ...one, passwordVariable: "p" }));
    const reason = "passwordVariable: is for ca.key, which is not written";

    expect(refused({ authority, exportAuthorityKey: false }).sort()).toEqual([
      `authority[0].${reason}`,
      `authority[1].${reason}`,
    ]);
  });

  it("The keys of generations have no password if outputs would contain them without it", () => {
    expect(refused({ authority: [FIRST, { ...SECOND, passwordVariable: "p" }], outputs: true })).toEqual([
      "outputs: would give out keys without their passwords: passwords apply to files only",
    ]);
  });
});

describe("Imported generations", () => {
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

  it("Imported generations may be the only ones, and have no key to export", () => {
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

  it('An imported generation signs with its own files next to one that is made here, with custody "machine"', () => {
    const stack = fleet({ custody: "machine", authority: [FIRST, { ...imported(other), generation: 2 }] });

    expect(declaredOf(stack)).toMatchObject({
      authorities: { "1": { subject: "CN=First CA" }, "2": { key: "none", key_file: other.keyFile } },
      trust: ["1", "2"],
    });
    expect(shownOfAuthority(stack)).toContain(`"2" = {key = "${other.keyFile}"`);
  });
});

describe("AuthorityGenerations", () => {
  it("AuthorityGenerations.all has each generation by its number, the signing one first", () => {
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
  it("PemOutputs has other authorities after its own, only as trust anchors", () => {
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
