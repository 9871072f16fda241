import { appendFileSync } from "node:fs";
import { describeOneBareEngine } from "./support/custodies";
import { signByHand } from "./support/by-hand";
import { describeWith, machine, type Tool } from "./support/machine";
import { Project } from "./support/project";
import { type Result, succeed, allOf } from "./support/run";
import { CompiledClients, nodeClient, sClient, type TlsClient } from "./support/tls-clients";
import { TlsServer } from "./support/tls-server";

const { go, java } = machine();
const compiled = new CompiledClients();

beforeAll(async () => {
  await compiled.compile();
});
afterAll(() => {
  compiled.remove();
});

/** The certificates of the fleet: what they are for, their folders, and a name that clients dial. */
const INSIDE = [
  ["the domain itself", "plant.example.com", "plant.example.com"],
  ["a name in it", "mqtt-1.plant.example.com", "mqtt-1.plant.example.com"],
  ["a wildcard in it", "_wildcard.plant.example.com", "mqtt-7.plant.example.com"],
  ["an IPv4 address, which is not limited", "192.0.2.10", "192.0.2.10"],
  ["an IPv6 address, which is not limited", "2001-db8--10", "2001:db8::10"],
] as const;

const OUTSIDE = ["mqtt-1.example.com", "evil-plant.example.com", "plant.example.com.example.org"];

interface Client {
  readonly name: string;
  readonly tools: readonly Tool[];
  readonly connect: TlsClient;
  /** The client's message for an accepted certificate. */
  readonly accepted: string;
  /** The client's message for a name that the authority may not certify. */
  readonly outside: string;
  /** The client's message for an intermediate authority against the path length. */
  readonly tooLong: string;
}

const STRICT_CLIENTS: readonly Client[] = [
  {
    name: "openssl s_client, strict",
    tools: [],
    connect: sClient,
    accepted: "Verify return code: 0 (ok)",
    outside: "permitted subtree violation",
    tooLong: "path length constraint exceeded",
  },
  {
    name: "Node's tls",
    tools: [],
    connect: nodeClient,
    accepted: "verified",
    outside: "permitted subtree violation",
    tooLong: "path length constraint exceeded",
  },
  {
    name: "Go's crypto/tls",
    tools: [go],
    connect: compiled.go,
    accepted: "verified",
    outside: "x509: a root or intermediate certificate is not authorized to sign for this name",
    tooLong: "x509: too many intermediates for path length constraint",
  },
];

describeOneBareEngine("an authority for one domain, with no authority below it", (engine) => {
  const project = new Project(engine, { withoutProviders: true });
  const servers = new Map<string, TlsServer>();

  const serve = async (folder: string): Promise<void> => {
    servers.set(folder, await TlsServer.start(project.path(folder)));
  };
  const dial = (connect: TlsClient, folder: string, name: string): Promise<Result> =>
    connect({ host: "127.0.0.1", port: servers.get(folder)?.port ?? 0, name }, project.path("pki/ca.pem"));

  /** A certificate that the authority's key signs although it may not, or that no fleet declares. */
  const signAndServe = async (name: string, folder: string, signer = "pki/ca"): Promise<void> => {
    const extensions = [`subjectAltName=DNS:${name}`, "extendedKeyUsage=serverAuth"];
    await signByHand(project, { folder, broker: "192.0.2.10", commonName: name, days: 10, extensions, signer });
    if (signer !== "pki/ca") {
      appendFileSync(project.path(folder, "server.pem"), project.read(`${signer}.pem`));
    }
    await serve(folder);
  };

  beforeAll(async () => {
    project.declare(`new BrokerPki(app, "mqtt", {
      custody: "machine",
      authority: { subject: { commonName: "Plant CA", emailAddress: "pki@example.com" }, permittedDomains: ["plant.example.com"], pathLength: 0 },
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      brokers: ["plant.example.com", "mqtt-1.plant.example.com", "*.plant.example.com", "192.0.2.10", "2001:db8::10"].map((address) => ({ address })),
    });`);
    await project.deploy();
    for (const [, folder] of INSIDE) {
      await serve(`pki/brokers/${folder}`);
    }
    for (const name of [...OUTSIDE, "by-hand.plant.example.com"]) {
      await signAndServe(name, name);
    }
    const extensions = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"];
    const between = { folder: "between", broker: "plant.example.com", commonName: "CA below", days: 20, extensions };
    await signByHand(project, between);
    await signAndServe("below.plant.example.com", "below", "between/server");
  });
  afterAll(async () => {
    for (const server of servers.values()) {
      await server.stop();
    }
    project.remove();
  });

  it("A certificate of an authority for one domain has critical name constraints and a path length", async () => {
    const extensions = ["-ext", "nameConstraints,basicConstraints"];
    const text = await succeed("openssl", ["x509", "-in", project.path("pki/ca.pem"), "-noout", ...extensions]);
    const lines = text
      .trim()
      .split(/\s*\n\s*/)
      .join("\n");

    expect(lines).toContain("X509v3 Name Constraints: critical\nPermitted:\nDNS:plant.example.com");
    expect(lines).toContain("X509v3 Basic Constraints: critical\nCA:TRUE, pathlen:0");
    expect(lines.split("\n")).toHaveLength(5);
  });

  for (const { name: client, tools, connect, accepted, outside, tooLong } of STRICT_CLIENTS) {
    describeWith(tools, client, () => {
      it.each(INSIDE)("A client accepts %s: %s", async (_case, folder, name) => {
        const result = await dial(connect, `pki/brokers/${folder}`, name);

        expect(allOf(result)).toContain(accepted);
        expect(result.status).toBe(0);
      });

      it("A client accepts a name inside the name constraints, even if no fleet declares it", async () => {
        const result = await dial(connect, "by-hand.plant.example.com", "by-hand.plant.example.com");

        expect(allOf(result)).toContain(accepted);
        expect(result.status).toBe(0);
      });

      it.each(OUTSIDE)(
        "A client refuses a name outside the name constraints that the authority's key signed: %s",
        async (name) => {
          const result = await dial(connect, name, name);

          expect(allOf(result)).toContain(outside);
          expect(result.status).not.toBe(0);
        },
      );

      it("A client refuses a certificate of an intermediate authority against the path length", async () => {
        const result = await dial(connect, "below", "below.plant.example.com");

        expect(allOf(result)).toContain(tooLong);
        expect(result.status).not.toBe(0);
      });
    });
  }

  describeWith([java], "Java's JSSE", () => {
    it.each(INSIDE)("Java accepts %s: %s", async (_case, folder, name) => {
      expect(await dial(compiled.java, `pki/brokers/${folder}`, name)).toMatchObject({
        status: 0,
        stdout: "verified\n",
      });
    });

    it("Java refuses a name that is not in the certificate", async () => {
      const result = await dial(compiled.java, "pki/brokers/plant.example.com", "mqtt-1.plant.example.com");

      expect(allOf(result)).toContain("No subject alternative DNS name matching mqtt-1.plant.example.com found");
      expect(result.status).toBe(1);
    });

    it.each([
      ["a name outside", "mqtt-1.example.com", "mqtt-1.example.com"],
      ["a certificate of an authority below", "below", "below.plant.example.com"],
    ])("Java ignores the constraints of a trust anchor, and accepts %s", async (_case, folder, name) => {
      expect(await dial(compiled.java, folder, name)).toMatchObject({ status: 0, stdout: "verified\n" });
    });
  });
});
