import "reflect-metadata"; // @peculiar/x509 needs it, first
import { createPrivateKey, X509Certificate } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate as ParsedCertificate,
} from "@peculiar/x509";
import { type MadeRequest, makeRequest, onCurve, openssl, type RequestOptions } from "../support/requests";
import { changed, CUSTODIES, type Custody, letEnd, trySynth } from "./support/custodies";
import { describeEachEngine, describeWith, machine } from "./support/machine";
import { Mosquitto } from "./support/mosquitto";
import { type FileFacts, Project } from "./support/project";
import { readRecords, writeRecords } from "./support/records";
import { run, succeed } from "./support/run";
import { nodeClient, pythonClient, sClient } from "./support/tls-clients";

const tools = machine();

/** What no broker's certificate may have, even if a CSR asks for it. */
const TOO_MUCH = [
  "basicConstraints = critical, CA:TRUE",
  "keyUsage = critical, keyCertSign, cRLSign, dataEncipherment",
  "extendedKeyUsage = clientAuth, codeSigning",
  "nsComment = made on the broker",
];

interface Requester extends RequestOptions {
  readonly address: string;
  /** The declared props other than its address and its CSR. */
  readonly props: string;
  /** The expected content of its certificate. */
  readonly subjectText: string;
  readonly namesText: string;
  readonly usages: number;
}

const { digitalSignature, keyEncipherment } = KeyUsageFlags;

const RSA: Requester = {
  address: "rsa.example.com",
  props: "",
  subject: { CN: "rsa.example.com" },
  names: ["DNS:rsa.example.com"],
  newKey: ["-newkey", "rsa:2048"],
  subjectText: "CN=rsa.example.com",
  namesText: "DNS:rsa.example.com",
  usages: digitalSignature | keyEncipherment,
};

const EC: Requester = {
  address: "ec.example.com",
  props:
    'alternativeAddresses: ["mqtt.example.com", "2001:db8::7"], subject: { country: "DE", organization: "Müller & Söhne" },',
  subject: { C: "DE", O: "Müller & Söhne", CN: "ec.example.com" },
  names: ["DNS:ec.example.com", "DNS:mqtt.example.com", "IP:2001:db8::7"],
  newKey: onCurve("P-256"),
  subjectText: "C=DE, O=Müller & Söhne, CN=ec.example.com",
  namesText: "DNS:ec.example.com, DNS:mqtt.example.com, IP Address:2001:DB8:0:0:0:0:0:7",
  usages: digitalSignature,
};

const ED25519: Requester = {
  address: "192.0.2.10",
  props: "",
  subject: { CN: "192.0.2.10" },
  names: ["IP:192.0.2.10"],
  newKey: ["-newkey", "ed25519"],
  subjectText: "CN=192.0.2.10",
  namesText: "IP Address:192.0.2.10",
  usages: digitalSignature,
};

const REQUESTERS = [RSA, EC, ED25519];

const OWN = "own.example.com";

/** The files in a broker's folder. */
function filesOf(address: string, ...names: string[]): string[] {
  return names.map((name) => `brokers/${address}/${name}`);
}

/** Makes a key and a CSR "on the broker": in another folder, from which only the CSR goes into the project. */
function request(project: Project, requester: Requester): MadeRequest {
  const made = makeRequest({ ...requester, extensions: TOO_MUCH });
  const folder = project.path("on-broker", requester.address);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/server.key`, made.key, { mode: 0o600 });
  mkdirSync(project.path("csr"), { recursive: true });
  writeFileSync(csr(project, requester), made.pem);
  return made;
}

function csr(project: Project, { address }: Requester): string {
  return project.path("csr", `${address}.csr`);
}

/** The declaration of a broker with a CSR. */
function declared({ address, props }: Requester): string {
  return `{ address: "${address}", ${props} csrFile: "csr/${address}.csr" }`;
}

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  describeEach(
    "brokers with a CSR, next to one without",
    (engine) => {
      const project = new Project(engine, { withoutProviders: custody === "machine" });
      const records = custody === "machine" ? ["brokers.records"] : [];
      let before: Record<string, FileFacts>;

      const declare = (...brokers: string[]): void => {
        project.declareFleet(brokers, `custody: "${custody}"`);
      };
      const pem = (address: string): string => project.read("pki/brokers", address, "server.pem");
      const keyOnBroker = (address: string): string => project.read("on-broker", address, "server.key");
      const isFor = (address: string, key: string): boolean =>
        new X509Certificate(pem(address)).checkPrivateKey(createPrivateKey(key));
      /** The changes of a broker in a plan: by resource, or with custody machine by its folder. */
      const partsOf = ({ address }: Requester, planned: readonly string[]): string[] =>
        planned.filter((part) =>
          [`brokers/${address}`, `broker_${address.replaceAll(".", "_")}`].includes(part.replace(/^\w+\./, "")),
        );

      /** Applies; expects that only these files changed, and that the plan is empty. */
      const applyChanging = async (...paths: string[]): Promise<void> => {
        await project.apply();
        expect(changed(before, project.files("pki"))).toEqual([...records, ...paths].sort());
        expect(await project.planned()).toEqual({});
      };

      beforeAll(async () => {
        for (const requester of REQUESTERS) {
          request(project, requester);
        }
        declare(...REQUESTERS.map(declared), OWN);
        await project.synth();
        await project.apply();
        project.keep();
      });
      beforeEach(() => {
        project.restore();
        before = project.files("pki");
      });
      afterAll(() => {
        project.remove();
      });

      it("A broker with a CSR gets a certificate for its own key", () => {
        for (const { address } of REQUESTERS) {
          expect(isFor(address, keyOnBroker(address))).toBe(true);
        }
      });

      it("A broker with a CSR has no key in its folder, and no resource of a key", () => {
        const files = Object.keys(before);

        for (const { address } of REQUESTERS) {
          expect(files.filter((path) => path.startsWith(`brokers/${address}/`)).sort()).toEqual(
            filesOf(address, "server.pem"),
          );
        }
        expect(files.filter((path) => path.endsWith(".key")).sort()).toEqual([`brokers/${OWN}/server.key`, "ca.key"]);
        expect(partsOf(EC, Object.keys(project.state())).sort()).toEqual(
          custody === "machine"
            ? []
            : ["local_file.broker_ec_example_com", "tls_locally_signed_cert.broker_ec_example_com"],
        );
      });

      it("A certificate for a CSR has the declared names alone, and nothing else that the CSR asks for", () => {
        for (const { address, subjectText, namesText, usages } of REQUESTERS) {
          const certificate = new ParsedCertificate(pem(address));

          expect(certificate.subject).toBe(subjectText);
          expect(new X509Certificate(pem(address)).subjectAltName).toBe(namesText);
          expect(certificate.getExtension(BasicConstraintsExtension)).toMatchObject({ ca: false, critical: true });
          expect(certificate.getExtension(KeyUsagesExtension)).toMatchObject({ usages, critical: true });
          expect(certificate.getExtension(ExtendedKeyUsageExtension)?.usages).toEqual([ExtendedKeyUsage.serverAuth]);
          // Basic constraints, alternative names, both usages, both key identifiers.
          expect(certificate.extensions).toHaveLength(6);
        }
      });

      it("A certificate for a CSR passes openssl's strict verification", async () => {
        for (const { address } of REQUESTERS) {
          const name = [address === ED25519.address ? "-verify_ip" : "-verify_hostname", address];
          const file = project.path("pki/brokers", address, "server.pem");
          const strict = ["-x509_strict", "-purpose", "sslserver", "-CAfile", project.path("pki/ca.pem")];

          expect(await run("openssl", ["verify", ...strict, ...name, file])).toMatchObject({
            status: 0,
            stdout: `${file}: OK\n`,
          });
        }
      });

      it("A plan is empty for the same CSR as DER, with other line ends, or with text around it", async () => {
        const synthesized = (): unknown =>
          Object.entries(project.files("cdktf.out/stacks/mqtt"))
            .filter(([path]) => !path.startsWith(".terraform"))
            .map(([path, { content }]) => [path, content]);
        const known = synthesized();
        const read = (requester: Requester): string => readFileSync(csr(project, requester), "utf8");
        const text = openssl(project.path(), ["req", "-text", "-in", csr(project, RSA)]).toString();
        writeFileSync(csr(project, RSA), `From: broker\r\n\r\n${text.replaceAll("\n", "\r\n")}\r\n-- \r\nbroker`);
        writeFileSync(csr(project, EC), openssl(project.path(), ["req", "-outform", "DER", "-in", csr(project, EC)]));
        writeFileSync(csr(project, ED25519), read(ED25519).replaceAll("CERTIFICATE", "NEW CERTIFICATE").trim());
        await project.synth();

        expect(known).toContainEqual(["cdk.tf.json", expect.any(String)]);
        expect(synthesized()).toEqual(known);
        expect((await project.plan()).status).toBe(0);
      });

      it("Another CSR re-issues the certificate of its broker alone", async () => {
        const { key } = request(project, EC);
        await project.synth();

        const planned = Object.keys(await project.planned());
        expect(planned).not.toEqual([]);
        expect(partsOf(EC, planned)).toEqual(planned);
        await applyChanging(...filesOf(EC.address, "server.pem"));
        expect(isFor(EC.address, key)).toBe(true);
      });

      it("A due certificate for a CSR is renewed for the same key, alone", async () => {
        letEnd(project, custody, EC.address, 90.01);
        expect(await project.planned()).toEqual({});
        letEnd(project, custody, EC.address, 89.99);
        const planned = Object.keys(await project.planned());

        expect(planned).not.toEqual([]);
        expect(partsOf(EC, planned)).toEqual(planned);
        await applyChanging(...filesOf(EC.address, "server.pem"));
        expect(isFor(EC.address, keyOnBroker(EC.address))).toBe(true);
      });

      it("A broker that gets a CSR loses its key, one without gets a key, and no other file changes", async () => {
        const requester = { ...RSA, address: OWN, subject: { CN: OWN }, names: [`DNS:${OWN}`] };
        request(project, requester);
        declare(...[...REQUESTERS, requester].map(declared));
        await project.synth();

        await applyChanging(...filesOf(OWN, "server.key", "server.pem"));
        expect(Object.keys(project.files("pki")).filter((path) => path.includes(OWN))).toEqual(
          filesOf(OWN, "server.pem"),
        );
        expect(isFor(OWN, keyOnBroker(OWN))).toBe(true);

        before = project.files("pki");
        declare(...REQUESTERS.map(declared), OWN);
        await project.synth();
        await applyChanging(...filesOf(OWN, "server.key", "server.pem"));
        expect(isFor(OWN, project.read("pki/brokers", OWN, "server.key"))).toBe(true);
        expect(project.files("pki")[`brokers/${OWN}/server.key`]?.mode).toBe("600");
      });

      it("A removed broker with a CSR loses its files", async () => {
        declare(declared(RSA), declared(EC), OWN);
        await project.synth();
        await project.apply();

        expect(existsSync(project.path("pki/brokers", ED25519.address, "server.pem"))).toBe(false);
        expect(Object.keys(project.files("pki")).filter((path) => path.includes(ED25519.address))).toEqual([]);
        expect(await project.planned()).toEqual({});
      });

      it("A missing or wrong CSR stops the synth; the command of the message makes a right one", async () => {
        const others = makeRequest({ subject: { CN: "other.example.com" }, names: ["DNS:other.example.com"] });
        writeFileSync(csr(project, RSA), others.pem);
        rmSync(csr(project, EC));
        const known = project.files("cdktf.out");
        const { status, stderr } = await trySynth(project);

        expect(status).toBe(1);
        expect(stderr).toContain('brokers[0].csrFile: (a request) has the subject "commonName=other.example.com"');
        expect(stderr).toContain('brokers[1].csrFile: "csr/ec.example.com.csr" does not exist');
        expect(changed(known, project.files("cdktf.out"))).toEqual([]);

        const commands = stderr.match(/\bopenssl req -new .*$/gm) ?? [];
        expect(commands).toHaveLength(2);
        for (const [index, requester] of [RSA, EC].entries()) {
          const folder = project.path("on-broker", requester.address);
          await succeed("sh", ["-c", commands[index] ?? ""], { cwd: folder });
          cpSync(`${folder}/server.csr`, csr(project, requester));
        }
        await project.synth();
        await applyChanging(...[RSA, EC].flatMap(({ address }) => filesOf(address, "server.pem")));
        for (const { address } of [RSA, EC]) {
          expect(isFor(address, keyOnBroker(address))).toBe(true);
        }
      });

      if (custody === "machine") {
        it("The key of a broker with a CSR is deleted also after a stopped deployment", async () => {
          const folder = project.path("pki/brokers", OWN);
          const requester = { ...RSA, address: OWN, subject: { CN: OWN }, names: [`DNS:${OWN}`] };
          cpSync(folder, project.path("own"), { recursive: true });
          request(project, requester);
          declare(...[...REQUESTERS, requester].map(declared));
          await project.synth();
          const [state, records] = [project.read("terraform.mqtt.tfstate"), readRecords(project, "brokers")];
          await project.apply();
          // The new files are complete and in the journal, and none is in place.
          const { [`brokers/${OWN}`]: made } = readRecords(project, "brokers").brokers;
          cpSync(`${folder}/server.pem`, project.path("made.pem"));
          cpSync(project.path("own"), folder, { recursive: true });
          cpSync(project.path("made.pem"), `${folder}/server.pem.new`);
          writeFileSync(project.path("pki/brokers.journal"), `${JSON.stringify([`brokers/${OWN}`, made])}\n`);
          writeRecords(project, "brokers", records);
          writeFileSync(project.path("terraform.mqtt.tfstate"), state);
          await project.apply();

          expect(
            Object.keys(project.files("pki"))
              .filter((path) => path.includes(OWN))
              .sort(),
          ).toEqual(filesOf(OWN, "server.pem"));
          expect(isFor(OWN, keyOnBroker(OWN))).toBe(true);
          expect(await project.planned()).toEqual({});
        });
      }

      describeWith([tools.mosquitto, tools.python], "a real mosquitto, with the key that stayed on the broker", () => {
        let broker: Mosquitto;

        beforeAll(async () => {
          broker = await Mosquitto.start(
            REQUESTERS.map(({ address }) => ({
              host: "127.0.0.1",
              certificate: project.path("pki/brokers", address, "server.pem"),
              key: project.path("on-broker", address, "server.key"),
            })),
          );
        });
        afterAll(() => broker.stop());

        it.each([
          ["openssl s_client, strict", sClient],
          ["Python's ssl, strict", pythonClient],
          ["Node's tls", nodeClient],
        ])(
          "Clients verify a certificate for a CSR with ca.pem, for the declared names alone: %s",
          async (_name, connect) => {
            const ca = project.path("pki/ca.pem");
            for (const [index, { address }] of REQUESTERS.entries()) {
              const target = { host: "127.0.0.1", port: broker.ports[index] ?? 0 } as const;

              expect((await connect({ ...target, name: address }, ca)).status).toBe(0);
              expect((await connect({ ...target, name: "other.example.com" }, ca)).status).not.toBe(0);
            }
          },
        );
      });
    },
    [tools.openssl],
  );
});

describeEachEngine(
  "a fleet that moves from custody state to custody machine",
  (engine) => {
    const project = new Project(engine);
    const declare = (custody: Custody): void => {
      project.declareFleet([declared(RSA), declared(EC)], `custody: "${custody}"`);
    };

    afterAll(() => {
      project.remove();
    });

    it("A move to custody machine keeps the certificates of brokers with a CSR", async () => {
      request(project, RSA);
      request(project, EC);
      declare("state");
      await project.synth();
      await project.apply();
      const before = project.files("pki");
      const { stdout } = await project.run("state", "list");
      await project.run("state", "rm", ...stdout.trim().split("\n"));
      writeFileSync(project.path("pki/take-over"), "");
      declare("machine");
      await project.synth();

      expect(await project.planned()).toMatchObject({
        [`brokers/${EC.address}`]: "adopted: a certificate exists",
        [`brokers/${RSA.address}`]: "adopted: a certificate exists",
      });
      await project.apply();
      rmSync(project.path("pki/take-over"));
      const contents = (files: Record<string, FileFacts>): Record<string, string> =>
        Object.fromEntries(Object.entries(files).map(([path, { mode, content }]) => [path, `${mode} ${content}`]));
      const records = ["authorities.records", "brokers.records", "owner.json"];
      expect(contents(project.files("pki"))).toEqual({
        ...contents(before),
        ...Object.fromEntries(records.map((path) => [path, expect.stringMatching(/^600 /)])),
      });
      expect(await project.planned()).toEqual({});
    });
  },
  [tools.openssl],
);
