import { cpSync, existsSync } from "node:fs";
import { changed, CUSTODIES, trySynth } from "./support/custodies";
import { machine } from "./support/machine";
import { type FileFacts, Project } from "./support/project";
import { find, secretsOf } from "./support/secrets";
import { shakeHands } from "./support/tls-server";

const [RETIRED, KEPT] = ["2001:db8::10", "mqtt-1.example.com"] as const;
const FOLDER = "2001-db8--10";

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  describeEach(
    "a removed broker",
    (engine) => {
      const project = new Project(engine, { withoutProviders: custody === "machine" });
      const files = ["server.key", "server.pem"].map((name) => `brokers/${FOLDER}/${name}`);
      let before: Record<string, FileFacts>;
      let planned: Record<string, string>;
      let after: Record<string, FileFacts>;

      const declare = (...brokers: string[]): void => {
        project.declareFleet(brokers, `custody: "${custody}"`);
      };

      beforeAll(async () => {
        declare(RETIRED, KEPT);
        await project.synth();
        await project.apply();
        before = project.files("pki");
        cpSync(project.path("pki/brokers", FOLDER), project.path("on-broker"), { recursive: true });
        declare(KEPT);
        expect(await trySynth(project)).toMatchObject({ status: 0 });
        planned = await project.planned();
        await project.apply();
        after = project.files("pki");
        project.keep();
      });
      beforeEach(() => {
        project.restore();
      });
      afterAll(() => {
        project.remove();
      });

      it("The plan that removes a broker names no other broker", () => {
        const name = `broker_ipv6__${FOLDER}`;
        expect(planned).toEqual(
          custody === "machine"
            ? { [`brokers/${FOLDER}`]: "destroyed", removed: `removes brokers/${FOLDER}` }
            : Object.fromEntries(
                [
                  "local_file",
                  "local_sensitive_file",
                  "tls_cert_request",
                  "tls_locally_signed_cert",
                  "tls_private_key",
                ].map((type) => [`${type}.${name}`, "destroyed"]),
              ),
        );
      });

      it("A removed broker loses its files, and no other file changes; custody state keeps its empty folder", async () => {
        expect(changed(before, after)).toEqual([...(custody === "machine" ? ["brokers.records"] : []), ...files]);
        expect(files.filter((path) => path in after)).toEqual([]);
        expect(existsSync(project.path("pki/brokers", FOLDER))).toBe(custody === "state");
        expect(await project.planned()).toEqual({});
      });

      it("Clients with ca.pem still accept the key and certificate of a removed broker", async () => {
        expect(await shakeHands(project.path("on-broker"), RETIRED, project.path("pki/ca.pem"))).toMatchObject({
          status: 0,
        });
      });

      it("The state has no key of a removed broker; with custody state, the backup of the state still has it", () => {
        const secrets = secretsOf(project.read("on-broker/server.key"));

        expect(find(secrets, project.read("terraform.mqtt.tfstate"))).toEqual([]);
        expect(find(secrets, project.read("terraform.mqtt.tfstate.backup")).length > 0).toBe(custody === "state");
      });

      it("A broker that is declared again gets another key; clients still accept the old one", async () => {
        declare(RETIRED, KEPT);
        expect(await trySynth(project)).toMatchObject({ status: 0 });
        await project.apply();

        expect(project.read("pki/brokers", FOLDER, "server.key")).not.toBe(project.read("on-broker/server.key"));
        for (const folder of ["on-broker", `pki/brokers/${FOLDER}`]) {
          expect(await shakeHands(project.path(folder), RETIRED, project.path("pki/ca.pem"))).toMatchObject({
            status: 0,
          });
        }
      });
    },
    [machine().openssl],
  );
});
