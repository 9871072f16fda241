import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENGINES, fixture } from "../fixtures";
import type { MadeAuthority } from "../../support/authorities";
import { brief, inventoried, inventory, priorState, stateOf, makePlant } from "./support";

let folder: string;
let root: MadeAuthority;
let intermediate: MadeAuthority;
let server: MadeAuthority;
let lower: MadeAuthority;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "state-source-"));
  ({ root, intermediate, server, lower } = makePlant(folder));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("mqtt-pki inventory of a state", () => {
  it("inventory reads presented chains and trust anchors from files and outputs of a state", async () => {
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

  it("inventory finds a broker in a state that presents an incomplete chain", async () => {
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

  it("inventory reports unknown for a state without a root certificate", async () => {
    const state = stateOf([
      "tls_locally_signed_cert.one",
      { cert_pem: server.certificatePem, ca_cert_pem: root.certificatePem },
    ]);
    const { certificates } = await inventoried({ "s.json": state }, ["s.json"]);

    expect(brief(certificates)).toEqual(["Plant CA: null, by Plant CA", "mqtt-1.example.com: null, by Plant CA"]);
  });

  it("inventory marks a deposed certificate in a state", async () => {
    const state = stateOf(["tls_self_signed_cert.ca", { cert_pem: root.certificatePem }]).replace(
      '"mode"',
      '"deposed_key":"0a1b2c3d","mode"',
    );
    const { certificates } = await inventoried({ "s.json": state }, ["s.json"]);

    expect(certificates[0]?.location).toBe("tls_self_signed_cert.ca (deposed 0a1b2c3d)");
  });

  it("inventory reads standard input without arguments", async () => {
    const { certificates } = await inventoried(
      { "-": stateOf(["tls_self_signed_cert.a", { cert_pem: root.certificatePem }]) },
      [],
    );

    expect(certificates.map(({ source }) => source)).toEqual(["-"]);
  });

  it("inventory warns of a state without certificates", async () => {
    const { warnings, status } = await inventory({ "s.json": '{"format_version":"1.0"}' }, ["s.json"]);

    expect(warnings).toEqual(["warning: s.json holds no certificate"]);
    expect(status).toBe(0);
  });

  it("inventory refuses a plan", async () => {
    const { warnings, status, output } = await inventory({ "p.json": fixture("terraform", "state", "no-op") }, [
      "p.json",
    ]);

    expect(warnings).toEqual([
      'error: "p.json" is a plan, not a state; write a state with "terraform show -json > state.json" (or tofu)',
    ]);
    expect([status, output]).toEqual([2, ""]);
  });
});

describe.each(ENGINES)("mqtt-pki inventory of a state made by %s", (engine) => {
  const fleet = ["mqtt-1.example.com", "mqtt-2.example.com"];
  const now = new Date("2026-12-01T00:00:00Z");

  it("inventory lists the authority and the brokers of a fleet's state", async () => {
    const { certificates } = await inventoried({ "s.json": fixture(engine, "state", "state") }, ["s.json"], { now });

    expect(brief(certificates)).toEqual([
      "Plant CA (1): true, by Plant CA (1)",
      ...fleet.map((address) => `${address}: true, by Plant CA (1)`),
    ]);
  });

  it.each(["map", "module", "count", "wired"] as const)(
    "inventory lists the certificates of a hand-written stack: %s",
    async (kind) => {
      const { certificates } = await inventoried({ "s.json": fixture(engine, `hcl/${kind}`, "state") }, ["s.json"], {
        now,
      });

      expect(brief(certificates)).toEqual([
        "Plant CA: true, by Plant CA",
        ...fleet.map((address) => `${address}: true, by Plant CA`),
      ]);
    },
  );

  it("inventory lists an intermediate authority in a state", async () => {
    const { certificates } = await inventoried({ "s.json": fixture(engine, "hcl/intermediate", "state") }, ["s.json"], {
      now,
    });

    expect(brief(certificates)).toEqual([
      "Plant CA: true, by Plant CA",
      "Plant CA for brokers: true, by Plant CA",
      ...fleet.map((address) => `${address}: true, by Plant CA for brokers`),
    ]);
  });

  it("inventory lists an imported authority in a state, with its generation", async () => {
    const state = priorState(fixture(engine, "state", "imported-no-op"));
    const { certificates } = await inventoried({ "s.json": state }, ["s.json"], { now });

    expect(brief(certificates)).toEqual([
      "root: true, by root",
      "one (1): true, by root",
      ...fleet.map((address) => `${address}: true, by one (1)`),
    ]);
  });

  it("inventory lists two generations in a state", async () => {
    const state = priorState(fixture(engine, "state", "generation-dropped"));
    const { certificates } = await inventoried({ "s.json": state }, ["s.json"], { now });

    expect(brief(certificates)).toEqual([
      "Plant CA (1): true, by Plant CA (1)",
      "Plant CA 2 (2): true, by Plant CA 2 (2)",
      ...fleet.map((address) => `${address}: true, by Plant CA 2 (2)`),
    ]);
  });

  it("inventory lists records of custody machine, and says where the certificates are", async () => {
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

  it("inventory leaves out an expiry date after the year 9999", async () => {
    const files = { "s.json": fixture(engine, "machine", "state").replaceAll("825 days", `${"9".repeat(20)} days`) };
    const { certificates } = await inventoried(files, ["s.json"], { now });

    expect(certificates.map(({ notAfter }) => notAfter === null)).toEqual([false, true, true]);
  });

  it("inventory leaves out the expiry date of a certificate that the last deployment kept", async () => {
    const state = priorState(fixture(engine, "machine", "generation-signs"));
    const { certificates } = await inventoried({ "s.json": state }, ["s.json"], { now });

    expect(certificates[0]).toMatchObject({ address: "Plant CA", generation: 1, notAfter: null, daysLeft: null });
  });
});
