import { X509Certificate } from "node:crypto";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { CUSTODIES, changed, type Custody } from "../e2e/support/custodies";
import type { Engine } from "../e2e/support/machine";
import { blocksBelow } from "../e2e/support/pages";
import type { FileFacts } from "../e2e/support/project";
import { StateServer } from "../e2e/support/state-server";
import { Place, isPem, each, BROKER, NAME, KEY } from "./support/moving";

const PAGE = "how-to/move.md";
const NEW_ADDRESS = "mqtt-9.plant.example.com";
const NEW_NAME = "broker_mqtt-9_plant_example_com";
const OTHERS = ["2001:db8::10", "xn--bcher-kva.example.com"];

function keyOf(files: Record<string, FileFacts>, broker: string): string {
  return files[`brokers/${broker}/server.key`]?.content ?? "none";
}

function describeFleet(engine: Engine, custody: Custody): void {
  const place = new Place(engine, custody);
  const { project } = place;
  const brokers = [BROKER, ...OTHERS];
  /** A fleet in a constant, to which the page's code refers. Only the id differs. */
  const fleet = (id: string, addresses: readonly string[], options = ""): string =>
    `const fleet = ${place.fleet(id, "Test CA", addresses, options)}\n`;
  let before: Record<string, FileFacts>;

  beforeAll(async () => {
    await place.declare(fleet("mqtt", brokers), "mqtt");
    await place.apply("mqtt");
    // With timestamps that `restore` can set.
    project.keep();
    project.restore();
    before = project.files("pki");
  });
  afterAll(() => {
    project.remove();
  });

  describe("another id", () => {
    const [moveState] = blocksBelow(PAGE, "Another id for a fleet", "sh");
    const [leaveState = ""] = blocksBelow(PAGE, "Another id for a fleet", "ts");

    if (custody === "state") {
      it("A plan fails if the state stays under the old id; without files, it creates everything", async () => {
        await place.declare(fleet("plant", brokers), "plant");
        expect(await place.plan("plant")).toContain("pki contains files that this state does not manage");

        await place.declare(fleet("plant", [BROKER], "files: false, outputs: true,"));
        expect(await place.plan("plant")).toContain("Plan: 7 to add, 0 to change, 0 to destroy");
      });
    } else {
      it("A plan fails if the state stays under the old id; with take-over, keys and certificates stay", async () => {
        await place.declare(fleet("stateless", brokers), "stateless");
        expect(await place.plan("stateless")).toContain("pki belongs to the fleet mqtt, workspace default,");

        writeFileSync(project.path("pki/take-over"), "");
        await place.apply("stateless");
        rmSync(project.path("pki/take-over"));
        expect(await place.planned("stateless")).toEqual({});
        expect(changed(before, project.files("pki")).filter(isPem)).toEqual([]);

        await place.declare(fleet("mqtt", brokers), "mqtt");
        expect(await place.plan("mqtt")).toContain("pki now belongs to the fleet stateless, workspace default,");
        project.restore();
      });
    }

    it("A plan is empty if a fleet with another id names its old state, as docs/how-to/move.md says", async () => {
      await place.declare(fleet("elsewhere", brokers) + leaveState, "elsewhere");

      expect(await place.planned("elsewhere")).toEqual({});
    });

    it("A plan is empty if the state moves to another id, as docs/how-to/move.md says", async () => {
      expect(await place.follow(moveState)).toMatchObject({ status: 0 });
      await place.declare(fleet("plant", brokers), "plant");

      expect(await place.planned("plant")).toEqual({});
      expect(changed(before, project.files("pki"))).toEqual([]);
    });
  });

  describe("another address for a broker", () => {
    const heading = "Another address for a broker";
    const [moved = ""] = blocksBelow(PAGE, heading, "ts");
    const [moveFolder] = blocksBelow(PAGE, heading, "sh");

    it("A plan is empty if an address is only spelled in another way", async () => {
      await place.declare(fleet("plant", ["MQTT-1.Plant.Example.com", "2001:DB8:0::10", "bücher.example.com"]));

      expect(await place.planned("plant")).toEqual({});
    });

    it("A plan shows a new key for another address without a moved block or folder", async () => {
      await place.declare(fleet("plant", [NEW_ADDRESS, ...OTHERS]));

      expect(await place.planned("plant")).toMatchObject(
        custody === "state"
          ? { [KEY]: "destroyed", [`tls_private_key.${NEW_NAME}`]: "created" }
          : { removed: `removes brokers/${BROKER}`, [`brokers/${NEW_ADDRESS}`]: "new" },
      );
    });

    if (custody === "state") {
      it("A plan fails if a moved block is the wrong way round", async () => {
        const wrong = moved.replace("from:", "FROM:").replace("to:", "from:").replace("FROM:", "to:");
        await place.declare(fleet("plant", [NEW_ADDRESS, ...OTHERS]) + wrong);

        expect(await place.plan("plant")).toContain("Moved object still exists");
      });
    }

    it("A broker keeps its key under another address, as docs/how-to/move.md says", async () => {
      if (custody === "state") {
        await place.declare(fleet("plant", [NEW_ADDRESS, ...OTHERS]) + moved);
      } else {
        expect(await place.follow(moveFolder)).toMatchObject({ status: 0 });
        await place.declare(fleet("plant", [NEW_ADDRESS, ...OTHERS]));
      }
      expect(await place.planned("plant")).toEqual(
        custody === "state"
          ? { ...each(NAME, "destroyed"), ...each(NEW_NAME, "created") }
          : {
              [`brokers/${BROKER}`]: "destroyed",
              [`brokers/${NEW_ADDRESS}`]: "adopted: a key exists",
              removed: `removes brokers/${BROKER}`,
            },
      );

      await place.apply("plant");
      rmSync(project.path("pki/take-over"), { force: true });
      const after = project.files("pki");
      const certificate = new X509Certificate(after[`brokers/${NEW_ADDRESS}/server.pem`]?.content ?? "");
      expect(certificate.subjectAltName).toBe(`DNS:${NEW_ADDRESS}`);
      expect(keyOf(after, NEW_ADDRESS)).toBe(keyOf(before, BROKER));
      expect(project.flaws()).toEqual([]);
      expect(changed(before, after).filter((path) => isPem(path) && !/mqtt-[19]/.test(path))).toEqual([]);
    });

    it("A plan is empty after an address changed, with the moved block and without", async () => {
      expect(await place.planned("plant")).toEqual({});
      await place.declare(fleet("plant", [NEW_ADDRESS, ...OTHERS]));
      expect(await place.planned("plant")).toEqual({});
    });
  });
}

function describeRemoteStates(engine: Engine, custody: Custody): void {
  const place = new Place(engine, custody);
  const { project } = place;
  let server: StateServer;
  const withState = (fleet: string, state: string): string =>
    `new HttpBackend(${fleet.replace(/;$/, "")}, { address: "${server.address(state)}" });\n`;

  beforeAll(async () => {
    server = await StateServer.start();
  });
  afterAll(async () => {
    await server.stop();
    project.remove();
  });

  it("A plan is empty after a remote state moved, as docs/how-to/move.md says", async () => {
    const [pull, push, migrate] = blocksBelow(PAGE, "Another place for a remote state", "sh");
    const fleet = (id: string, state: string): string =>
      withState(place.fleet(id, "Test CA", [BROKER], 'directory: "pki-plant",'), state);
    await place.declare(fleet("mqtt", "here"), "mqtt");
    await place.apply("mqtt");
    const before = place.pems("plant");

    expect(await place.follow(pull)).toMatchObject({ status: 0 });
    await place.declare(fleet("plant", "there"));
    expect(await place.follow(push)).toMatchObject({ status: 0 });
    expect(await place.planned("plant")).toEqual({});

    await place.declare(fleet("plant", "elsewhere"));
    expect(await place.follow(migrate)).toMatchObject({ status: 0 });
    expect(await place.planned("plant")).toEqual({});

    await place.declare(fleet("renamed", "elsewhere"), "renamed");
    expect(await place.planned("renamed")).toEqual({});
    expect(server.names).toEqual(["elsewhere", "here", "there"]);
    expect(readdirSync(project.path()).filter((name) => name.includes("tfstate"))).toEqual([]);
    expect(changed(before, place.pems("plant"))).toEqual([]);
  });

  if (custody === "state") {
    it("A key moves between remote states as docs/how-to/move.md says", async () => {
      const [move] = blocksBelow(PAGE, "A broker to another fleet, with remote or encrypted states", "sh");
      const fleet = (id: string, brokers: readonly string[]): string =>
        withState(place.fleet(id, `${id} CA`, [`${id}.example.com`, ...brokers], `directory: "pki-${id}",`), id);
      await place.declare(fleet("north", [BROKER]) + fleet("south", []), "north", "south");
      await place.apply("north", "south");

      expect(await place.follow(move)).toMatchObject({ status: 0 });
      await place.declare(fleet("north", []) + fleet("south", [BROKER]));
      expect(await place.planned("north")).toEqual(each(NAME, "destroyed"));
      expect(await place.planned("south")).toEqual(each(NAME, "created"));
      expect(readdirSync(project.path()).filter((name) => name.includes("tfstate"))).toEqual([]);
    });
  }
}

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  describeEach("a fleet", (engine) => {
    describeFleet(engine, custody);
  });
  describeEach("a fleet with a remote state", (engine) => {
    describeRemoteStates(engine, custody);
  });
});
