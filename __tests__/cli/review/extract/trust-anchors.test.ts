import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { review } from "../../../../lib/cli/reports";
import type { Review } from "../../../../lib/cli/reports";
import { type AuthorityOptions, type MadeAuthority, makeAuthority } from "../../../support/authorities";
import { ENGINES, type EngineName, fixture } from "../../fixtures";

interface Plan {
  readonly resource_changes: {
    readonly address: string;
    readonly change: { actions: string[]; before: Record<string, string>; after: Record<string, string> };
  }[];
}

/** The review of a plan that replaces an intermediate authority and the clients' file, and keeps the root. */
function reviewed(engine: EngineName, change: (before: string, intermediate: string) => [string, string]): Review {
  const plan = JSON.parse(fixture(engine, "hcl/intermediate", "intermediate-re-keyed")) as Plan;
  const at = (address: string) => plan.resource_changes.find((one) => one.address === address)?.change;
  const [file, intermediate] = [at("local_file.ca"), at("tls_locally_signed_cert.intermediate")];
  if (file !== undefined) {
    const [before, after] = change(file.before["content"] ?? "", intermediate?.before["cert_pem"] ?? "");
    file.actions = before === after ? ["no-op"] : ["delete", "create"];
    file.before["content"] = before;
    file.after["content"] = after;
  }
  return review([{ name: "plan.json", content: JSON.stringify(plan) }]);
}

const ALARM = /which clients need in their ca\.pem first/;

describe.each(ENGINES)("another authority below a root, in a plan of %s,", (engine) => {
  const alarms = (...given: Parameters<typeof reviewed>): string[] => reviewed(...given).dangers.map(String);

  it("another authority is no danger if clients keep the root above it", () => {
    expect(alarms(engine, (root) => [root, root]).join()).not.toMatch(ALARM);
    const { certificates } = reviewed(engine, (root) => [root, root]);
    const same = certificates.filter(({ trustAnchor }) => trustAnchor === "same");
    expect(same.map(({ title }) => title)).toEqual(expect.arrayContaining(["mqtt-1.example.com"]));
  });

  it.each<[string, Parameters<typeof reviewed>[1]]>([
    ["the one below alone", (_root, intermediate) => [intermediate, intermediate]],
    ["the one below, and get the root for it", (root, intermediate) => [intermediate, root]],
    ["both, and lose the one below", (root, intermediate) => [root + intermediate, root]],
  ])("another authority is a danger if clients have %s", (_what, change) => {
    expect(alarms(engine, change).join()).toMatch(ALARM);
  });
});

describe("an imported intermediate authority", () => {
  const folder = mkdtempSync(join(tmpdir(), "review-"));
  const root = makeAuthority(folder, "root", { subject: "/CN=Plant Root" });
  const otherRoot = makeAuthority(folder, "other-root", { subject: "/CN=Plant Root 2" });
  const old = makeAuthority(folder, "old", { subject: "/CN=Plant Issuing CA", issuer: root });
  const below = (name: string, given: AuthorityOptions): MadeAuthority =>
    makeAuthority(folder, name, { subject: "/CN=Plant Issuing CA", ...given });
  const renewed = below("renewed", { issuer: root, keyOf: old });
  const reKeyed = below("re-keyed", { issuer: root });
  const elsewhere = below("elsewhere", { issuer: otherRoot, keyOf: old });
  const broker = makeAuthority(folder, "broker", {
    subject: "/CN=mqtt-1.example.com",
    issuer: old,
    extensions: {
      keyUsage: "digitalSignature",
      basicConstraints: "CA:FALSE",
      subjectAltName: "DNS:mqtt-1.example.com",
    },
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const request = "-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n";
  const certificate = {
    address: "tls_locally_signed_cert.broker",
    ...{ mode: "managed", type: "tls_locally_signed_cert", name: "broker" },
  };

  /** The review of a plan in which another one signs, with what clients have in a file, or in an output. */
  function reviewOf(next: MadeAuthority, clients: string, place: "a file" | "an output"): Review {
    const shared = { cert_request_pem: request, validity_period_hours: 1, allowed_uses: ["server_auth"] };
    const change = {
      actions: ["delete", "create"],
      before: { ...shared, cert_pem: broker.certificatePem, ca_cert_pem: old.certificatePem },
      after: { ...shared, ca_cert_pem: next.certificatePem },
      after_unknown: { cert_pem: true },
    };
    const kept = { actions: ["no-op"], before: { content: clients }, after: { content: clients } };
    const file = { address: "local_file.ca", mode: "managed", type: "local_file", name: "ca", change: kept };
    const plan = {
      format_version: "1.2",
      resource_changes: [{ ...certificate, change }, ...(place === "a file" ? [file] : [])],
      output_changes: place === "a file" ? {} : { ca_pem: { actions: ["no-op"], before: clients, after: clients } },
    };
    return review([{ name: "plan.json", content: JSON.stringify(plan) }]);
  }

  const places = ["a file", "an output"] as const;

  it.each(places.flatMap((place) => [[place, "same", renewed] as const, [place, "new", reKeyed] as const]))(
    "an imported intermediate authority is renewed if clients keep its root in %s, with the key %s",
    (place, key, next) => {
      const { dangers, authorities, certificates } = reviewOf(next, root.certificatePem, place);
      const intermediate = certificates.find(({ kinds }) => kinds.includes("intermediate-renewed"));

      expect(dangers.join()).not.toMatch(ALARM);
      expect(authorities).toEqual([]);
      expect(intermediate).toMatchObject({ title: "Plant Issuing CA", kinds: ["intermediate-renewed"], key });
      expect(intermediate).toMatchObject({ isAuthority: false, isGrave: false, warnings: [] });
      expect(intermediate?.remarks.map(String)).toEqual([expect.stringMatching(/: clients trust the same root$/)]);
    },
  );

  it.each(places)(
    "an imported intermediate authority is not renewed below another root, or without a root in %s",
    (place) => {
      for (const [next, clients] of [
        [elsewhere, root.certificatePem],
        [elsewhere, root.certificatePem + otherRoot.certificatePem],
        [renewed, old.certificatePem],
      ] as const) {
        const found = reviewOf(next, clients, place);

        expect(found.counts).not.toHaveProperty("intermediate-renewed");
        expect(found.dangers.join()).toMatch(ALARM);
      }
    },
  );

  it("a plan keeps no text of an output that is not a certificate", () => {
    const found = reviewOf(renewed, "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n", "an output");

    expect(JSON.stringify(found)).not.toContain("secret");
    expect(found.dangers.join()).toMatch(ALARM);
  });
});
