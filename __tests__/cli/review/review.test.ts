import type { CertificateChange } from "../../../lib/cli/review/certificate-change";
import { type Review, review } from "../../../lib/cli/review/review";
import { readPlan } from "../../../lib/cli/terraform/plan";
import { ENGINES, type EngineName, fixture, fixturesOf, type Folder, FOLDERS, CORRUPT, wrapped } from "../fixtures";

const NOW = new Date("2026-11-25T00:00:00Z");

function reviewText(...texts: readonly string[]): Review {
  return review(
    texts.map((text, index) => readPlan(`${index}.json`, Buffer.from(text))),
    NOW,
  );
}

function reviewOf(engine: EngineName, folder: Folder, ...names: readonly string[]): Review {
  return reviewText(...names.map((name) => fixture(engine, folder, name)));
}

/** What happens to a certificate, in short: its kinds, and whether its key or its authority is another. */
function inShort({ title, kinds, key, authority }: CertificateChange): string {
  const parts = [kinds.join(" "), key !== "same" && `key ${key}`, authority !== "same" && `authority ${authority}`];
  return `${title}: ${parts.filter((part) => part !== false).join(", ")}`;
}

interface Expected {
  readonly changes: readonly string[];
  readonly unchanged: number;
}

/** What happens to `mqtt-1.example.com`, `mqtt-2.example.com` and so on, and how many certificates stay. */
function expected(unchanged: number, ...changes: readonly string[]): Expected {
  return { changes: changes.map((change) => change.replace(/^mqtt-\d/, "$&.example.com")), unchanged };
}

const RE_ISSUED = ["mqtt-1: re-issued, authority other", "mqtt-2: re-issued, authority other"];
const FIRST = ["Plant CA: authority-created, key new", "mqtt-1: issued, key new", "mqtt-2: issued, key new"];
const DESTROYED = ["Plant CA: authority-removed", "mqtt-1: removed", "mqtt-2: removed"];
const ONE_MORE_NAME = expected(2, "mqtt-2: addresses-changed");

const BOTH_CUSTODIES = {
  "first-deploy": expected(0, ...FIRST),
  "no-op": expected(3),
  renewed: expected(2, "mqtt-2: renewed"),
  "re-keyed": expected(2, "mqtt-2: re-keyed, key new"),
  "addresses-changed": ONE_MORE_NAME,
  "address-changed": expected(2, "mqtt-2: removed", "mqtt-9: issued, key new"),
  "address-moved": expected(2, "mqtt-2: removed", "mqtt-9: issued"),
  "subject-changed": expected(2, "mqtt-2: subject-changed"),
  "duration-changed": expected(2, "mqtt-2: usage-changed"),
  "broker-added": expected(3, "mqtt-3: issued, key new"),
  "broker-removed": expected(2, "mqtt-2: removed"),
  "moved-between-stacks-a": expected(2, "mqtt-2: removed"),
  "moved-between-stacks-b": expected(2, "mqtt-2: issued, key new"),
  "moved-with-key-a": expected(2, "mqtt-2: removed"),
  "generation-added": expected(2, "Plant CA 2: authority-added, key new", "Plant CA: files-changed"),
  "several-at-once": expected(
    1,
    "mqtt-3: removed",
    "mqtt-2: re-keyed, key new",
    "mqtt-1: addresses-changed",
    "mqtt-4: issued, key new",
  ),
  "password-added": expected(2, "mqtt-2: files-changed"),
  destroy: expected(0, ...DESTROYED),
  "refresh-only": expected(0),
  "moved-with-key-b": expected(2, "mqtt-2: issued"),
  "authority-replaced": expected(0, "Other CA: authority-replaced", ...RE_ISSUED),
  "authority-re-keyed": expected(0, "Plant CA: authority-replaced, key new", ...RE_ISSUED),
};

const STATE = {
  ...BOTH_CUSTODIES,
  targeted: expected(1, "mqtt-2: addresses-changed"),
  "algorithm-changed": expected(2, "mqtt-2: re-keyed usage-changed, key new"),
  "generation-signs": expected(1, "Plant CA 2: files-changed", ...RE_ISSUED),
  "generation-dropped": expected(2, "Plant CA: authority-removed", "Plant CA 2: files-changed"),
  "files-rewritten": expected(2, "mqtt-2: files-changed"),
  request: expected(2, "mqtt-2: re-keyed, key new"),
  // An imported authority has no resource, so the count of unchanged ones leaves it out.
  "imported-no-op": expected(2),
  "imported-variable": expected(2),
  // Clients trust the root, which is the same.
  "imported-replaced": expected(0, "two: subject-changed intermediate-renewed, key new", ...RE_ISSUED),
};

/** Such a plan has no certificates: some of it is not to be told. */
const MACHINE = {
  ...BOTH_CUSTODIES,
  "algorithm-changed": expected(2, "mqtt-2: re-keyed, key new"),
  "generation-signs": expected(2, ...RE_ISSUED),
  "generation-dropped": expected(3, "Plant CA: authority-removed"),
  "files-rewritten": expected(2, "mqtt-2: re-issued"),
  request: expected(2, "mqtt-2: undetermined, key unknown"),
  // A plan is for all brokers, or for none.
  targeted: expected(1, "mqtt-1: addresses-changed", "mqtt-2: addresses-changed"),
  failed: expected(3, "mqtt-3: issued, key new"),
  "imported-no-op": expected(3),
  "imported-variable": expected(3),
  "imported-replaced": expected(0, ...RE_ISSUED, 'terraform_data.authority["1"]: intermediate-renewed, key unknown'),
};

const BY_HAND = {
  "first-deploy": expected(0, ...FIRST),
  "no-op": expected(3),
  "addresses-changed": ONE_MORE_NAME,
  "address-changed": expected(2, "mqtt-9: addresses-changed subject-changed"),
  "re-keyed": expected(2, "mqtt-2: re-keyed, key new"),
  "authority-replaced": expected(0, "Plant CA 2: authority-replaced", ...RE_ISSUED),
  "authority-re-keyed": expected(0, "Plant CA: authority-replaced, key new", ...RE_ISSUED),
  "broker-added": expected(3, "mqtt-3: issued, key new"),
  "broker-removed": expected(2, "mqtt-1: removed"),
  moved: expected(2, "mqtt-2: renamed"),
  destroy: expected(0, ...DESTROYED),
};

const ALL_RENAMED = expected(1, "mqtt-1: renamed", "mqtt-2: renamed");
const INTERMEDIATE = "Plant CA for brokers";

const SITUATIONS: Readonly<Record<Folder, Readonly<Record<string, Expected>>>> = {
  state: STATE,
  machine: MACHINE,
  "hcl/map": {
    ...BY_HAND,
    "uses-changed": expected(1, "mqtt-1: usage-changed", "mqtt-2: usage-changed"),
    "mode-changed": expected(1, "mqtt-1: files-changed", "mqtt-2: files-changed"),
    forgotten: expected(1, "mqtt-1: forgotten", "mqtt-2: forgotten"),
    "refresh-only": expected(0),
    targeted: expected(1, "mqtt-2: addresses-changed"),
  },
  "hcl/module": BY_HAND,
  "hcl/count": {
    ...BY_HAND,
    // The resource of the second goes, and that of the first is signed for mqtt-2, with the key of mqtt-1.
    "broker-removed": expected(1, "mqtt-1: removed", "mqtt-2: re-keyed, key new"),
    moved: ALL_RENAMED,
  },
  "hcl/wired": { ...BY_HAND, moved: ALL_RENAMED },
  "hcl/intermediate": {
    ...Object.fromEntries(
      Object.entries(BY_HAND).map(([name, { changes, unchanged }]) => [name, { changes, unchanged: unchanged + 1 }]),
    ),
    "first-deploy": expected(
      0,
      ...["Plant CA: authority-created, key new", "mqtt-1: issued, key new", "mqtt-2: issued, key new"],
      `${INTERMEDIATE}: issued, key new`,
    ),
    "authority-replaced": expected(
      0,
      "Plant CA 2: authority-replaced",
      "Plant CA 2 for brokers: subject-changed re-issued, authority other",
      ...RE_ISSUED,
    ),
    "authority-re-keyed": expected(
      0,
      "Plant CA: authority-replaced, key new",
      ...RE_ISSUED,
      `${INTERMEDIATE}: re-issued, authority other`,
    ),
    "intermediate-re-keyed": expected(1, ...RE_ISSUED, `${INTERMEDIATE}: intermediate-renewed, key new`),
    destroy: expected(
      0,
      ...["Plant CA: authority-removed", "mqtt-1: removed", "mqtt-2: removed"],
      `${INTERMEDIATE}: removed`,
    ),
  },
};

/** Of these there is no review. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  state: /^"0\.json" is a state, not a plan; /,
  errored: /^"0\.json" is a failed plan, /,
  "errored-rollover": /^"0\.json" is a failed plan, /,
  "imported-root-replaced": /^"0\.json" is a failed plan, /,
};

describe.each(ENGINES)("the review of a plan of %s", (engine) => {
  describe.each(FOLDERS)("of %s", (folder) => {
    const names = fixturesOf(folder, engine);

    it("every recorded plan has an expected review", () => {
      expect(names.filter((name) => !(name in REFUSED))).toEqual(Object.keys(SITUATIONS[folder]).sort());
    });

    it.each(Object.entries(SITUATIONS[folder]))(
      "review finds the expected kinds in the plan %s",
      (name, { changes, unchanged }) => {
        const found = reviewOf(engine, folder, name);

        expect([...found.authorities, ...found.certificates].map(inShort)).toEqual(changes);
        expect(found.unchanged).toBe(unchanged);
      },
    );

    it.each(names.filter((name) => name in REFUSED))("review refuses the plan %s", (name) => {
      expect(() => reviewOf(engine, folder, name)).toThrow(REFUSED[name]);
    });
  });

  it("review has the addresses before and after", () => {
    const [certificate] = reviewOf(engine, "state", "addresses-changed").certificates;

    expect(certificate).toMatchObject({
      before: { names: ["mqtt-2.example.com"] },
      after: { names: ["mqtt-2.example.com", "mqtt.example.com"] },
    });
  });

  it("review has the old expiry date, and estimates the new one from the plan's time", () => {
    const [certificate] = reviewOf(engine, "state", "renewed").certificates;
    const { timestamp } = JSON.parse(fixture(engine, "state", "renewed")) as { timestamp: string };
    const end = new Date(Date.parse(timestamp) + 825 * 86_400_000).toISOString();

    expect(certificate?.before).not.toHaveProperty("isEstimated");
    expect(certificate).toMatchObject({
      before: {
        notAfter: expect.stringMatching(/Z$/) as string,
        fingerprint: expect.stringMatching(/^\w\w:/) as string,
      },
      after: { notAfter: end.replace(".000", ""), isEstimated: true },
    });
    expect(certificate?.after).not.toHaveProperty("fingerprint");
  });

  it.each<[Folder, string, readonly string[]]>([
    ["state", "renewed", ["server.pem written"]],
    ["state", "re-keyed", ["server.pem written", "server.key written"]],
    ["state", "files-rewritten", ["server.pem written"]],
    ["state", "broker-removed", ["server.pem delete", "server.key delete"]],
    ["state", "authority-re-keyed", ["ca.pem written", "ca.key written"]],
    ["hcl/module", "re-keyed", ["server.pem written", "server.key written"]],
    ["hcl/wired", "re-keyed", ["server.pem written", "server.key written"]],
    ["hcl/map", "forgotten", ["server.pem forget", "server.key forget"]],
    ["hcl/map", "mode-changed", ["server.key written"]],
  ])("review has the files of the first certificate: %s, %s", (folder, name, files) => {
    const { authorities, certificates } = reviewOf(engine, folder, name);
    const [first] = [...authorities, ...certificates];

    expect(first?.files.map(({ path = "", action }) => `${path.replace(/.*\//, "")} ${action}`)).toEqual(files);
  });

  it("review has the previous address of a renamed resource", () => {
    const [certificate] = reviewOf(engine, "hcl/map", "moved").certificates;

    expect(certificate).toMatchObject({
      address: 'tls_locally_signed_cert.broker["plant-2"]',
      renamedFrom: 'tls_locally_signed_cert.broker["mqtt-2"]',
    });
  });

  it("review lists outputs, other resources and drift", () => {
    const { others, outputs } = reviewOf(engine, "hcl/module", "broker-added");

    expect(others.map(({ address, action }) => `${address} ${action}`)).toEqual([
      'module.broker["mqtt-3"].terraform_data.key_version create',
    ]);
    expect(outputs.map(({ action }) => action)).toEqual(["update"]);
    expect(reviewOf(engine, "state", "refresh-only")).toMatchObject({
      counts: { drifted: 1 },
      drift: [{ address: "local_file.broker_mqtt-2_example_com", action: "delete" }],
    });
  });

  it("review passes on the reasons of a plan of custody machine", () => {
    const [certificate] = reviewOf(engine, "machine", "renewed").certificates;

    expect(certificate?.notes).toEqual(["new certificate, same key: the old one is due"]);
  });

  it("review estimates expiry dates of custody machine from its tokens", () => {
    const [certificate] = reviewOf(engine, "machine", "renewed").certificates;
    const { timestamp } = JSON.parse(fixture(engine, "machine", "renewed")) as { timestamp: string };
    const end = new Date(Date.parse(timestamp) + 825 * 86_400_000).toISOString();

    expect(certificate?.after).toMatchObject({ notBefore: timestamp, notAfter: end.replace(".000", "") });
    expect(certificate?.after?.isEstimated).toBe(true);
    expect(Date.parse(certificate?.before?.notAfter ?? "")).toBeLessThan(Date.parse(end));
  });

  it("review lists other files of custody machine, and no resource twice", () => {
    const others = (name: string): string[] =>
      reviewOf(engine, "machine", name).others.map(({ address, detail = "" }) => `${address} ${detail}`);

    expect(others("broker-removed")).toEqual(['terraform_data.brokers["removed"] removes brokers/mqtt-2.example.com']);
    expect(others("generation-added")).toEqual(['terraform_data.authority["trust"] new']);
    expect(others("first-deploy")).toEqual(["terraform_data.files ", "terraform_data.owner "]);
    expect(others("no-op")).toEqual([]);
    expect(others("failed")).toEqual([]);
  });

  it("review reports a failed deployment of custody machine", () => {
    const [certificate] = reviewOf(engine, "machine", "failed").certificates;

    expect(certificate?.notes).toEqual(["its last deployment failed"]);
    expect(certificate).not.toHaveProperty("before");
  });

  it.each<[Folder, string]>([
    ["state", "imported-replaced"],
    ["machine", "imported-replaced"],
    ["hcl/intermediate", "intermediate-re-keyed"],
  ])("review raises no alarm for another authority below the same trust anchor: %s, %s", (folder, name) => {
    const { dangers, certificates } = reviewOf(engine, folder, name);
    const brokers = certificates.filter(({ title }) => title.endsWith(".example.com"));

    expect(dangers.join(" ")).not.toContain("ca.pem");
    expect(
      brokers.map(({ authority, trustAnchor, warnings, remarks }) => ({
        authority,
        trustAnchor,
        warnings,
        remarks: remarks.map(String),
      })),
    ).toEqual(
      Array(2).fill({
        authority: "other",
        trustAnchor: "same",
        warnings: [],
        remarks: [
          "clients unaffected: same key, another certificate of an intermediate authority below the same root, no address is removed",
          "the broker needs its new certificate",
          "clients that pin the key are unaffected; clients that pin the certificate need its new pin",
        ],
      }),
    );
  });

  it.each<[Folder, string]>([
    ["state", "authority-replaced"],
    ["state", "generation-signs"],
    ["machine", "authority-replaced"],
    ["machine", "generation-signs"],
    ["hcl/intermediate", "authority-replaced"],
    ["hcl/intermediate", "authority-re-keyed"],
  ])("review raises an alarm for another authority that clients trust directly: %s, %s", (folder, name) => {
    expect(reviewOf(engine, folder, name).dangers.join(" ")).toContain(
      "signed by another authority, which clients need in their ca.pem first",
    );
  });

  describe("of several stacks", () => {
    it("review of several stacks joins a removal and an issue as a move, in any order", () => {
      for (const names of [
        ["a", "b"],
        ["b", "a"],
      ]) {
        const stacks = names.map((name) => `moved-between-stacks-${name}`);
        const { counts, certificates, unchanged } = reviewOf(engine, "state", ...stacks);

        // Each stack has its own authority.
        expect(certificates.map(inShort)).toEqual([
          "mqtt-2.example.com: re-keyed moved re-issued, key new, authority other",
        ]);
        expect(certificates[0]).toMatchObject({
          source: `${names.indexOf("b")}.json`,
          movedFrom: { source: `${names.indexOf("a")}.json` },
        });
        expect({ counts, unchanged }).toEqual({
          counts: { "re-keyed": 1, moved: 1, "re-issued": 1 },
          unchanged: 4,
        });
      }
    });

    it("review of several stacks detects that a key moves too", () => {
      const { certificates } = reviewOf(engine, "state", "moved-with-key-a", "moved-with-key-b");

      expect(certificates.map(inShort)).toEqual(["mqtt-2.example.com: moved re-issued, authority other"]);
    });

    it("review of several stacks of custody machine leaves the authority unknown", () => {
      const { certificates } = reviewOf(engine, "machine", "moved-between-stacks-a", "moved-between-stacks-b");

      expect(certificates.map(inShort)).toEqual(["mqtt-2.example.com: re-keyed moved, key new, authority unknown"]);
    });

    it("review of several stacks keeps equal addresses of two plans separate", () => {
      expect(reviewOf(engine, "state", "renewed", "renewed").counts).toEqual({ renewed: 2 });
    });
  });
});

it("review reports a plan with -target of Terraform as incomplete; OpenTofu's plan does not say so", () => {
  expect(reviewOf("terraform", "state", "targeted").incomplete).toEqual([expect.stringContaining("-target")]);
  expect(JSON.parse(fixture("tofu", "state", "targeted"))).not.toHaveProperty("complete");
});

describe("a corrupt plan", () => {
  const text = fixture("terraform", "state", "renewed");

  it.each([
    ["of an unknown format", CORRUPT.unknownFormat(text), "has format_version 2.0"],
    ["cut off", CORRUPT.truncated(text), "is JSON that is cut off"],
    ["empty", CORRUPT.empty(), "is empty"],
    ["behind other text", CORRUPT.labelled(text), "has other text before the JSON"],
  ])("review refuses a corrupt plan: %s", (_, corrupt, message) => {
    expect(() => reviewText(corrupt)).toThrow(message);
  });

  it("review reads a plan with a wrapper's lines around it", () => {
    expect(reviewText(wrapped(text))).toEqual(reviewText(text));
  });

  it("review reports an unknown action as undetermined", () => {
    const address = "tls_locally_signed_cert.broker_mqtt-2_example_com";
    const plan = JSON.parse(text) as { resource_changes: { address: string; change: { actions: string[] } }[] };
    for (const { change } of plan.resource_changes.filter((each) => each.address === address)) {
      change.actions = ["reincarnate"];
    }

    expect(reviewText(JSON.stringify(plan)).certificates).toEqual([
      expect.objectContaining({
        address,
        kinds: ["undetermined"],
        notes: [expect.stringContaining("reincarnate")],
      }),
    ]);
  });
});

describe("20,000 removed certificates", () => {
  const certificate = (index: number, isAuthority: boolean): object => ({
    ...{ address: `tls_self_signed_cert.c["${index}"]`, mode: "managed", type: "tls_self_signed_cert" },
    ...{ name: "c", index: `${index}` },
    change: {
      actions: ["delete"],
      before: { is_ca_certificate: isAuthority, cert_pem: `certificate ${index}`, dns_names: [`n${index}`] },
      after: null,
    },
  });

  it.each([
    ["brokers", false],
    ["authorities", true],
  ])("review reports 20,000 removed certificates, as %s", (_, isAuthority) => {
    const changes = Array.from({ length: 20_000 }, (_, index) => certificate(index, isAuthority));
    const { counts } = reviewText(JSON.stringify({ format_version: "1.2", resource_changes: changes }));

    expect(counts).toEqual({ [isAuthority ? "authority-removed" : "removed"]: 20_000 });
  });

  it("review reports 20,000 removed authorities whose certificates stay", () => {
    const signed = {
      ...{ address: "tls_locally_signed_cert.b", mode: "managed", type: "tls_locally_signed_cert", name: "b" },
      change: { actions: ["no-op"], before: {}, after: { ca_cert_pem: "certificate 0\n", cert_pem: "b" } },
    };
    const plan = { format_version: "1.2", resource_changes: [certificate(0, true), certificate(1, true), signed] };

    expect(reviewText(JSON.stringify(plan)).authorities.map(({ notes }) => notes.at(-1))).toEqual([
      "1 certificate that it signed stays and loses its authority",
      "its certificate could not be read",
    ]);
  });
});

it.each([1e15, -1e15, 1e300])("review has no expiry date for a certificate with a validity of %d hours", (hours) => {
  const plan = {
    format_version: "1.2",
    timestamp: "2026-11-25T00:00:00Z",
    resource_changes: [
      {
        ...{ address: "tls_self_signed_cert.ca", mode: "managed", type: "tls_self_signed_cert", name: "ca" },
        change: { actions: ["create"], before: null, after: { validity_period_hours: hours, dns_names: ["a"] } },
      },
    ],
  };

  expect(reviewText(JSON.stringify(plan))).toMatchObject({ certificates: [{ after: { names: ["a"] } }] });
});
