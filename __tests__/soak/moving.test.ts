import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CUSTODIES, changed, type Custody, trySynth, wordsOf } from "../e2e/support/custodies";
import { describeEachEngine, type Engine } from "../e2e/support/machine";
import { blocksBelow } from "../e2e/support/pages";
import { type FileFacts, Project } from "../e2e/support/project";
import { allOf, run, type Result } from "../e2e/support/run";
import { StateServer } from "../e2e/support/state-server";

const PAGE = "how-to/move.md";
const [BROKER, NEW_ADDRESS] = ["mqtt-1.plant.example.com", "mqtt-9.plant.example.com"];
const [NAME, NEW_NAME] = ["broker_mqtt-1_plant_example_com", "broker_mqtt-9_plant_example_com"];
const OTHERS = ["2001:db8::10", "xn--bcher-kva.example.com"];
const KEY = `tls_private_key.${NAME}`;

/** What a broker has in the state besides its key, and without a word of its key. */
const BESIDE_KEY = ["local_file", "local_sensitive_file", "tls_cert_request", "tls_locally_signed_cert"];

/** A project whose stacks have names of the test, in which the page is followed. */
class Place {
  public readonly project: Project;

  constructor(
    private readonly engine: Engine,
    private readonly custody: Custody,
  ) {
    this.project = new Project(engine, { withoutProviders: custody === "machine" });
  }

  /** Declares and synthesizes; a stack is initialized where it was not. */
  public async declare(body: string, ...stacks: readonly string[]): Promise<void> {
    this.project.declare(body);
    expect(await trySynth(this.project)).toMatchObject({ status: 0 });
    for (const stack of stacks) {
      this.project.stack = stack;
      if (!existsSync(join(this.project.stackFolder, ".terraform"))) {
        expect(await this.project.run("init", "-input=false", "-no-color")).toMatchObject({ status: 0 });
      }
    }
  }

  public async apply(...stacks: readonly string[]): Promise<void> {
    for (const stack of stacks) {
      this.project.stack = stack;
      await this.project.apply();
    }
  }

  public planned(stack: string): Promise<Record<string, string>> {
    this.project.stack = stack;
    return this.project.planned();
  }

  /** What a plan says, and the error where it stops. */
  public async plan(stack: string): Promise<string> {
    this.project.stack = stack;
    return wordsOf(allOf(await this.project.plan()));
  }

  /** Runs commands of the page, with the engine in Terraform's place. */
  public follow(commands: string | undefined): Promise<Result> {
    const script = `terraform() { command "$ENGINE" "$@"; }\n${commands ?? "false"}`;
    return run("sh", ["-euc", script], {
      cwd: this.project.path(),
      env: { ...this.project.env, ENGINE: this.engine.program },
    });
  }

  /** A fleet as text, by its id and its authority's name. */
  public fleet(id: string, authority: string, brokers: readonly string[], options = ""): string {
    const addresses = brokers.map((address) => `{ address: ${JSON.stringify(address)} }`).join(", ");
    return `new BrokerPki(app, "${id}", {
      custody: "${this.custody}",
      authority: { subject: { commonName: "${authority}" }, keyAlgorithm: KeyAlgorithm.ECDSA_P256 },
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      brokers: [${addresses}],
      ${options}
    });`;
  }

  /** The files of fleets whose directories bear their ids. */
  public pems(...ids: readonly string[]): Record<string, FileFacts> {
    const directories = ids.map((id) => `pki-${id}`);
    const files = directories.flatMap((directory) =>
      Object.entries(this.project.files(directory)).map(([path, facts]) => [`${directory}/${path}`, facts] as const),
    );
    return Object.fromEntries(files);
  }
}

function issuerOf(file: FileFacts | undefined): string {
  return new X509Certificate(file?.content ?? "").issuer;
}

function isPem(path: string): boolean {
  return /\.(key|pem)$/.test(path);
}

function keyOf(files: Record<string, FileFacts>, broker: string): string {
  return files[`brokers/${broker}/server.key`]?.content ?? "none";
}

/** What a plan has, of resources of a broker, by what becomes of them. */
function each(name: string, action: string, types = BESIDE_KEY): Record<string, string> {
  return Object.fromEntries(types.map((type) => [`${type}.${name}`, action]));
}

function describeFleet(engine: Engine, custody: Custody): void {
  const place = new Place(engine, custody);
  const { project } = place;
  const brokers = [BROKER, ...OTHERS];
  /** A fleet in a constant, for what the page adds to it. Only its id differs. */
  const fleet = (id: string, addresses: readonly string[], options = ""): string =>
    `const fleet = ${place.fleet(id, "Test CA", addresses, options)}\n`;
  let before: Record<string, FileFacts>;

  beforeAll(async () => {
    await place.declare(fleet("mqtt", brokers), "mqtt");
    await place.apply("mqtt");
    // With the times that `restore` can give.
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
        expect(await place.plan("mqtt")).toContain("pki belongs to the fleet stateless, workspace default,");
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
      // A key in a folder that no fleet declares stays there.
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
  describeEach("two fleets", (engine) => {
    describeFleets(engine, custody);
  });
  describeEach("a fleet with a remote state", (engine) => {
    describeRemoteStates(engine, custody);
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

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  describeEach("constructs that are used one by one", (engine) => {
    const place = new Place(engine, custody);
    const { project } = place;
    /** @param place where they are, and `names` what their resources are called, or that cdktf calls them something */
    const constructs = (scope: string, names = false, id = "ca"): string => {
      const named = (name: string): string => (names ? `resourceName: "${name}"` : "");
      const files = `
        const files = new PemDirectory(scope, "files", { path: "pki", ${named("files")} });
        files.addAuthority(authority, { key: false, ${named("authority")} });
        files.addServer(server);\n`;
      return `
        const keyAlgorithm = KeyAlgorithm.ECDSA_P256;
        const stack = new TerraformStack(app, "plant");
        const scope = ${scope};
        const authority = new CertificateAuthority(scope, "${id}", {
          custody: "${custody}", subject: { commonName: "Test CA" }, keyAlgorithm, ${named("authority")} });
        const server = new ServerCertificate(scope, "mqtt-1", {
          authority, address: "${BROKER}", keyAlgorithm, ${named("mqtt-1")} });
        ${custody === "state" ? files : ""}`;
    };
    let before: Record<string, FileFacts>;

    beforeAll(async () => {
      await place.declare(constructs("stack"), "plant");
      await place.apply("plant");
      before = project.files("pki");
    });
    afterAll(() => {
      project.remove();
    });

    if (custody === "state") {
      it("A plan fails for constructs without names in another place of the tree", async () => {
        await place.declare(constructs('new Construct(stack, "mqtt")'), "plant");
        const text = await place.plan("plant");

        expect(text).toContain("tls_private_key.ca_key_2A01AB11 will be destroyed");
        expect(text).toContain("pki contains files that this state does not manage");
      });

      it("Constructs get names and keep keys and certificates, as docs/how-to/move.md says", async () => {
        const [moved = ""] = blocksBelow(PAGE, "Constructs one by one", "ts");
        await place.declare(constructs('new Construct(stack, "mqtt")', true) + moved, "plant");
        const text = await place.plan("plant");
        expect(text).toContain("tls_private_key.ca_key_2A01AB11 has moved to tls_private_key.authority");
        expect(text).toContain("Plan: 0 to add, 0 to change, 0 to destroy");
        await place.apply("plant");
      });

      it("Constructs with names may change their ids and their place in the tree", async () => {
        await place.declare(
          constructs('new Construct(new Construct(stack, "site"), "mqtt")', true, "authority"),
          "plant",
        );

        expect(await place.planned("plant")).toEqual({});
        expect(changed(before, project.files("pki"))).toEqual([]);
      });
    } else {
      it("Constructs with custody machine keep keys and certificates in another place of the tree", async () => {
        await place.declare(constructs('new Construct(stack, "mqtt")', false, "authority"), "plant");
        expect(await place.plan("plant")).toContain("pki belongs to the fleet plant, workspace default,");
        writeFileSync(project.path("pki/take-over"), "");
        await place.apply("plant");
        rmSync(project.path("pki/take-over"));

        expect(await place.planned("plant")).toEqual({});
        expect(changed(before, project.files("pki")).filter(isPem)).toEqual([]);
      });
    }
  });
});
