import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entry } from "../../../lib/cli/inventory/entry";
import { FORMATS } from "../../../lib/cli/inventory/inventory-command";
import { ENGINES, fixture } from "../fixtures";
import { type MadeAuthority, makeAuthority, openssl } from "../../support/authorities";
import { daysFromNow, type Files, inventoried, inventory, makeServer, stateOf } from "./support";

let folder: string;
let root: MadeAuthority;
let second: MadeAuthority;
let intermediate: MadeAuthority;
let server: MadeAuthority;
let lower: MadeAuthority;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inventory-"));
  root = makeAuthority(folder, "Plant CA");
  second = makeAuthority(folder, "Plant CA 2");
  intermediate = makeAuthority(folder, "Plant CA for brokers", { issuer: root });
  server = makeServer(folder, "mqtt-1", root, {
    extensions: { subjectAltName: "DNS:mqtt-1.example.com, IP:2001:db8::10, URI:urn:mqtt-1" },
  });
  lower = makeServer(folder, "mqtt-2", intermediate, {
    subject: "/CN=mqtt-2.example.com",
    extensions: { subjectAltName: "DNS:mqtt-2.example.com" },
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What is said of each, in short: `address until accepted issuer`. */
function brief(entries: readonly Entry[]): string[] {
  return entries.map(({ address, generation, accepted, issuer }) => {
    const by =
      issuer === null ? "nobody" : `${issuer.commonName}${issuer.generation === null ? "" : ` (${issuer.generation})`}`;
    return `${address}${generation === null ? "" : ` (${generation})`}: ${String(accepted)}, by ${by}`;
  });
}

describe("an inventory", () => {
  it("has what there is to know of a certificate", async () => {
    const files = {
      "pki/ca.pem": root.certificatePem,
      "pki/brokers/mqtt-1.example.com/server.pem": server.certificatePem,
    };
    const { certificates, unreadable } = await inventoried(files, ["pki"]);
    const field = (...names: string[]) =>
      openssl(["x509", "-in", server.certificateFile, "-noout", ...names])
        .trim()
        .split("=")[1];

    expect(unreadable).toEqual([]);
    expect(certificates[1]).toEqual({
      source: "pki",
      location: "brokers/mqtt-1.example.com/server.pem",
      kind: "broker",
      address: "mqtt-1.example.com",
      names: ["mqtt-1.example.com", "2001:db8::10", "URI:urn:mqtt-1"],
      serialNumber: field("-serial"),
      fingerprint: field("-fingerprint", "-sha256"),
      keyFingerprint: expect.stringMatching(/^(..:){31}..$/) as string,
      keyPin: expect.stringMatching(/^sha256\/\/.{43}=$/) as string,
      tasmotaFingerprint: expect.stringMatching(/^(.. ){19}..$/) as string,
      keyType: "ECDSA P-256",
      usages: ["server"],
      generation: null,
      issuer: { commonName: "Plant CA", generation: null, verified: true },
      notBefore: new Date(field("-startdate") ?? "").toISOString().replace(".000", ""),
      notAfter: new Date(field("-enddate") ?? "").toISOString().replace(".000", ""),
      renewsAt: null,
      estimated: false,
      daysLeft: 99,
      accepted: true,
      reasons: [],
    });
  });

  it("tells from when on a certificate is renewed, where a state says so", async () => {
    const certificate = (address: string, early_renewal_hours: unknown) =>
      [
        `tls_locally_signed_cert.${address}`,
        { cert_pem: address === "one" ? server.certificatePem : lower.certificatePem, early_renewal_hours },
      ] as const;
    const files = {
      "one.json": stateOf(certificate("one", 48), certificate("other", 0)),
      "other.json": stateOf(certificate("one", "48"), certificate("other", 1e300)),
    };
    const { certificates } = await inventoried(files, ["one.json", "other.json"]);
    const [renewed, ...others] = certificates;

    expect(Date.parse(renewed?.notAfter ?? "") - Date.parse(renewed?.renewsAt ?? "")).toBe(48 * 3_600_000);
    expect(others.map(({ renewsAt }) => renewsAt)).toEqual([null, null, null]);
  });

  it.each([
    [0.5, 99],
    [99.5, 0],
    [100.5, -1],
  ])("counts whole days to the end: %p days from now there are %p", async (days, left) => {
    const files = { "pki/ca.pem": root.certificatePem, "pki/a/server.pem": server.certificatePem };
    const { certificates } = await inventoried(files, ["pki"], { now: daysFromNow(days) });

    expect(certificates[1]?.daysLeft).toBe(left);
  });

  it("has the whole of a common name", async () => {
    const subject = String.raw`/O=Example, Ltd/CN=Plant 1\/2, B \+ C`;
    const authority = makeAuthority(folder, "with-commas", { subject });
    const { certificates } = await inventoried({ "pki/ca.pem": authority.certificatePem }, ["pki"]);

    expect(certificates).toMatchObject([
      { address: "Plant 1/2, B + C", issuer: { commonName: "Plant 1/2, B + C" }, accepted: true },
    ]);
  });

  it("has authorities first, and brokers in the order of their numbers", async () => {
    const brokers = ["mqtt-10", "mqtt-9"].map((name) => {
      const extensions = { subjectAltName: `DNS:${name}.example.com` };
      return [`pki/${name}.pem`, makeServer(folder, name, root, { extensions }).certificatePem] as const;
    });
    const { certificates } = await inventoried({ ...Object.fromEntries(brokers), "pki/ca.pem": root.certificatePem }, [
      "pki",
    ]);

    expect(certificates.map(({ address }) => address)).toEqual([
      "Plant CA",
      "mqtt-9.example.com",
      "mqtt-10.example.com",
    ]);
  });

  it("has the sources in their order, and each of them once", async () => {
    const files = {
      "b/ca.pem": root.certificatePem,
      "a.json": stateOf(["tls_self_signed_cert.ca", { cert_pem: root.certificatePem }]),
    };
    const { certificates } = await inventoried(files, ["b", "a.json", "b"]);

    expect(certificates.map(({ source, location }) => `${source}: ${location}`)).toEqual([
      "b: ca.pem",
      "a.json: tls_self_signed_cert.ca",
    ]);
  });
});

describe("the inventory of a directory", () => {
  it("tells generations by where they are", async () => {
    const files = {
      "pki/ca.pem": second.certificatePem + root.certificatePem,
      "pki/authority.pem": root.certificatePem,
      "pki/authorities/2/ca.pem": second.certificatePem,
      "pki/brokers/one/server.pem": server.certificatePem,
    };
    const { certificates } = await inventoried(files, ["pki"]);

    expect(brief(certificates)).toEqual([
      "Plant CA (1): true, by Plant CA (1)",
      "Plant CA 2 (2): true, by Plant CA 2 (2)",
      "mqtt-1.example.com: true, by Plant CA (1)",
    ]);
  });

  it.each<[string, readonly string[], number | null]>([
    ["with its key is the first", ["ca.key"], 1],
    ["without one may be any", [], null],
    ["may be any where keys of others are", ["ca.key", "authorities/2/ca.key"], null],
  ])("a single authority %s", async (_, keys, generation) => {
    const files = { "pki/ca.pem": root.certificatePem, ...Object.fromEntries(keys.map((key) => [`pki/${key}`, ""])) };
    const { certificates } = await inventoried(files, ["pki"]);

    expect(certificates[0]?.generation).toBe(generation);
  });

  it("has a certificate once, where it was before its further forms", async () => {
    const files = {
      "pki/authorities/2/ca.pem": second.certificatePem,
      "pki/trust/ca-2.pem": second.certificatePem,
      "pki/trust/ca.h": "",
      "pki/trust/truststore.p12": "",
    };
    const { certificates } = await inventoried(files, ["pki"]);

    expect(certificates.map(({ location }) => location)).toEqual(["authorities/2/ca.pem"]);
  });

  it("opens no file of a key, and no records", async () => {
    const files = {
      "pki/a/server.combined.pem": "",
      "pki/a/server.p12": "",
      "pki/a/server.pem.key": "",
      "pki/ca.pem": root.certificatePem,
      "pki/ca.key": "",
      "pki/a/server.pem": "",
      "pki/a/server.key": "",
      "pki/brokers.records": "",
      "pki/reloads.records": "",
      "pki/reloads.journal": "",
    };

    expect((await inventory(files, ["pki"])).opened).toEqual(["pki/a/server.pem", "pki/ca.pem"]);
  });

  it("reads certificates in DER, and passes over other files and other PEM", async () => {
    const der = openssl(["x509", "-in", server.certificateFile, "-outform", "DER", "-out", join(folder, "server.cer")]);
    const files: Files = {
      "pki/ca.crt": root.certificatePem,
      "pki/server.cer": readFileSync(join(folder, "server.cer")),
      "pki/notes.txt": server.certificatePem,
      "pki/key.pem": readFileSync(root.keyFile),
    };
    const { certificates, unreadable } = await inventoried(files, ["pki"]);

    expect(der).toBe("");
    expect(certificates.map(({ location }) => location)).toEqual(["ca.crt", "server.cer"]);
    expect(unreadable).toEqual([]);
  });

  it("knows nothing of clients without a ca.pem", async () => {
    const { certificates } = await inventoried({ "pki/server.pem": server.certificatePem }, ["pki"]);

    expect(certificates[0]).toMatchObject({
      accepted: null,
      reasons: ["comes without a ca.pem, so the trust anchors of clients are unknown"],
      issuer: { commonName: "Plant CA", verified: false },
    });
  });

  it("lists what it cannot read, and says so", async () => {
    const broken = server.certificatePem.replace(/\n.{10}/, "\nAAAAAAAAAA");
    const files = {
      "pki/ca.pem": root.certificatePem + broken,
      "pki/cut.pem": server.certificatePem.slice(0, 100),
      "pki/text.pem": "no certificate",
    };
    const { unreadable } = await inventoried(files, ["pki"]);
    const { warnings } = await inventory(files, ["pki"]);

    expect(unreadable).toEqual([
      { source: "pki", location: "ca.pem", reason: "1 of 2 certificates there cannot be read" },
      { source: "pki", location: "cut.pem", reason: "1 of 1 certificates there cannot be read" },
      { source: "pki", location: "text.pem", reason: "is not a certificate" },
    ]);
    expect(warnings).toEqual([
      "warning: pki: ca.pem: 1 of 2 certificates there cannot be read",
      "warning: pki: cut.pem: 1 of 1 certificates there cannot be read",
      "warning: pki: text.pem: is not a certificate",
    ]);
  });
});

describe("the inventory of a state", () => {
  it("takes from files and outputs what a broker presents, and what clients trust", async () => {
    const state = JSON.parse(
      stateOf(
        ["local_file.trust", { content: root.certificatePem }],
        ["tls_locally_signed_cert.one", { cert_pem: lower.certificatePem, ca_cert_pem: intermediate.certificatePem }],
      ),
    ) as { values: object };
    const served = { value: { "mqtt-2": lower.certificatePem + intermediate.certificatePem }, sensitive: false };
    const files = { "s.json": JSON.stringify({ ...state, values: { ...state.values, outputs: { served } } }) };
    const { certificates } = await inventoried(files, ["s.json"]);

    expect(certificates.map(({ location, accepted }) => `${location} ${String(accepted)}`)).toEqual([
      "local_file.trust true",
      'output.served["mqtt-2"]#2 true',
      "tls_locally_signed_cert.one true",
    ]);
  });

  it("finds a broker that presents too little", async () => {
    const state = stateOf(
      ["local_file.trust", { content: root.certificatePem }],
      ["local_file.server", { content: lower.certificatePem }],
      ["tls_locally_signed_cert.one", { cert_pem: lower.certificatePem, ca_cert_pem: intermediate.certificatePem }],
    );
    const { certificates } = await inventoried({ "s.json": state }, ["s.json"]);

    expect(brief(certificates)).toEqual([
      "Plant CA: true, by Plant CA",
      "Plant CA for brokers: true, by Plant CA",
      "mqtt-2.example.com: false, by Plant CA for brokers",
    ]);
  });

  it("does not know what clients trust where no root is in it", async () => {
    const state = stateOf([
      "tls_locally_signed_cert.one",
      { cert_pem: server.certificatePem, ca_cert_pem: root.certificatePem },
    ]);
    const { certificates } = await inventoried({ "s.json": state }, ["s.json"]);

    expect(brief(certificates)).toEqual(["Plant CA: null, by Plant CA", "mqtt-1.example.com: null, by Plant CA"]);
  });

  it("tells a certificate apart that only waits to be destroyed", async () => {
    const state = stateOf(["tls_self_signed_cert.ca", { cert_pem: root.certificatePem }]).replace(
      '"mode"',
      '"deposed_key":"0a1b2c3d","mode"',
    );
    const { certificates } = await inventoried({ "s.json": state }, ["s.json"]);

    expect(certificates[0]?.location).toBe("tls_self_signed_cert.ca (deposed 0a1b2c3d)");
  });

  it("reads standard input where nothing is named", async () => {
    const { certificates } = await inventoried(
      { "-": stateOf(["tls_self_signed_cert.a", { cert_pem: root.certificatePem }]) },
      [],
    );

    expect(certificates.map(({ source }) => source)).toEqual(["-"]);
  });

  it("says where there is no certificate in it", async () => {
    const { warnings, status } = await inventory({ "s.json": '{"format_version":"1.0"}' }, ["s.json"]);

    expect(warnings).toEqual(["warning: s.json holds no certificate"]);
    expect(status).toBe(0);
  });

  it("is not that of a plan", async () => {
    const { warnings, status, output } = await inventory({ "p.json": fixture("terraform", "state", "no-op") }, [
      "p.json",
    ]);

    expect(warnings).toEqual([
      'error: "p.json" is a plan, not a state; write a state with "terraform show -json > state.json" (or tofu)',
    ]);
    expect([status, output]).toEqual([2, ""]);
  });
});

/** Of a plan, the state before it. */
function priorState(plan: string): string {
  const { prior_state: state } = JSON.parse(plan) as { prior_state: object };
  return JSON.stringify(state);
}

describe.each(ENGINES)("the inventory of a state that %s has made", (engine) => {
  const fleet = ["mqtt-1.example.com", "mqtt-2.example.com"];
  const now = new Date("2026-12-01T00:00:00Z");

  it("has a fleet's authority and brokers", async () => {
    const { certificates } = await inventoried({ "s.json": fixture(engine, "state", "state") }, ["s.json"], { now });

    expect(brief(certificates)).toEqual([
      "Plant CA (1): true, by Plant CA (1)",
      ...fleet.map((address) => `${address}: true, by Plant CA (1)`),
    ]);
  });

  it.each(["map", "module", "count", "wired"] as const)("has those of a stack written by hand: %s", async (kind) => {
    const { certificates } = await inventoried({ "s.json": fixture(engine, `hcl/${kind}`, "state") }, ["s.json"], {
      now,
    });

    expect(brief(certificates)).toEqual([
      "Plant CA: true, by Plant CA",
      ...fleet.map((address) => `${address}: true, by Plant CA`),
    ]);
  });

  it("has an intermediate authority", async () => {
    const { certificates } = await inventoried({ "s.json": fixture(engine, "hcl/intermediate", "state") }, ["s.json"], {
      now,
    });

    expect(brief(certificates)).toEqual([
      "Plant CA: true, by Plant CA",
      "Plant CA for brokers: true, by Plant CA",
      ...fleet.map((address) => `${address}: true, by Plant CA for brokers`),
    ]);
  });

  it("has an authority that was made elsewhere, and its number", async () => {
    const state = priorState(fixture(engine, "state", "imported-no-op"));
    const { certificates } = await inventoried({ "s.json": state }, ["s.json"], { now });

    expect(brief(certificates)).toEqual([
      "root: true, by root",
      "one (1): true, by root",
      ...fleet.map((address) => `${address}: true, by one (1)`),
    ]);
  });

  it("has two generations", async () => {
    const state = priorState(fixture(engine, "state", "generation-dropped"));
    const { certificates } = await inventoried({ "s.json": state }, ["s.json"], { now });

    expect(brief(certificates)).toEqual([
      "Plant CA (1): true, by Plant CA (1)",
      "Plant CA 2 (2): true, by Plant CA 2 (2)",
      ...fleet.map((address) => `${address}: true, by Plant CA 2 (2)`),
    ]);
  });

  it("has of custody machine what the state knows, and says where the rest is", async () => {
    const files = { "s.json": fixture(engine, "machine", "state") };
    const { certificates } = await inventoried(files, ["s.json"], { now });
    const { warnings } = await inventory(files, ["s.json"], { now });

    expect(certificates.map(({ kind, address, generation }) => ({ kind, address, generation }))).toEqual([
      { kind: "authority", address: "Plant CA", generation: 1 },
      ...fleet.map((address) => ({ kind: "broker", address, generation: null })),
    ]);
    expect(certificates.map(({ location }) => location)).toEqual([
      'terraform_data.authority["1"]',
      ...fleet.map((address) => `terraform_data.brokers["brokers/${address}"]`),
    ]);
    expect(certificates[1]).toMatchObject({
      names: ["mqtt-1.example.com"],
      keyType: "ECDSA P-256",
      serialNumber: null,
      estimated: true,
      accepted: null,
      reasons: ["is in the directory, not in the state"],
    });
    const [start, end] = [certificates[1]?.notBefore, certificates[1]?.notAfter].map((time) => Date.parse(time ?? ""));
    expect(((end ?? 0) - (start ?? 0)) / 86_400_000).toBe(825);
    expect(warnings).toEqual([
      'warning: s.json has custody "machine": its certificates are in the directory, not in the state',
    ]);
  });

  it("knows no end beyond the end of time", async () => {
    const files = { "s.json": fixture(engine, "machine", "state").replaceAll("825 days", `${"9".repeat(20)} days`) };
    const { certificates } = await inventoried(files, ["s.json"], { now });

    expect(certificates.map(({ notAfter }) => notAfter === null)).toEqual([false, true, true]);
  });

  it("knows no end of what the last deployment left as it was", async () => {
    const state = priorState(fixture(engine, "machine", "generation-signs"));
    const { certificates } = await inventoried({ "s.json": state }, ["s.json"], { now });

    expect(certificates[0]).toMatchObject({ address: "Plant CA", generation: 1, notAfter: null, daysLeft: null });
  });
});

describe("an inventory's end", () => {
  const files = (): Files => ({ "pki/ca.pem": root.certificatePem, "pki/a/server.pem": server.certificatePem });

  it.each([
    ["99d", 0],
    ["101d", 1],
    ["2376h", 0],
    ["2424h", 1],
    ["14w", 0],
    ["15w", 1],
  ])("is told by --expires-within %s: status %p", async (time, expected) => {
    const { status, warnings } = await inventory(files(), ["pki", "--expires-within", time], { now: daysFromNow(0) });

    expect(status).toBe(expected);
    expect(warnings).toHaveLength(expected);
  });

  it("names those that end, and those that are over", async () => {
    const args = ["pki", "--expires-within", "0d"];
    const soon = await inventory(files(), ["pki", "--expires-within", "200d"]);
    const over = await inventory(files(), args, { now: daysFromNow(101) });

    expect(soon.warnings).toEqual([
      expect.stringMatching(/^mqtt-1\.example\.com expires 2\S+Z, 99 days from now \(pki: a\/server\.pem\)$/),
    ]);
    expect(over.warnings).toEqual([
      expect.stringMatching(/^mqtt-1\.example\.com expired 2\S+Z \(pki: a\/server\.pem\)$/),
    ]);
  });

  it("is no matter without the option", async () => {
    expect((await inventory(files(), ["pki"], { now: daysFromNow(5000) })).status).toBe(0);
  });

  it.each([
    ["a certificate that cannot be read", { "pki/x.pem": "-----BEGIN CERTIFICATE-----" }, ["pki"]],
    [
      "an end that is not known",
      { "s.json": priorState(fixture("terraform", "machine", "generation-signs")) },
      ["s.json"],
    ],
  ])("stops for %s", async (_, more, sources) => {
    const { status } = await inventory(more, [...sources, "--expires-within", "1h"], { now: new Date("2026-12-01") });

    expect(status).toBe(1);
  });

  it.each([[["--expires-within", "30"]], [["--expires-within", "-1d"]], [["--format", "xml"]]])(
    "is 2 for %p",
    async (args) => {
      const { status, output } = await inventory(files(), ["pki", ...args]);

      expect([status, output]).toEqual([2, ""]);
    },
  );
});

describe("a private key", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const secrets = pem.split("\n").filter((line) => /^[A-Za-z0-9+/=]{20,}$/.test(line));

  /** Each text with the key after it, or in its place. */
  function planted(text: string, plant: (value: string) => string): string {
    return JSON.stringify(JSON.parse(text), (name, value: unknown) =>
      typeof value === "string" && !["format_version", "type", "mode"].includes(name) ? plant(value) : value,
    );
  }

  it.each(
    (["state", "machine", "hcl/module"] as const).flatMap((kind) =>
      Object.keys(FORMATS).map((format) => [kind, format] as const),
    ),
  )("is in no output of a state full of them: %s as %s", async (kind, format) => {
    const state = fixture("terraform", kind, "state");
    const files = {
      "after.json": planted(state, (value) => value + pem),
      "instead.json": planted(state, () => pem),
      "line.json": planted(state, (value) => value + (secrets[0] ?? "")),
    };
    const args = [...Object.keys(files), "--format", format, "--expires-within", "9999w"];
    const { output, warnings, status } = await inventory(files, args);
    const text = [output, ...warnings].join("\n");

    expect(status).toBeLessThan(2);
    expect(secrets.length).toBeGreaterThan(1);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });
});

describe("a bundle of certificates (PKCS #7)", () => {
  let broker: MadeAuthority;

  beforeAll(() => {
    broker = makeServer(folder, "bundled", root, { days: 1 });
  });

  const bundleOf = (form: string, ...certificates: readonly MadeAuthority[]): Buffer => {
    const file = join(folder, "bundle");
    const options = certificates.flatMap(({ certificateFile }) => ["-certfile", certificateFile]);
    openssl(["crl2pkcs7", "-nocrl", ...options, "-outform", form, "-out", file]);
    return readFileSync(file);
  };

  it.each<[what: string, file: string, content: () => Uint8Array]>([
    ["PEM", "broker.crt", () => bundleOf("PEM", root, broker)],
    ["DER", "broker.p7b", () => bundleOf("DER", root, broker)],
    [
      "PEM of an older label",
      "broker.cer",
      () => Buffer.from(bundleOf("PEM", broker, root).toString().replaceAll("PKCS7", "CERTIFICATES")),
    ],
    ["PEM in UTF-16", "broker.pem", () => Buffer.from(`\ufeff${bundleOf("PEM", root, broker).toString()}`, "utf16le")],
  ])("has its certificates listed: %s", async (_what, file, content) => {
    const files = { "pki/ca.pem": root.certificatePem, [`pki/${file}`]: content() };
    const { certificates, unreadable } = await inventoried(files, ["pki"]);

    expect(unreadable).toEqual([]);
    expect(certificates.map(({ address, location, accepted }) => [address, location, accepted])).toEqual([
      ["Plant CA", "ca.pem", true],
      ["mqtt-1.example.com", file, true],
    ]);
    expect((await inventory(files, ["pki", "--expires-within", "30d"])).status).toBe(1);
  });

  it("is named where it has none, as is each file that is to have one", async () => {
    const files = {
      "pki/empty.p7b": bundleOf("DER"),
      "pki/broken.p7b": bundleOf("DER", root).subarray(0, 200),
      "pki/request.crt": "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
      "pki/dash.crt": broker.certificatePem.replace("-----BEGIN", "----BEGIN"),
      "pki/key.pem": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    };
    const { unreadable } = await inventoried(files, ["pki"]);

    expect(unreadable.map(({ location, reason }) => `${location}: ${reason}`).sort()).toEqual([
      "broken.p7b: is not a certificate",
      "dash.crt: 1 of 1 certificates there cannot be read",
      "empty.p7b: holds no certificate",
      "request.crt: holds no certificate",
    ]);
  });
});
