import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { makeAuthority, openssl } from "../support/authorities";
import { changed, CUSTODIES, letEnd, trySynth } from "./support/custodies";
import {
  FIRST,
  SECOND,
  forget,
  fleet,
  namesOf,
  fileNames,
  certificatesIn,
  type Company,
  makeCompany,
  chainOf,
  clientsOf,
} from "./support/imported";
import { describeWith, machine } from "./support/machine";
import { Mosquitto } from "./support/mosquitto";
import { type FileFacts, Project } from "./support/project";
import { CompiledClients, type Target } from "./support/tls-clients";

const tools = machine();
const compiled = new CompiledClients();

beforeAll(async () => {
  await compiled.compile();
});
afterAll(() => {
  compiled.remove();
});

const CLIENTS = clientsOf(compiled);

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  const withoutProviders = custody === "machine";

  describeEach(
    "an imported intermediate authority",
    (engine) => {
      const project = new Project(engine, { withoutProviders });
      let company: Company;
      let before: Record<string, FileFacts>;
      const chainFile = (): string => project.path("company/chain.pem");
      const pem = (address: string): string => project.read("pki/brokers", address, "server.pem");
      const records = custody === "machine" ? ["brokers.records"] : [];
      const pemOf = (address: string): string => `brokers/${address}/server.pem`;

      beforeAll(async () => {
        company = makeCompany(project.path("company"));
        const { root, middle, signer } = company;
        writeFileSync(chainFile(), chainOf(signer, root, middle));
        project.declare(fleet(custody, "mqtt", 'certificateFile: "company/chain.pem", keyFile: "company/signer.key"'));
        await project.synth();
        await project.apply();
        project.keep();
      });
      beforeEach(() => {
        project.restore();
        before = project.files("pki");
      });
      afterAll(() => {
        forget();
        project.remove();
      });

      it("An imported intermediate authority writes public files with mode 0644, and others with 0600", () => {
        for (const [path, { mode }] of Object.entries(before)) {
          expect(`${mode} ${path}`).toBe(`${path.endsWith(".pem") ? "644" : "600"} ${path}`);
        }
      });

      it("Brokers get their chain in order, and clients the root, of an intermediate authority", () => {
        const { root, middle, signer } = company;

        expect(namesOf(before)).toEqual(fileNames(custody));
        expect(project.read("pki/ca.pem")).toBe(root.certificatePem);
        for (const address of [FIRST, SECOND]) {
          const [own = "", ...others] = certificatesIn(pem(address));

          expect(others).toEqual([signer.certificatePem, middle.certificatePem]);
          expect(pem(address)).toBe(own + chainOf(signer, middle));
          expect(new X509Certificate(own).subject).toBe(`CN=${address}`);
        }
      });

      it("A plan is empty for the same chain in another order", async () => {
        const { root, middle, signer } = company;
        expect(await project.planned()).toEqual({});
        writeFileSync(chainFile(), chainOf(signer, middle, root));
        await project.synth();

        expect((await project.plan()).status).toBe(0);
      });

      it("A due certificate of an imported authority is renewed alone, with the same key", async () => {
        letEnd(project, custody, FIRST, 89.99);
        const planned = Object.keys(await project.planned());

        const isOfFirst = /\.broker_mqtt-1_example_com$|^brokers\/mqtt-1\.example\.com$/;
        expect(planned).not.toEqual([]);
        expect(planned.filter((name) => isOfFirst.test(name))).toEqual(planned);
        await project.apply();
        expect(changed(before, project.files("pki"))).toEqual([...records, pemOf(FIRST)]);
        expect(await project.planned()).toEqual({});
      });

      it("Another certificate of an imported authority re-issues all brokers' certificates with their keys", async () => {
        const { root, middle, signer } = company;
        const [request, again] = ["csr", "again.pem"].map((name) => project.path(`company/signer.${name}`));
        const issuer = ["-CA", middle.certificateFile, "-CAkey", middle.keyFile, "-set_serial", "4711"];
        const extensions = ["-extfile", project.path("company/signer.cnf"), "-extensions", "ext", "-days", "3000"];
        openssl(["x509", "-req", "-in", request ?? "", ...issuer, ...extensions, "-out", again ?? ""]);
        const reissued = readFileSync(again ?? "", "utf8");
        expect(reissued).not.toBe(signer.certificatePem);
        writeFileSync(chainFile(), reissued + chainOf(middle, root));
        await project.synth();
        await project.apply();

        const authority = custody === "machine" ? ["authorities.records"] : [];
        const isOther = changed(before, project.files("pki"));
        expect(isOther.filter((path) => !authority.includes(path))).toEqual([...records, pemOf(FIRST), pemOf(SECOND)]);
        for (const address of [FIRST, SECOND]) {
          const [own = "", ...others] = certificatesIn(pem(address));

          expect(others).toEqual([reissued, middle.certificatePem]);
          expect(own).not.toBe(certificatesIn(before[`brokers/${address}/server.pem`]?.content ?? "")[0]);
        }
        expect(await project.planned()).toEqual({});
      });

      it("A synth refuses a chain that is longer than a path length permits", async () => {
        const root = makeAuthority(project.path("company"), "short", {
          subject: "/O=Example Ltd/CN=Root CA",
          extensions: { basicConstraints: "critical, CA:TRUE, pathlen:1" },
        });
        const middle = makeAuthority(project.path("company"), "long", { subject: "/CN=Plants CA", issuer: root });
        const signer = makeAuthority(project.path("company"), "last", { subject: "/CN=Plant CA", issuer: middle });
        writeFileSync(chainFile(), chainOf(signer, middle, root));
        const { status, stderr } = await trySynth(project);

        expect(status).toBe(1);
        expect(stderr).toContain("has 2 authorities below it but permits 1");
      });

      describeWith([tools.mosquitto], "real clients at a real mosquitto", () => {
        let broker: Mosquitto;

        beforeAll(async () => {
          const files = (name: string): string => project.path("pki/brokers", FIRST, name);
          broker = await Mosquitto.start([
            { host: "127.0.0.1", certificate: files("server.pem"), key: files("server.key") },
          ]);
        });
        afterAll(() => broker.stop());

        for (const { name, tools: needed, connect } of CLIENTS) {
          describeWith(needed, name, () => {
            it("A client verifies the chain up to the root in ca.pem, and the name", async () => {
              const target: Target = { host: "127.0.0.1", port: broker.ports[0] ?? 0, name: FIRST };
              const ca = project.path("pki/ca.pem");

              expect((await connect(target, ca)).status).toBe(0);
              expect((await connect({ ...target, name: SECOND }, ca)).status).not.toBe(0);
            });
          });
        }
      });
    },
    [tools.openssl],
  );
});
