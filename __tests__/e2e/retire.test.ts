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
    "a broker that is declared no longer",
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

      it("is taken away by a plan that names it alone", () => {
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

      it("has no file any more, and no other file is touched; its empty folder stays with custody state", async () => {
        expect(changed(before, after)).toEqual([...(custody === "machine" ? ["brokers.records"] : []), ...files]);
        expect(files.filter((path) => path in after)).toEqual([]);
        expect(existsSync(project.path("pki/brokers", FOLDER))).toBe(custody === "state");
        expect(await project.planned()).toEqual({});
      });

      it("is verified as before by clients that have ca.pem, as long as somebody has its key and certificate", async () => {
        expect(await shakeHands(project.path("on-broker"), RETIRED, project.path("pki/ca.pem"))).toMatchObject({
          status: 0,
        });
      });

      it("has no key in the state any more; with custody state, the backup of the state before has it still", () => {
        const secrets = secretsOf(project.read("on-broker/server.key"));

        expect(find(secrets, project.read("terraform.mqtt.tfstate"))).toEqual([]);
        expect(find(secrets, project.read("terraform.mqtt.tfstate.backup")).length > 0).toBe(custody === "state");
      });

      it("gets another key where it is declared again; the old one stays good", async () => {
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
