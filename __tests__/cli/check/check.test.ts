import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckedBroker } from "../../../lib/cli/check/checked-broker";
import type { Target } from "../../../lib/cli/check/dial/answer";
import { type MadeAuthority, makeAuthority } from "../../support/authorities";
import { daysFromNow, type Files, makeServer, mqttPki } from "../inventory/support";
import { checked, Servers } from "./support";

const ADDRESS = "mqtt-1.example.com";
const folder = mkdtempSync(join(tmpdir(), "check-"));
const servers = new Servers();
const made = new Map<string, MadeAuthority>();

beforeAll(() => {
  const root = makeAuthority(folder, "root", { subject: "/CN=Plant CA" });
  const declared = makeServer(folder, "declared", root);
  const intermediate = makeAuthority(folder, "intermediate", { issuer: root });
  for (const [name, server] of Object.entries({
    root,
    declared,
    intermediate,
    foreign: makeServer(folder, "foreign", makeAuthority(folder, "foreign-ca", { subject: "/CN=Plant CA" })),
    renewed: makeServer(folder, "renewed", root, { keyOf: declared, days: 101 }),
    rekeyed: makeServer(folder, "rekeyed", root, { days: 99 }),
    misnamed: makeServer(folder, "misnamed", root, { extensions: { subjectAltName: "DNS:other.example.com" } }),
    below: makeServer(folder, "below", intermediate),
    wildcard: makeServer(folder, "wildcard", root, { extensions: { subjectAltName: "DNS:*.plant.example.com" } }),
    both: makeServer(folder, "both", root, {
      extensions: { subjectAltName: "DNS:*.plant.example.com, DNS:mqtt-1.example.com, IP:127.0.0.1" },
    }),
    ip: makeServer(folder, "ip", root, { extensions: { subjectAltName: "IP:127.0.0.1" } }),
  })) {
    made.set(name, server);
  }
});
afterAll(async () => {
  await servers.stop();
  rmSync(folder, { recursive: true });
});

function get(name: string): MadeAuthority {
  const one = made.get(name);
  if (one === undefined) {
    throw new Error(`There is no ${name}.`);
  }
  return one;
}

/** A directory with ca.pem and one broker. */
function pki(name: string): Files {
  return {
    "pki/ca.pem": get("root").certificatePem,
    [`pki/brokers/${ADDRESS}/server.pem`]: get(name).certificatePem,
  };
}

/** The finding for the declared broker, dialled on another port. */
async function found(declared: string, port: number, ...args: readonly string[]): Promise<CheckedBroker> {
  const { brokers } = await checked(pki(declared), ["pki", "--connect-to", `${ADDRESS}=127.0.0.1:${port}`, ...args]);
  const [broker] = brokers;
  if (broker === undefined || brokers.length > 1) {
    throw new Error(`There are ${brokers.length} brokers.`);
  }
  return broker;
}

describe("check of a broker that serves its declared certificate", () => {
  it("check reports a broker as current if it serves its declared certificate", async () => {
    const port = await servers.serve(get("declared"));

    expect(await found("declared", port)).toMatchObject({
      source: "pki",
      address: ADDRESS,
      dialled: { host: "127.0.0.1", port, serverName: ADDRESS },
      kinds: ["current"],
      reasons: [],
      accepted: true,
      sameCertificate: true,
      sameKey: true,
      daysLeft: 99,
      protocol: "TLSv1.3",
      cipher: expect.stringMatching(/^TLS_/) as string,
      chainLength: 1,
    });
  });

  it("check --expires-within reports a certificate that expires soon", async () => {
    const port = await servers.serve(get("declared"));

    expect(await found("declared", port, "--expires-within", "90d")).toMatchObject({ kinds: ["current"] });
    expect(await found("declared", port, "--expires-within", "20w")).toMatchObject({
      kinds: ["ending"],
      reasons: [expect.stringMatching(/^expires on \d{4}-\d\d-\d\d$/)],
    });
  });

  it("check reports an expired certificate as refused and ending", async () => {
    const port = await servers.serve(get("declared"));
    const args = ["pki", "--connect-to", `${ADDRESS}=127.0.0.1:${port}`, "--expires-within", "1h"];
    const { brokers } = await checked(pki("declared"), args, { now: daysFromNow(100.5) });

    expect(brokers).toMatchObject([
      {
        kinds: ["refused", "ending"],
        reasons: [expect.stringMatching(/^expired on /)],
        accepted: false,
        sameCertificate: true,
        daysLeft: -1,
      },
    ]);
  });

  it("check reports a broker as refused if it speaks only TLS 1.1", async () => {
    const port = await servers.serve(get("declared"), [], {
      minVersion: "TLSv1.1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT:@SECLEVEL=0",
    });

    expect(await found("declared", port)).toMatchObject({
      kinds: ["refused"],
      reasons: ["comes over TLSv1.1, but clients require TLS 1.2 or newer"],
      protocol: "TLSv1.1",
    });
  });
});

describe("check of a broker that serves another certificate", () => {
  it.each([
    ["an older one", "declared", "renewed", "and has the same key", true],
    ["one with another key", "declared", "rekeyed", "and has another key", false],
  ])("check reports a stale certificate: %s", async (_, served, declared, words, sameKey) => {
    const port = await servers.serve(get(served));
    const broker = await found(declared, port);

    expect(broker).toMatchObject({ kinds: ["stale"], accepted: true, sameCertificate: false, sameKey });
    expect(broker.reasons).toEqual([expect.stringContaining(` the declared certificate, ${words}: serial number `)]);
    expect(broker.reasons[0]).toContain(broker.served?.serialNumber);
    expect(broker.reasons[0]).toContain(broker.declared?.serialNumber);
  });

  it("check says whether a stale certificate is older or newer than the declared one", async () => {
    const port = await servers.serve(get("declared"));
    const inventoried = async (notBefore: string): Promise<CheckedBroker | undefined> => {
      const { output } = await mqttPki(pki("renewed"), ["inventory", "pki", "--format", "json"]);
      const files = {
        "i.json": output.replace(/"notBefore": "[^"]*"/g, `"notBefore": "${notBefore}"`),
        "ca.pem": get("root").certificatePem,
      };
      const route = `${ADDRESS}=127.0.0.1:${port}`;
      return (await checked(files, ["i.json", "--ca", "ca.pem", "--connect-to", route])).brokers[0];
    };

    const [earlier, later] = [await inventoried("2099-01-01T00:00:00Z"), await inventoried("2001-01-01T00:00:00Z")];

    expect(earlier?.reasons).toEqual([expect.stringMatching(/^is older than the declared certificate, /)]);
    expect(later?.reasons).toEqual([expect.stringMatching(/^is newer than the declared certificate, /)]);
    expect(later).toMatchObject({ source: "pki", kinds: ["stale"], sameKey: true });
  });

  it.each<[string, (pins: string) => string, object]>([
    ["its own", (pin) => pin, { sameKey: true, reasons: [expect.stringContaining(", and has the same key: ")] }],
    ["another", () => '"00:FF"', { sameKey: false, reasons: [expect.stringContaining(", and has another key: ")] }],
    ["none", () => "null", { sameKey: null, reasons: [expect.stringMatching(/ the declared certificate: /)] }],
  ])("check compares the key with the pin in an inventory: %s", async (_, replace, expected) => {
    const port = await servers.serve(get("declared"));
    const { output } = await mqttPki(pki("renewed"), ["inventory", "pki", "--format", "json"]);
    const files = {
      "i.json": output.replace(/(?<="keyFingerprint": )"[^"]*"/g, replace),
      "ca.pem": get("root").certificatePem,
    };
    const args = ["i.json", "--ca", "ca.pem", "--connect-to", `${ADDRESS}=127.0.0.1:${port}`];

    expect((await checked(files, args)).brokers).toMatchObject([{ kinds: ["stale"], ...expected }]);
  });

  it("check reports a broker as refused if its certificate lacks a declared name", async () => {
    const port = await servers.serve(get("declared"));
    const { brokers } = await checked(pki("both"), ["pki", "--connect-to", `*.plant.example.com=127.0.0.1:${port}`]);

    expect(brokers).toMatchObject([{ address: "*.plant.example.com", kinds: ["refused", "stale"] }]);
    expect(brokers[0]?.reasons).toContain("is not valid for 127.0.0.1, which is declared");
  });

  it.each([
    ["of an authority of the same name", "foreign", "no chain of signatures leads from it to an authority"],
    ["for another name", "misnamed", "is not valid for this address"],
    ["without its intermediate authority", "below", "no chain of signatures leads from it to an authority"],
  ])("check reports a certificate that clients refuse: %s", async (_, served, reason) => {
    const port = await servers.serve(get(served));
    const broker = await found("declared", port);

    expect(broker).toMatchObject({ kinds: ["refused", "stale"], accepted: false });
    expect(broker.reasons[0]).toContain(reason);
  });

  it("check accepts a certificate with its intermediate authority, and with others after it", async () => {
    const port = await servers.serve(get("below"), [get("intermediate"), get("root"), get("foreign")]);

    expect(await found("below", port)).toMatchObject({ kinds: ["current"], chainLength: 4 });
  });

  it.each([
    ["another certificate before its issuer", ["foreign", "intermediate"]],
    ["the root before its issuer", ["root", "intermediate"]],
    ["itself twice", ["below", "intermediate"]],
  ])("check does not know whether clients accept a certificate that comes with %s", async (_, chain) => {
    const port = await servers.serve(get("below"), chain.map(get));

    expect(await found("below", port)).toMatchObject({
      kinds: ["unknown"],
      accepted: null,
      reasons: [
        expect.stringMatching(
          /^comes with certificates out of order.*: BearSSL, as on ESP8266, refuses it, and others may$/,
        ),
      ],
    });
  });
});

describe("check of a broker that does not speak TLS", () => {
  it("check reports a broker as unreachable if nothing listens on its port", async () => {
    const others = new Servers();
    const port = await others.start(createTcp());
    await others.stop();

    expect(await found("declared", port)).toMatchObject({
      kinds: ["unreachable"],
      reasons: ["has nothing listening on that port (ECONNREFUSED)"],
      served: null,
      declared: { serialNumber: expect.any(String) as string },
      sameCertificate: null,
      accepted: null,
    });
  });

  it("check reports no-tls if the broker closes the connection", async () => {
    const port = await servers.start(createTcp((socket) => socket.on("data", () => socket.end())));

    expect(await found("declared", port)).toMatchObject({
      kinds: ["no-tls"],
      reasons: ["closes the connection during the TLS handshake"],
    });
  });
});

describe("what check dials", () => {
  /** Records the targets instead of dialling them. */
  async function dialled(files: Files, args: readonly string[]): Promise<readonly Target[]> {
    const targets: Target[] = [];
    await checked(files, args, {
      dial: (target) => {
        targets.push(target);
        return Promise.resolve({ kind: "unreachable", reason: "is not there" });
      },
    });
    return targets;
  }

  it("check dials the declared address on port 8883, and sends its name in TLS", async () => {
    expect(await dialled(pki("declared"), ["pki"])).toEqual([
      { host: ADDRESS, port: 8883, name: ADDRESS, serverName: ADDRESS, protocol: "tls", path: "/mqtt" },
    ]);
  });

  it("check sends no server name in TLS to an IP address", async () => {
    const names: unknown[] = [];
    const port = await servers.serve(get("ip"), [], {
      SNICallback: (name, use) => {
        names.push(name);
        use(null);
      },
    });
    const { brokers } = await checked(pki("ip"), ["pki", "--port", `${port}`]);

    expect(brokers).toMatchObject([{ address: "127.0.0.1", kinds: ["current"], dialled: { serverName: null } }]);
    expect(names).toEqual([]);
  });

  it("check --server-name sends another server name in TLS", async () => {
    const names: unknown[] = [];
    const port = await servers.serve(get("declared"), [], {
      SNICallback: (name, use) => {
        names.push(name);
        use(null);
      },
    });

    expect(await found("declared", port, "--server-name", "proxy.example.com")).toMatchObject({ kinds: ["current"] });
    expect(await found("declared", port)).toMatchObject({ kinds: ["current"] });
    expect(names).toEqual(["proxy.example.com", ADDRESS]);
  });

  it("check skips a wildcard without another name, and says so", async () => {
    const { brokers } = await checked(pki("wildcard"), ["pki"]);

    expect(brokers).toMatchObject([
      {
        address: "*.plant.example.com",
        dialled: null,
        kinds: ["skipped"],
        reasons: [expect.stringMatching(/^is a wildcard/)],
      },
    ]);
  });

  it("check dials another name of a wildcard certificate, or the place of --connect-to", async () => {
    const [other] = await dialled(pki("both"), ["pki"]);
    const [told] = await dialled(pki("both"), ["pki", "--connect-to", "*.plant.example.com=[::1]:1883"]);

    expect(other).toMatchObject({ host: ADDRESS, serverName: ADDRESS });
    expect(told).toMatchObject({ host: "::1", port: 1883, name: "any.plant.example.com" });
  });

  it.each([
    ["r.csv", "address,host,port\nmqtt-1.example.com,10.0.0.1,\n"],
    ["r.json", '[{"address": "MQTT-1.example.com", "host": "10.0.0.1"}]'],
  ])("check --connect-to-file dials the places in a file: %s", async (name, text) => {
    const files = { ...pki("declared"), [name]: text };
    const [target] = await dialled(files, ["pki", "--connect-to-file", name, "--port", "1"]);

    expect(target).toMatchObject({ host: "10.0.0.1", port: 1, name: ADDRESS });
  });

  it("check --connect-to overrides --connect-to-file", async () => {
    const files = { ...pki("declared"), "r.csv": `address,host,port\n${ADDRESS},,18883\n` };
    const args = ["pki", "--connect-to-file", "r.csv"];

    expect(await dialled(files, args)).toMatchObject([{ host: ADDRESS, port: 18883 }]);
    expect(await dialled(files, [...args, "--connect-to", `${ADDRESS}=10.0.0.2`])).toMatchObject([
      { host: "10.0.0.2", port: 8883 },
    ]);
  });

  it("check --address dials each address, with its port", async () => {
    const files = { "ca.pem": get("root").certificatePem };
    const args = ["--ca", "ca.pem", "--address", "MQTT-2.example.com:1", "--address", "2001:db8::1"];

    expect(await dialled(files, args)).toMatchObject([
      { host: "mqtt-2.example.com", port: 1 },
      { host: "2001:db8::1", port: 8883, serverName: undefined },
    ]);
  });

  it("check --address reports accepted or refused, as no certificate is declared", async () => {
    const port = await servers.serve(get("ip"));
    const files = { "ca.pem": get("root").certificatePem, "other.pem": get("foreign").certificatePem };
    const args = ["--address", `127.0.0.1:${port}`, "--ca"];

    expect((await checked(files, [...args, "ca.pem"])).brokers).toMatchObject([
      { source: "--address", kinds: ["accepted"], declared: null, sameCertificate: null },
    ]);
    expect((await checked(files, [...args, "other.pem"])).brokers).toMatchObject([{ kinds: ["refused"] }]);
  });

  it("check reports unknown without a ca.pem", async () => {
    const port = await servers.serve(get("declared"));
    const { output } = await mqttPki(pki("declared"), ["inventory", "pki", "--format", "json"]);
    const args = ["-", "--connect-to", `${ADDRESS}=127.0.0.1:${port}`];

    expect((await checked({ "-": output }, args)).brokers).toMatchObject([
      { kinds: ["unknown"], sameCertificate: true, accepted: null },
    ]);
  });

  it("check dials each address once, for the certificate that was issued last", async () => {
    const port = await servers.serve(get("renewed"));
    const files = { ...pki("declared"), "pki/old/server.pem": get("renewed").certificatePem };
    const { brokers } = await checked(files, ["pki", "--connect-to", `${ADDRESS}=127.0.0.1:${port}`]);

    expect(brokers).toHaveLength(1);
  });
});

describe("the exit status of check", () => {
  const answering = (kind: "unreachable" | "no-tls") => ({
    dial: () => Promise.resolve({ kind, reason: "is so" } as const),
  });

  it("check exits with 1 if it finds a kind of --fail-on, otherwise with 0", async () => {
    const run = (failOn: string) =>
      mqttPki(pki("declared"), ["check", "pki", "--retries", "0", "--fail-on", failOn], answering("no-tls"));

    expect(await run("stale, unreachable")).toMatchObject({ status: 0, warnings: [] });
    expect(await run("stale,no-tls")).toMatchObject({ status: 1, warnings: ["Found 1 no-tls."] });
    expect(await run("any")).toMatchObject({ status: 1 });
  });

  it("check exits with 1 for each kind of several --fail-on options", async () => {
    const args = ["check", "pki", "--retries", "0", "--fail-on", "no-tls", "--fail-on", "stale"];

    expect(await mqttPki(pki("declared"), args, answering("no-tls"))).toMatchObject({ status: 1 });
  });

  it("check --fail-on exits with 1 if a certificate in a source cannot be read", async () => {
    const files = { ...pki("declared"), "pki/broken.pem": get("declared").certificatePem.slice(0, 200) };
    const run = (...args: string[]) => mqttPki(files, ["check", "pki", "--retries", "0", ...args], answering("no-tls"));

    expect(await run()).toMatchObject({ status: 0, warnings: [expect.stringContaining("broken.pem")] });
    expect(await run("--fail-on", "stale")).toMatchObject({ status: 1 });
  });

  it.each([
    ["an unknown kind", ["pki", "--fail-on", "stael"], "Did you mean stale?"],
    ["--fail-on ending without a time", ["pki", "--fail-on", "ending"], "--expires-within"],
    ["an address without --ca", ["--address", "a.example.com"], "--ca FILE"],
    ["an invalid address", ["--address", "a b"], "Write a DNS name or an IP address"],
    ["an invalid place", ["pki", "--connect-to", "a=b:0"], "Write a broker's address and where to dial it"],
    ["an invalid port", ["pki", "--port", "65536"], "from 1 to 65535"],
    ["an IP address as --server-name", ["pki", "--server-name", "192.0.2.1"], "Write a DNS name, not an IP address"],
    ["an empty --server-name", ["pki", "--server-name", ""], "Write a DNS name, not an IP address"],
    ["an invalid path", ["pki", "--path", "mqtt"], "Write the path of a URL"],
    ["a path with a line break", ["pki", "--path", "/mqtt\r\nA: b"], "Write the path of a URL"],
    ["no broker", ["none"], "has no broker"],
    ["a ca.pem without a certificate", ["pki", "--ca", "empty"], "holds no certificate"],
    ["a file without addresses", ["pki", "--connect-to-file", "r.csv"], "has no address in row 1"],
    ["a file with an invalid host", ["pki", "--connect-to-file", "h.json"], "has an invalid host in row 1"],
    ["a file with an invalid port", ["pki", "--connect-to-file", "p.json"], "has an invalid port in row 1"],
    [
      "a file without hosts and ports",
      ["pki", "--connect-to-file", "n.json"],
      "has neither a host nor a port in row 1",
    ],
    ["a file that is not a list", ["pki", "--connect-to-file", "o.json"], "is not a list"],
    ["an inventory of another version", ["v2.json"], "of an unknown version"],
    ["an inventory without addresses", ["v1.json"], "with a broker that has no source"],
    ["a plan", ["plan.json"], "is a plan"],
  ])("check exits with 2 for %s", async (_, args, message) => {
    const files = {
      ...pki("declared"),
      "none/ca.pem": get("root").certificatePem,
      empty: "\n",
      "r.csv": "host,port\na,1\n",
      "h.json": '[{"address":"a","host":"a b"}]',
      "p.json": '[{"address":"a","port":0}]',
      "n.json": '[{"address":"a"}]',
      "o.json": "{}",
      "v2.json": '{"version":2,"certificates":[]}',
      "v1.json": '{"version":1,"certificates":[{"kind":"broker"}]}',
      "plan.json": '{"format_version":"1.0","planned_values":{}}',
    };
    const { status, output, warnings } = await mqttPki(files, ["check", ...args], answering("no-tls"));

    expect({ status, output }).toEqual({ status: 2, output: "" });
    expect(warnings.join("\n")).toContain(message);
  });
});

describe("check of many brokers", () => {
  const many = Array.from({ length: 50 }, (_, index) => `mqtt-${index}.example.com`);
  const args = ["check", "--ca", "ca.pem", ...many.flatMap((address) => ["--address", address])];

  it("check dials --concurrency brokers at once, and again those that did not answer", async () => {
    let [now, most] = [0, 0];
    const dials = new Map<string, number>();
    const { output, progress } = await mqttPki(
      { "ca.pem": get("root").certificatePem },
      [...args, "--concurrency", "7", "--retries", "1", "--format", "json"],
      {
        dial: async ({ host }) => {
          now += 1;
          most = Math.max(most, now);
          dials.set(host, (dials.get(host) ?? 0) + 1);
          await new Promise((resolve) => setTimeout(resolve, 1));
          now -= 1;
          const isLate = host === "mqtt-7.example.com" && dials.get(host) === 1;
          return isLate || host === "mqtt-9.example.com"
            ? { kind: "unreachable", reason: "does not answer" }
            : { kind: "served", protocol: "TLSv1.3", cipher: "", chain: [Buffer.from("none")], flaw: undefined };
        },
      },
    );

    expect(most).toBe(7);
    expect(Object.fromEntries([...dials].filter(([, count]) => count > 1))).toEqual({
      "mqtt-7.example.com": 2,
      "mqtt-9.example.com": 2,
    });
    expect(JSON.parse(output)).toMatchObject({ counts: { unreachable: 1, unknown: 49 } });
    expect(progress).toContain("50 of 50 brokers");
    expect(progress.at(-1)).toBe("2 of 2 brokers");
  });
});
