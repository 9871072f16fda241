import { spawn } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Check } from "../../lib/cli/check/checked-broker";
import { makeServer } from "../cli/inventory/support";
import { type MadeAuthority, makeAuthority } from "../support/authorities";
import { BuiltProgram } from "./support/built-program";
import { describeWith, machine } from "./support/machine";
import { Mosquitto } from "./support/mosquitto";
import { commandsBelow } from "./support/pages";

const ADDRESS = "mqtt-1.example.com";

const program = new BuiltProgram();
const { folder } = program;
const served = join(folder, "served");
const declared = join(folder, "pki/brokers", ADDRESS);

beforeAll(() => program.build());
afterAll(() => {
  program.remove();
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program without blocking the servers of this process. */
async function check(...parameters: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [program.file, "check", ...parameters, "--retries", "0"], { cwd: folder });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  child.stdin.end();
  const [status] = (await once(child, "close")) as [number | null];
  return { status, stdout, stderr };
}

describeWith([machine().mosquitto, machine().openssl], "mqtt-pki check, of a real mosquitto", () => {
  let [root, old, renewed, foreign, other, over] = [] as unknown as MadeAuthority[];
  let broker: Mosquitto;

  /** The result of a check of the listener with this index. */
  async function found(listener: number, ...args: string[]): Promise<Ended & Partial<Check["brokers"][number]>> {
    const place = `${ADDRESS}=127.0.0.1:${broker.ports[listener] ?? 0}`;
    const ended = await check("pki", "--connect-to", place, "--format", "json", "--fail-on", "any", ...args);
    const [one] = ended.stdout === "" ? [] : (JSON.parse(ended.stdout) as Check).brokers;
    return { ...ended, ...one };
  }

  function put(directory: string, certificate: MadeAuthority | undefined): void {
    mkdirSync(directory, { recursive: true });
    cpSync(certificate?.certificateFile ?? "", join(directory, "server.pem"));
    cpSync(certificate?.keyFile ?? "", join(directory, "server.key"));
  }

  beforeAll(async () => {
    root = makeAuthority(folder, "root", { subject: "/CN=Plant CA" });
    old = makeServer(folder, "old", root);
    renewed = makeServer(folder, "renewed", root, { keyOf: old, days: 825 });
    foreign = makeServer(folder, "foreign", makeAuthority(folder, "foreign-ca", { subject: "/CN=Plant CA" }));
    other = makeServer(folder, "other", root, { extensions: { subjectAltName: "DNS:other.example.com" } });
    over = makeServer(folder, "over", root, { days: -1 });
    put(declared, old);
    cpSync(root.certificateFile, join(folder, "pki/ca.pem"));
    put(served, old);
    const files = (directory: string) => {
      const file = (name: string): string => join(directory, name);
      return { host: "127.0.0.1", certificate: file("server.pem"), key: file("server.key") } as const;
    };
    const others = [foreign, other, over].map((one, index) => {
      put(join(folder, `other-${index}`), one);
      return files(join(folder, `other-${index}`));
    });
    broker = await Mosquitto.start([files(served), ...others, { ...files(served), protocol: "websockets" }]);
  });
  afterAll(() => broker.stop());

  it("mqtt-pki check exits 0 if brokers serve what is declared", async () => {
    expect(await found(0)).toMatchObject({ status: 0, kinds: ["current"], stderr: "" });
  });

  it("mqtt-pki check reports the old certificate until the broker has loaded the new one", async () => {
    put(declared, renewed);
    put(served, renewed);

    expect(await found(0)).toMatchObject({ status: 1, kinds: ["stale"], sameKey: true, stderr: "Found 1 stale.\n" });

    await broker.reload();

    expect(await found(0)).toMatchObject({ status: 0, kinds: ["current"] });
  });

  it.each([
    ["a foreign authority", 1, "no chain of signatures leads from it"],
    ["another name", 2, "is not valid for this address"],
    ["an end that is past", 3, "expired on "],
  ])("mqtt-pki check reports that clients refuse %s", async (_, listener, reason) => {
    const { status, kinds, reasons = [] } = await found(listener);

    expect({ status, kinds }).toEqual({ status: 1, kinds: ["refused", "stale"] });
    expect(reasons[0]).toContain(reason);
  });

  it("mqtt-pki check dials MQTT and WebSocket", async () => {
    expect(await found(0, "--protocol", "mqtt")).toMatchObject({ status: 0, kinds: ["current"] });
    expect(await found(0, "--protocol", "wss")).toMatchObject({ status: 1, kinds: ["no-mqtt"] });
    // Mosquitto's WebSocket listeners do not reload certificates.
    expect(await found(4, "--protocol", "wss")).toMatchObject({ status: 1, kinds: ["stale"] });
    expect(await found(4, "--protocol", "mqtt")).toMatchObject({ status: 1, kinds: ["no-mqtt", "stale"] });
  });

  it("mqtt-pki check reports a port without TLS, and a port where nothing listens", async () => {
    const plain = await Mosquitto.start([{ host: "127.0.0.1" }]);
    const [port = 0] = plain.ports;
    const at = (number: number) => check("pki", "--connect-to", `${ADDRESS}=127.0.0.1:${number}`, "--fail-on", "any");
    const withoutTls = await at(port);
    await plain.stop();
    const closed = await at(port);

    expect(withoutTls).toMatchObject({ status: 1, stderr: "Found 1 no-tls.\n" });
    expect(closed).toMatchObject({ status: 1, stderr: "Found 1 unreachable.\n" });
  });

  it("mqtt-pki check exits 2 on wrong usage before it dials", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    let count = 0;
    server.on("connection", () => (count += 1));
    const { port } = server.address() as AddressInfo;
    const ended = await check("--address", `127.0.0.1:${port}`, "--ca", "pki/ca.pem", "--fail-on", "stael");
    server.close();

    expect(ended).toMatchObject({ status: 2, stdout: "" });
    expect(ended.stderr).toContain("Did you mean stale?");
    expect(count).toBe(0);
  });

  it("mqtt-pki check works as a gate with the commands of docs/reference/check.md", async () => {
    writeFileSync(join(folder, "places.csv"), `address,host,port\n${ADDRESS},127.0.0.1,${broker.ports[0] ?? 0}\n`);
    const commands = commandsBelow("reference/check.md", "Examples")
      .trim()
      .replace(/^mqtt-pki check /, "");
    const { status, stdout } = await check(...commands.split(" "), "--connect-to-file", "places.csv");

    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^ADDRESS .*\nmqtt-1\.example\.com .* current\n\n1 broker\. Nothing to do: 1 \(1 current\)\.\n$/,
    );
  });
});
