import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrokerPkiProps } from "../../../lib";
import { makeAuthority, type MadeAuthority, P384 } from "../../support/authorities";
import { conditionsOf, declaredOf, shownOfAuthority } from "../../support/machine";
import { fleet, SUBJECT } from "./support";

describe("imported authority", () => {
  let folder: string;
  let root: MadeAuthority;
  let signer: MadeAuthority;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "authorities-"));
    root = makeAuthority(folder, "root");
    signer = makeAuthority(folder, "signer", { issuer: root, days: 1000, key: P384 });
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const ofRoot = () => ({ certificatePem: root.certificatePem, keyFile: root.keyFile });
  const ofSigner = () => ({
    certificatePem: `${signer.certificatePem}${root.certificatePem}`,
    keyFile: signer.keyFile,
  });
  const declared = (authority: BrokerPkiProps["authority"]) => declaredOf(fleet({ authority })).authorities["1"];
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

  it("declared.json has the certificates of an imported authority, and the path of its key", () => {
    expect(declared(ofSigner())).toEqual({
      key: "none",
      intent: expect.stringMatching(`^[\\da-f]{64}/${sha256(root.certificatePem)}$`) as string,
      password: "",
      digest: "sha384",
      certificate: signer.certificatePem,
      chain: signer.certificatePem,
      trust_anchor: root.certificatePem,
      not_after: endOf(signer),
      fingerprint: sha256(`${signer.certificatePem}${signer.certificatePem}`),
      key_file: signer.keyFile,
    });
    expect(declared(ofRoot())).toMatchObject({ chain: "", digest: "sha256", trust_anchor: root.certificatePem });
  });

  it("declared.json names the variables of an imported authority's key and password", () => {
    expect(declared({ certificatePem: root.certificatePem, keyVariable: "authority_key" })).toMatchObject({
      key_variable: "authority_key",
    });
    const keyFile = "elsewhere/ca.key";
    expect(declared({ ...ofRoot(), keyFile, passwordVariable: "p" })).toMatchObject({
      key_file: `../../../${keyFile}`,
      password_variable: "p",
    });
    expect(declared(ofRoot())).not.toHaveProperty("key_variable");
    expect(declared(ofRoot())).not.toHaveProperty("password_variable");
  });

  it("An imported authority keeps its identity if its certificate is renewed", () => {
    const renewed = makeAuthority(folder, "renewed", { subject: "/CN=root", keyOf: root, days: 4000 });
    const [before, after] = [declared(ofRoot()), declared({ ...ofRoot(), certificatePem: renewed.certificatePem })];
    const partsOf = (one: typeof before) => one?.intent.split("/") ?? [];

    expect(partsOf(after)[0]).toBe(partsOf(before)[0]);
    expect(partsOf(after)[1]).not.toBe(partsOf(before)[1]);
  });

  it("A plan shows the key, the certificate and the expiry date of an imported authority", () => {
    const shown = shownOfAuthority(fleet({ authority: ofSigner() }));

    expect(shown).toContain(`key = "${signer.keyFile}"`);
    expect(shown).toContain(`certificate = "${sha256(`${signer.certificatePem}${signer.certificatePem}`)}"`);
    expect(shown).toContain(`not_after = "${endOf(signer)}"`);
    expect(shownOfAuthority(fleet({ authority: { certificatePem: root.certificatePem, keyVariable: "k" } }))).toContain(
      'key = "var.k"',
    );
  });

  it("An imported authority changes nothing in the entries of brokers", () => {
    expect(declaredOf(fleet({ authority: ofSigner() })).brokers).toEqual(declaredOf(fleet()).brokers);
  });

  it("A plan needs the key file of an imported authority, unless the key is in a variable", () => {
    const { keyFile } = root;
    const { text } = fleet({ authority: ofRoot() });

    expect(text).toContain(`fileexists(\\"${keyFile}`);
    expect(text).toContain(`${keyFile} is not on this machine`);
    expect(text).not.toContain("ca.key is not on this machine");
    expect(fleet().text).toContain("pki/ca.key is not on this machine");
    const inVariable = fleet({ authority: { certificatePem: root.certificatePem, keyVariable: "k" } }).text;
    expect(inVariable.match(/is not on this machine/g)).toHaveLength(1);
  });

  it("A plan needs owner.json of an imported authority's directory on this machine", () => {
    expect(fleet({ authority: ofRoot() }).text).toContain("pki/owner.json is not on this machine");
    expect(fleet().text).not.toContain("owner.json is not on this machine");
  });

  it("An imported authority has no ca.key to check, and does not overwrite another authority's ca.pem", () => {
    const messages = (authority: BrokerPkiProps["authority"]) =>
      JSON.stringify(conditionsOf(fleet({ authority }), "terraform_data.authority"));

    expect(messages(ofRoot())).not.toContain("ca.key");
    expect(messages(ofRoot())).toContain("pki/ca.pem exists and is not the root of the declared authority");
    expect(messages({ subject: SUBJECT })).toContain("pki/ca.key is missing, or is not the key in its record");
  });

  function endOf({ certificatePem }: MadeAuthority): string {
    return new Date(new X509Certificate(certificatePem).validTo).toISOString().replace(".000Z", "Z");
  }
});
