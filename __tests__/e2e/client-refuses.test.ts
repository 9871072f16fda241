import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeServer } from "../cli/inventory/support";
import { makeAuthority } from "../support/authorities";
import { page } from "../support/examples";
import { describeWith, machine } from "./support/machine";
import { blocksBelow, commandsBelow, tableOf } from "./support/pages";
import { allOf, run, succeed } from "./support/run";
import { CompiledClients, nodeClient, pythonClient, sClient, type TlsClient } from "./support/tls-clients";
import { TlsServer } from "./support/tls-server";

const NAME = "mqtt-1.plant.example.com";
const OTHER_NAME = "mqtt-2.plant.example.com";
const OTHER_IP = "192.0.2.20";

const { openssl, python, go, java } = machine();

describeWith([openssl, python, go, java], "docs/how-to/client-refuses.md", () => {
  const root = mkdtempSync(join(tmpdir(), "refuses-"));
  const clients = new CompiledClients();
  const byTitle: Readonly<Record<string, TlsClient>> = {
    OpenSSL: sClient,
    Python: pythonClient,
    Java: clients.java,
    Go: clients.go,
    "Node, MQTT.js": nodeClient,
    Node: nodeClient,
  };
  const servers = new Map<string, TlsServer>();

  const file = (name: string) => join(root, name);
  const portOf = (server: string) => servers.get(server)?.port ?? 0;

  beforeAll(async () => {
    await clients.compile();
    const authority = makeAuthority(root, "ca", { subject: "/CN=Plant CA" });
    makeAuthority(root, "foreign", { subject: "/CN=Foreign CA" });
    makeAuthority(root, "namesake", { subject: "/CN=Plant CA" });
    const extensions = { subjectAltName: `DNS:${NAME}` };
    for (const [name, days] of Object.entries({ sound: 100, expired: -1 })) {
      makeServer(root, name, authority, { days, extensions });
      mkdirSync(file(`pki/brokers/${name}`), { recursive: true });
      renameSync(file(`${name}.key`), file(`pki/brokers/${name}/server.key`));
      renameSync(file(`${name}.pem`), file(`pki/brokers/${name}/server.pem`));
      servers.set(name, await TlsServer.start(file(`pki/brokers/${name}`)));
    }
  });
  afterAll(async () => {
    await Promise.all([...servers.values()].map((server) => server.stop()));
    clients.remove();
    rmSync(root, { recursive: true });
  });

  /** The message of a client that dials a server by a name and trusts the certificates of a file. */
  async function refusal(client: TlsClient, server: string, name: string, trusted: string): Promise<string> {
    const result = await client({ host: "127.0.0.1", port: portOf(server), name }, file(trusted));
    expect(result.status).not.toBe(0);
    return allOf(result);
  }

  /** The clients of a table, with the parts of the message that the table shows. */
  function rowsBelow(heading: string): { client: TlsClient; title: string; parts: string[] }[] {
    return tableOf("how-to/client-refuses.md", heading).flatMap(({ client: title = "", message = "" }) => {
      const names = byTitle[title.replace(/, an IP$/, "")] === undefined ? title.split(", ") : [title];
      return names.flatMap((name) => {
        const client = byTitle[name.replace(/, an IP$/, "")];
        const parts = message.replaceAll("`", "").split("…");
        return client === undefined ? [] : [{ client, title: name, parts: parts.map((part) => part.trim()) }];
      });
    });
  }

  it.each([
    ["The client does not trust the authority", "sound", NAME, "foreign.pem", 5],
    ["The address is not in the certificate", "sound", OTHER_NAME, "ca.pem", 9],
    ["The certificate has expired, or is not valid yet", "expired", NAME, "ca.pem", 5],
  ])("docs/how-to/client-refuses.md shows what clients report: %s", async (heading, server, name, trusted, count) => {
    const rows = rowsBelow(heading);

    expect(rows.length).toBeGreaterThanOrEqual(count);
    for (const { client, title, parts } of rows) {
      const said = await refusal(client, server, title.endsWith(", an IP") ? OTHER_IP : name, trusted);
      for (const part of parts) {
        expect(`${title}: ${said}`).toContain(part);
      }
    }
  });

  it("docs/how-to/client-refuses.md shows what Java reports of an authority of the same name with another key", async () => {
    const message = "Path does not chain with any of the trust anchors";

    expect(page("how-to/client-refuses.md")).toContain(message);
    expect(await refusal(clients.java, "sound", NAME, "namesake.pem")).toContain(message);
  });

  it("docs/how-to/client-refuses.md has a command of openssl that shows the reason", async () => {
    const command = commandsBelow("how-to/client-refuses.md", "2. Find the message");
    const at = (server: string, text: string) =>
      run("/bin/sh", ["-c", text.replace(`-connect ${NAME}:8883`, `-connect 127.0.0.1:${portOf(server)}`)], {
        cwd: root,
      });

    expect(command).toContain(`-connect ${NAME}:8883`);
    expect((await at("sound", command)).status).toBe(0);
    expect(allOf(await at("expired", command))).toContain("certificate has expired");
    expect(allOf(await at("sound", command.replace(`-verify_hostname ${NAME}`, `-verify_ip ${OTHER_IP}`)))).toContain(
      "IP address mismatch",
    );
  });

  it("docs/how-to/client-refuses.md has commands that show what a certificate is", async () => {
    const shown = async (heading: string, server: string) => {
      const [command = ""] = blocksBelow("how-to/client-refuses.md", heading, "sh");
      return succeed("/bin/sh", ["-c", command.replace(`brokers/${NAME}/`, `brokers/${server}/`)], { cwd: root });
    };

    expect(await shown("The client does not trust the authority", "sound")).toMatch(/Plant CA\nsha256 Fingerprint=/);
    expect(await shown("The address is not in the certificate", "sound")).toContain(`DNS:${NAME}`);
    expect(await shown("The client cannot use the kind of key", "sound")).toContain("id-ecPublicKey");
  });

  it("docs/how-to/client-refuses.md shows what Java reports of truststores", async () => {
    const env = { TRUSTSTORE_PASSWORD: "changeit" };
    const [list = ""] = blocksBelow("how-to/client-refuses.md", "Java's truststore", "sh");
    const messages = tableOf("how-to/client-refuses.md", "Java's truststore").map(({ message = "" }) =>
      message.replaceAll("`", ""),
    );
    const target = { host: "127.0.0.1", port: portOf("sound"), name: NAME } as const;
    const make = async (name: string, command: string) => {
      await succeed("/bin/sh", ["-c", command.replace("TARGET", file(name))], { cwd: root });
      return file(name);
    };
    writeFileSync(file("two.pem"), "");
    await succeed("/bin/sh", ["-c", "cat foreign.pem ca.pem > two.pem"], { cwd: root });
    const first = await make(
      "truststore.p12",
      "keytool -importcert -noprompt -alias mqtt -file two.pem -keystore TARGET -storepass changeit",
    );
    const empty = await make(
      "empty.p12",
      "openssl pkcs12 -export -nokeys -in ca.pem -passout pass:changeit -out TARGET",
    );
    const said = [
      await clients.javaWithTruststore(target, first, "changeit"),
      await clients.javaWithTruststore(target, empty, "changeit"),
      await clients.javaWithTruststore(target, first, "wrong-password"),
    ].map(allOf);

    expect(said).toEqual(messages.map((message) => expect.stringContaining(message) as unknown));
    expect(allOf(await run("/bin/sh", ["-c", list], { cwd: root, env }))).toContain("contains 1 entry");
  });
});
