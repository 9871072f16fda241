import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { changed, CUSTODIES, letEnd, wordsOf } from "./support/custodies";
import { describeWith, machine } from "./support/machine";
import { blocksBelow } from "./support/pages";
import { type FileFacts, Project } from "./support/project";
import { succeed } from "./support/run";
import { shakeHands } from "./support/tls-server";

const [EXPIRY = ""] = blocksBelow("how-to/re-key.md", "Steps", "sh");

const PASSWORD = "one of 'its' own";

const [FIRST, SECOND] = ["mqtt-1.example.com", "mqtt-2.example.com"] as const;

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  const records = custody === "machine" ? ["brokers.records"] : [];

  const filesOf = (address: string, ...names: string[]): string[] => names.map((name) => `brokers/${address}/${name}`);

  /** The changes of a broker in a plan: by resource with custody `state`, as a reason with custody `machine`. */
  const planOf = (address: string, ofState: Record<string, string>, inWords: string): Record<string, string> => {
    const name = `broker_${address.replaceAll(".", "_")}`;
    return custody === "machine"
      ? { [`brokers/${address}`]: inWords }
      : Object.fromEntries(Object.entries(ofState).map(([resource, action]) => [resource.replace("*", name), action]));
  };

  const FOLLOWING = {
    "tls_cert_request.*": "replaced",
    "tls_locally_signed_cert.*": "replaced",
    "local_file.*": "replaced",
    "local_sensitive_file.*": "replaced",
  };

  describeEach("a key", (engine) => {
    const project = new Project(engine, { withoutProviders: custody === "machine" });
    let before: Record<string, FileFacts>;

    const declare = async (first: string, options = "", ofAuthority = ""): Promise<void> => {
      project.declareFleet(
        [`{ address: "${FIRST}", ${first} }`, SECOND],
        `custody: "${custody}", ${options}`,
        ofAuthority,
      );
      await project.synth();
    };
    const publicKey = (address: string, passphrase?: string): string => {
      const key = createPrivateKey({ key: project.read("pki/brokers", address, "server.key"), passphrase });
      return createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
    };

    beforeAll(async () => {
      await declare("");
      await project.apply();
      project.keep();
    });
    beforeEach(() => {
      project.restore();
      project.variables = {};
      before = project.files("pki");
    });
    afterAll(() => {
      project.remove();
    });

    describeWith([machine().openssl], "with openssl", () => {
      it("The command of docs/how-to/re-key.md prints when the certificate of the old key expires", async () => {
        const { validTo } = new X509Certificate(project.read("pki/brokers", FIRST, "server.pem"));

        expect(await succeed("sh", ["-ec", EXPIRY], { cwd: project.path() })).toBe(`notAfter=${validTo}\n`);
      });
    });

    it("Another keyVersion re-keys that broker alone", async () => {
      const old = publicKey(FIRST);
      await declare("keyVersion: 2");

      expect(await project.planned()).toEqual(
        planOf(
          FIRST,
          { ...FOLLOWING, "tls_private_key.*__key_2": "created", "tls_private_key.*": "destroyed" },
          "new key and certificate: another version of the key is declared",
        ),
      );
      await project.apply();
      expect(changed(before, project.files("pki"))).toEqual([
        ...records,
        ...filesOf(FIRST, "server.key", "server.pem"),
      ]);
      expect(publicKey(FIRST)).not.toBe(old);
      expect(project.flaws()).toEqual([]);
      expect((await shakeHands(project.path("pki/brokers", FIRST), FIRST, project.path("pki/ca.pem"))).status).toBe(0);
      expect(await project.planned()).toEqual({});

      const second = publicKey(FIRST);
      before = project.files("pki");
      letEnd(project, custody, FIRST, 1);
      await project.apply();
      expect(changed(before, project.files("pki"))).toEqual([...records, ...filesOf(FIRST, "server.pem")]);
      expect(publicKey(FIRST)).toBe(second);

      await declare("");
      await project.apply();
      expect([old, second]).not.toContain(publicKey(FIRST));
    });

    it("A password or renewBefore keeps the key; keyVersion of the fleet re-keys brokers that declare none", async () => {
      const path = `brokers/${SECOND}/server.key`;
      const recordOfPassword = custody === "state" ? ["server.key.json"] : [];
      const first = "keyVersion: 1, passwordVariable: false, renewBefore: Duration.days(30)";
      project.variables = { broker_password: PASSWORD };
      await declare(first, 'passwordVariable: "broker_password"');
      const old = publicKey(SECOND);
      await project.apply();
      expect(changed(before, project.files("pki"))).toEqual([
        ...records,
        ...filesOf(SECOND, "server.key", ...recordOfPassword),
      ]);
      expect(publicKey(SECOND, PASSWORD)).toBe(old);

      before = project.files("pki");
      await declare(first, 'passwordVariable: "broker_password", keyVersion: 2');
      await project.apply();

      expect(changed(before, project.files("pki"))).toEqual([
        ...records,
        ...filesOf(SECOND, "server.key", ...recordOfPassword, "server.pem"),
      ]);
      expect(publicKey(SECOND, PASSWORD)).not.toBe(old);
      expect(() => publicKey(SECOND)).toThrow();
      expect(project.flaws({ [path]: PASSWORD })).toEqual([]);
    });

    it("Another keyAlgorithm re-keys the broker, and the plan shows it", async () => {
      await declare("keyAlgorithm: KeyAlgorithm.ECDSA_P384");

      expect(await project.planned()).toEqual(
        planOf(
          FIRST,
          { ...FOLLOWING, "tls_private_key.*": "replaced" },
          "new key and certificate: another algorithm is declared",
        ),
      );
      await project.apply();
      expect(changed(before, project.files("pki"))).toEqual([
        ...records,
        ...filesOf(FIRST, "server.key", "server.pem"),
      ]);
    });

    it("Other names, another subject or another duration re-issue the certificate with the same key", async () => {
      const { "tls_cert_request.*": request, "local_sensitive_file.*": _, ...certificate } = FOLLOWING;
      const words = "new certificate, same key: another is declared";
      await declare(
        'alternativeAddresses: ["also.example.com"], subject: { organization: "Example Ltd" }, duration: Duration.days(825)',
        "duration: Duration.days(365)",
      );

      expect(await project.planned()).toEqual({
        ...planOf(FIRST, { ...certificate, "tls_cert_request.*": request }, words),
        ...planOf(SECOND, certificate, words),
      });
      await project.apply();
      expect(changed(before, project.files("pki"))).toEqual([
        ...records,
        ...filesOf(FIRST, "server.pem"),
        ...filesOf(SECOND, "server.pem"),
      ]);
    });
  });

  describeEach("an authority", (engine) => {
    const project = new Project(engine, { withoutProviders: custody === "machine" });

    afterAll(() => {
      project.remove();
    });

    it("An authority is replaced under its number only with preventDestroy: false", async () => {
      const declare = async (ofAuthority: string): Promise<void> => {
        project.declareFleet([FIRST], `custody: "${custody}"`, ofAuthority);
        await project.synth();
      };
      await declare("");
      await project.apply();
      const before = project.files("pki");
      for (const change of ["keyAlgorithm: KeyAlgorithm.ECDSA_P384", 'subject: { commonName: "Another CA" }']) {
        await declare(change);
        const result = await project.tryApply();

        expect(result.status).toBe(1);
        expect(wordsOf(result.stderr)).toMatch(/authority has .*prevent_destroy set|clients trust no other/);
        expect(project.files("pki")).toEqual(before);
      }
      await declare("keyAlgorithm: KeyAlgorithm.ECDSA_P384, preventDestroy: false");
      await project.apply();

      const after = project.files("pki");
      expect(after["ca.key"]?.content).not.toBe(before["ca.key"]?.content);
      expect((await shakeHands(project.path("pki/brokers", FIRST), FIRST, project.path("pki/ca.pem"))).status).toBe(0);
      // If the key is only in its file, copies of the old key and of what it signed stay next to it.
      const aside = Object.keys(after).filter((path) => /^ca\.(key|pem)\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/.test(path));
      expect(aside.sort().map((path) => after[path]?.content)).toEqual(
        custody === "machine" ? [before["ca.key"]?.content, before["ca.pem"]?.content] : [],
      );
    });
  });
});
