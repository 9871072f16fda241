import { chmodSync } from "node:fs";
import { describeBareEngine, machine, type Engine } from "../e2e/support/machine";
import { Project } from "../e2e/support/project";
import { Broker, echo, serviceUser } from "./support/broker";
import { BROKER_KINDS } from "./support/broker-kinds";
import { rowOf, type BrokerRow } from "./support/broker-page";

const [ADDRESS, WITH_ED25519, WITH_PASSWORD] = ["mqtt-1", "mqtt-2", "mqtt-3"].map(
  (name) => `${name}.plant.example.com`,
) as [string, string, string];

// Building a crate takes minutes, so it is built once.
jest.setTimeout(900_000);

const PASSWORD = "only-for-tests";

/** The maximum time of a reload, and of a broker that needs none: 2 minutes on the page. */
const [RELOAD, BY_ITSELF] = [20, 150];

/** The maximum time of a successful start, and the time after which a start counts as failed. */
const [SUCCESS, FAILURE] = [60, 15];

/** One custody is enough: a broker does not see which one made its files. */
const [engine] = [...machine().engines].sort(
  (one, other) => Number(one.missing !== undefined) - Number(other.missing !== undefined),
) as [Engine];

/** Whether the page gives the password to a keystore instead of the key. */
function hasKeystore(row: BrokerRow): boolean {
  return row.password.startsWith("the keystore");
}

function patience(says: string): number {
  return says.startsWith("yes") ? SUCCESS : FAILURE;
}

/** A fleet declared as on the page: a broker, one with an Ed25519 key, and one whose key has a password. */
async function deploy(project: Project, row: BrokerRow, keyVersion = 1): Promise<void> {
  const dialled = 'alternativeAddresses: ["127.0.0.1"]';
  const withPassword = `{ address: "${WITH_PASSWORD}", ${dialled}, passwordVariable: "key_password" }`;
  const isGiven = serviceUser(row.fileGroup) !== undefined;
  project.declareFleet(
    [
      `{ address: "${ADDRESS}", ${dialled}, keyVersion: ${keyVersion} }`,
      `{ address: "${WITH_ED25519}", ${dialled}, keyAlgorithm: KeyAlgorithm.ED25519 }`,
      ...(hasKeystore(row) ? [] : [withPassword]),
    ],
    `custody: "machine",
     ${isGiven ? `fileGroup: "${row.fileGroup}",` : ""}
     ${row.forms.length > 0 ? `forms: ${JSON.stringify(row.forms)},` : ""}
     ${hasKeystore(row) ? 'keystorePasswordVariable: "keystore_password",' : ""}`,
  );
  await project.synth();
  await project.apply();
}

describe.each(BROKER_KINDS)("docs/how-to/brokers.md, $name $version", (kind) => {
  const row = rowOf(kind.name);
  const ofKeystore = hasKeystore(row) ? PASSWORD : undefined;

  const body = (): void => {
    const project = new Project(engine, { withoutProviders: true });
    let broker: Broker | undefined;

    const start = async (address: string, password: string | undefined): Promise<Broker> => {
      broker = await Broker.start(kind, project.path("pki"), address, password);
      return broker;
    };

    beforeAll(async () => {
      project.variables = { key_password: PASSWORD, keystore_password: PASSWORD };
      await deploy(project, row);
      // For the service user.
      chmodSync(project.path(), 0o711);
    });
    afterEach(async () => {
      await broker?.stop();
      broker = undefined;
    });
    afterAll(() => {
      project.remove();
    });

    it("A broker of docs/how-to/brokers.md serves MQTT, and loads renewed certificates as documented", async () => {
      const started = await start(ADDRESS, ofKeystore);
      const client = await started.connect();
      expect(await echo(client)).toBe("hello");
      const first = await started.serial();
      expect(first).toBe(started.deployed);

      await deploy(project, row, 2);
      if (/^automatically|^at each connection/.test(row.renewed)) {
        await started.takesUp(BY_ITSELF);
        await deploy(project, row, 3);
      } else {
        expect(await started.serial()).toBe(first);
      }
      if (row.reloadCommand !== undefined) {
        await started.reload(row.reloadCommand);
      }
      await started.takesUp(row.reloadCommand === undefined ? BY_ITSELF : RELOAD);

      // Connected clients stay connected.
      expect(await echo(client)).toBe("hello");
      await client.endAsync();
      if (row.renewed.includes("`SIGHUP`")) {
        expect(await started.endsAtHangup()).toBe(row.renewed.includes("`SIGHUP` ends it"));
      }
    });

    it("A broker accepts or refuses an Ed25519 key as docs/how-to/brokers.md documents", async () => {
      const started = await start(WITH_ED25519, ofKeystore);
      expect(row.ed25519).toContain(await started.outcome(patience(row.ed25519)));
    });

    if (!hasKeystore(row)) {
      it("A broker accepts or refuses a key with a password as docs/how-to/brokers.md documents", async () => {
        const started = await start(WITH_PASSWORD, PASSWORD);
        expect(row.password).toContain(await started.outcome(patience(row.password)));
      });
    }

    if (serviceUser(row.fileGroup) !== undefined) {
      it("A broker that runs as its own user does not serve with a key of root, as documented", async () => {
        chmodSync(project.path("pki/brokers", ADDRESS, "server.key"), 0o600);
        const started = await start(ADDRESS, ofKeystore);
        const says = kind.name === "ejabberd" ? "does not start, or refuses every client" : "does not start";
        expect(says).toContain(await started.outcome(FAILURE));
      });
    }
  };
  describeBareEngine(engine, "started with the page's own text", body, kind.tools);
});
