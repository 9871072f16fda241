import { X509Certificate } from "node:crypto";
import { rmSync } from "node:fs";
import { CUSTODIES, changed, type Custody, wordsOf } from "../e2e/support/custodies";
import { describeEachEngine, type Engine } from "../e2e/support/machine";
import { blocksBelow } from "../e2e/support/pages";
import type { FileFacts } from "../e2e/support/project";
import { Place, isPem, each, BROKER, NAME, KEY } from "./support/moving";

const PAGE = "how-to/move.md";

function issuerOf(file: FileFacts | undefined): string {
  return new X509Certificate(file?.content ?? "").issuer;
}

function describeFleets(engine: Engine, custody: Custody): void {
  const place = new Place(engine, custody);
  const { project } = place;
  const [moveKey, moveFolder] = blocksBelow(PAGE, "A broker to another fleet", "sh");
  const move = custody === "state" ? moveKey : moveFolder;
  const fleets = (north: readonly string[], south: readonly string[]): string =>
    place.fleet("north", "north CA", ["north.example.com", ...north], 'directory: "pki-north",') +
    place.fleet("south", "south CA", ["south.example.com", ...south], 'directory: "pki-south",');
  const planned = async (): Promise<readonly [north: Record<string, string>, south: Record<string, string>]> => [
    await place.planned("north"),
    await place.planned("south"),
  ];
  let before: Record<string, FileFacts>;

  beforeAll(async () => {
    await place.declare(fleets([BROKER], []), "north", "south");
    await place.apply("north", "south");
    before = place.pems("north", "south");
  });
  afterAll(() => {
    project.remove();
  });

  it("Plans show a new key for a broker in another fleet if its key was not moved", async () => {
    await place.declare(fleets([], [BROKER]));
    const [north, south] = await planned();

    if (custody === "state") {
      expect([north[KEY], south[KEY]]).toEqual(["destroyed", "created"]);
    } else {
      expect(north["removed"]).toBe(`removes brokers/${BROKER}`);
      expect(south[`brokers/${BROKER}`]).toBe("new");
    }
  });

  it("Plans show a new key for a broker whose key was moved but that is declared in its old fleet", async () => {
    expect(await place.follow(move)).toMatchObject({ status: 0 });
    await place.declare(fleets([BROKER], []));
    const [north, south] = await planned();

    if (custody === "state") {
      expect([north[KEY], south[KEY]]).toEqual(["created", "destroyed"]);
    } else {
      // A key stays in a folder that no fleet declares.
      expect(north[`brokers/${BROKER}`]).toBe("new key and certificate: server.key is missing");
      expect(south).toEqual({});
    }
  });

  it("A broker keeps its key in another fleet, as docs/how-to/move.md says", async () => {
    await place.declare(fleets([], [BROKER]));
    expect(await planned()).toEqual(
      custody === "state"
        ? [each(NAME, "destroyed"), each(NAME, "created")]
        : [
            { [`brokers/${BROKER}`]: "destroyed", removed: `removes brokers/${BROKER}` },
            { [`brokers/${BROKER}`]: "adopted: a key exists" },
          ],
    );

    await place.apply("north", "south");
    rmSync(project.path("pki-south/take-over"), { force: true });
    const [from, to] = [`pki-north/brokers/${BROKER}`, `pki-south/brokers/${BROKER}`];
    const after = place.pems("north", "south");
    expect(after[`${to}/server.key`]?.content).toBe(before[`${from}/server.key`]?.content);
    expect([issuerOf(before[`${from}/server.pem`]), issuerOf(after[`${to}/server.pem`])]).toEqual([
      "CN=north CA",
      "CN=south CA",
    ]);
    expect([project.flaws({}, "pki-north"), project.flaws({}, "pki-south")]).toEqual([[], []]);
    expect(changed(before, after).filter((path) => isPem(path) && !path.includes(BROKER))).toEqual([]);
    expect(await planned()).toEqual([{}, {}]);
  });

  it("A key cannot be moved to a broker that has one already", async () => {
    await place.declare(fleets([BROKER], [BROKER]));
    await place.apply("north");
    const there = place.pems("north", "south");
    const result = await place.follow(move);

    expect(result.status).not.toBe(0);
    expect(wordsOf(result.stderr)).toMatch(
      custody === "state" ? /there is already a resource instance at that address/ : /[Nn]ot empty|File exists/,
    );
    expect(changed(there, place.pems("north", "south"))).toEqual([]);
    expect(await planned()).toEqual([{}, {}]);
  });
}

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  describeEach("two fleets", (engine) => {
    describeFleets(engine, custody);
  });
});

describeEachEngine("two stacks with one authority", (engine) => {
  const place = new Place(engine, "state");
  const { project } = place;
  const stacks = (central: readonly string[], line: readonly string[]): string =>
    `const keyAlgorithm = KeyAlgorithm.ECDSA_P256;
     const central = new TerraformStack(app, "central");
     const line = new TerraformStack(app, "line");
     const authority = new CertificateAuthority(central, "ca", { subject: { commonName: "Test CA" }, keyAlgorithm, resourceName: "authority" });
     const declare = (stack: TerraformStack, names: string[]): void => {
       const files = new PemDirectory(stack, "files", { path: \`pki-\${stack.node.id}\`, resourceName: "files" });
       files.addAuthority(authority, { key: false, resourceName: "authority" });
       for (const resourceName of names) {
         files.addServer(new ServerCertificate(stack, resourceName, { authority, address: \`\${resourceName}.example.com\`, keyAlgorithm, resourceName }));
       }
     };
     declare(central, ${JSON.stringify(central)});
     declare(line, ${JSON.stringify(line)});`;

  afterAll(() => {
    project.remove();
  });

  it("A broker keeps its key and certificate in another stack, as docs/how-to/move.md says", async () => {
    const [move] = blocksBelow(PAGE, "A broker to another stack with the same authority", "sh");
    await place.declare(stacks(["mqtt-1", "mqtt-2"], ["mqtt-3"]), "central", "line");
    await place.apply("central", "line");
    const before = project.files("pki-central");

    expect(await place.follow(move)).toMatchObject({ status: 0 });
    await place.declare(stacks(["mqtt-1"], ["mqtt-2", "mqtt-3"]));
    const files = ["local_file", "local_sensitive_file"];
    expect(await place.planned("central")).toEqual(each("mqtt-2", "destroyed", files));
    expect(await place.planned("line")).toEqual(each("mqtt-2", "created", files));

    await place.apply("central", "line");
    const [central, line] = [project.files("pki-central"), project.files("pki-line")];
    for (const path of ["brokers/mqtt-2.example.com/server.key", "brokers/mqtt-2.example.com/server.pem"]) {
      expect([central[path], line[path]?.content]).toEqual([undefined, before[path]?.content]);
    }
    expect([await place.planned("central"), await place.planned("line")]).toEqual([{}, {}]);
  });
});
