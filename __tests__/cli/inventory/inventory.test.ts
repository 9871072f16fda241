import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MadeAuthority, makeAuthority, openssl } from "../../support/authorities";
import { daysFromNow, inventoried, makeServer, stateOf, makePlant } from "./support";

let folder: string;
let root: MadeAuthority;
let server: MadeAuthority;
let lower: MadeAuthority;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inventory-"));
  ({ root, server, lower } = makePlant(folder));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("mqtt-pki inventory", () => {
  it("inventory lists all facts of a certificate", async () => {
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
      tasmotaFingerprint: null,
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

  it("inventory shows when a certificate is due for renewal, if a state has that", async () => {
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
  ])("inventory counts whole days until expiry: %p days from now are %p", async (days, left) => {
    const files = { "pki/ca.pem": root.certificatePem, "pki/a/server.pem": server.certificatePem };
    const { certificates } = await inventoried(files, ["pki"], { now: daysFromNow(days) });

    expect(certificates[1]?.daysLeft).toBe(left);
  });

  it("inventory shows a common name in full", async () => {
    const subject = String.raw`/O=Example, Ltd/CN=Plant 1\/2, B \+ C`;
    const authority = makeAuthority(folder, "with-commas", { subject });
    const { certificates } = await inventoried({ "pki/ca.pem": authority.certificatePem }, ["pki"]);

    expect(certificates).toMatchObject([
      { address: "Plant 1/2, B + C", issuer: { commonName: "Plant 1/2, B + C" }, accepted: true },
    ]);
  });

  it("inventory lists authorities first, and brokers in natural order", async () => {
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

  it("inventory lists sources in the order of the arguments, each once", async () => {
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
