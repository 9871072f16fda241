import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FORMATS } from "../../../lib/cli/inventory/inventory-command";
import { fixture } from "../fixtures";
import { type MadeAuthority, makeAuthority } from "../../support/authorities";
import { daysFromNow, type Files, inventory, makeServer, priorState } from "./support";

let folder: string;
let root: MadeAuthority;
let server: MadeAuthority;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inventory-command-"));
  root = makeAuthority(folder, "Plant CA");
  server = makeServer(folder, "mqtt-1", root, {
    extensions: { subjectAltName: "DNS:mqtt-1.example.com, IP:2001:db8::10, URI:urn:mqtt-1" },
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("the exit status of inventory", () => {
  const files = (): Files => ({ "pki/ca.pem": root.certificatePem, "pki/a/server.pem": server.certificatePem });

  it.each([
    ["99d", 0],
    ["101d", 1],
    ["2376h", 0],
    ["2424h", 1],
    ["14w", 0],
    ["15w", 1],
  ])("inventory --expires-within %s exits with %p", async (time, expected) => {
    const { status, warnings } = await inventory(files(), ["pki", "--expires-within", time], { now: daysFromNow(0) });

    expect(status).toBe(expected);
    expect(warnings).toHaveLength(expected);
  });

  it("inventory --expires-within names certificates that expire or have expired", async () => {
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

  it("inventory exits with 0 for expired certificates without --expires-within", async () => {
    expect((await inventory(files(), ["pki"], { now: daysFromNow(5000) })).status).toBe(0);
  });

  it.each([
    ["a certificate that cannot be read", { "pki/x.pem": "-----BEGIN CERTIFICATE-----" }, ["pki"]],
    [
      "an unknown expiry date",
      { "s.json": priorState(fixture("terraform", "machine", "generation-signs")) },
      ["s.json"],
    ],
  ])("inventory --expires-within exits with 1 for %s", async (_, more, sources) => {
    const { status } = await inventory(more, [...sources, "--expires-within", "1h"], { now: new Date("2026-12-01") });

    expect(status).toBe(1);
  });

  it.each([[["--expires-within", "30"]], [["--expires-within", "-1d"]], [["--format", "xml"]]])(
    "inventory exits with 2 for %p",
    async (args) => {
      const { status, output } = await inventory(files(), ["pki", ...args]);

      expect([status, output]).toEqual([2, ""]);
    },
  );
});

describe("private keys and mqtt-pki inventory", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const secrets = pem.split("\n").filter((line) => /^[A-Za-z0-9+/=]{20,}$/.test(line));

  /** Every text with the key after it, or replaced by it. */
  function planted(text: string, plant: (value: string) => string): string {
    return JSON.stringify(JSON.parse(text), (name, value: unknown) =>
      typeof value === "string" && !["format_version", "type", "mode"].includes(name) ? plant(value) : value,
    );
  }

  it.each(
    (["state", "machine", "hcl/module"] as const).flatMap((kind) =>
      Object.keys(FORMATS).map((format) => [kind, format] as const),
    ),
  )("inventory prints no private key from a state full of them: %s as %s", async (kind, format) => {
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
