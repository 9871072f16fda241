import { appendFileSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { sealed, unsealed } from "../../lib/machine-format/record";
import { makeAuthority } from "../support/authorities";
import { describeOneBareEngine, isLong } from "./support/custodies";
import { BROKERS, FIRST, fleetFor, expectStop } from "./support/machine-fleet";
import { Project } from "./support/project";

const SECOND = "pki/brokers/mqtt-2.example.com";

describeOneBareEngine("files that exist before the first deployment", (engine) => {
  const project = fleetFor(engine, BROKERS, (fleet) => mkdirSync(fleet.path(FIRST), { recursive: true }));

  it.each([
    ["pki/ca.key", "pki/ca.key"],
    ["pki/ca.pem", "pki/ca."],
    [`${FIRST}/server.key`, "brokers/mqtt-1.example.com"],
    [`${FIRST}/server.pem`, "brokers/mqtt-1.example.com"],
  ])("An existing file stops a first plan with custody machine, and %s is not overwritten", async (path, name) => {
    writeFileSync(project.path(path), "made by hand", { mode: 0o600 });

    await expectStop(project, name);
    expect(project.read(path)).toBe("made by hand");
    expect(Object.keys(project.files("pki"))).toHaveLength(1);
  });
});

describeOneBareEngine("changed files", (engine) => {
  const project = fleetFor(engine, BROKERS, (fleet) => fleet.apply());

  const swap = (one: string, other: string): void => {
    renameSync(project.path(one), project.path("swapped"));
    renameSync(project.path(other), project.path(one));
    renameSync(project.path("swapped"), project.path(other));
  };

  it("A changed certificate is re-issued with the same key, and a copy of the changed file stays", async () => {
    const before = project.files("pki");
    appendFileSync(project.path(FIRST, "server.pem"), "tampered");
    const tampered = project.read(FIRST, "server.pem");

    expect(await project.planned()).toEqual({
      "brokers/mqtt-1.example.com": "new certificate, same key: server.pem is missing or changed",
    });
    await project.apply();
    const after = project.files("pki");
    const other = Object.keys(after).filter((path) => after[path]?.content !== before[path]?.content);
    expect(other.filter((path) => path in before).sort()).toEqual([
      "brokers.records",
      "brokers/mqtt-1.example.com/server.pem",
    ]);
    // The changed file is kept next to the new one.
    expect(other.filter((path) => !(path in before)).map((path) => after[path]?.content)).toEqual([tampered]);
    expect(project.flaws()).toEqual([]);
  });

  it.each([
    [
      "a broker's key that was tampered with",
      [FIRST],
      () => {
        appendFileSync(project.path(FIRST, "server.key"), "tampered");
      },
    ],
    [
      "two brokers' keys that were swapped",
      [FIRST, SECOND],
      () => {
        swap(`${FIRST}/server.key`, `${SECOND}/server.key`);
      },
    ],
    [
      "the authority's key that was tampered with",
      ["pki/ca.key"],
      () => {
        appendFileSync(project.path("pki/ca.key"), "tampered");
      },
    ],
    [
      "the authority's key that was swapped for a broker's",
      ["pki/ca.key"],
      () => {
        cpSync(project.path(FIRST, "server.key"), project.path("pki/ca.key"));
      },
    ],
    [
      "the authority's key that is lost",
      ["pki/ca.key"],
      () => {
        rmSync(project.path("pki/ca.key"));
      },
    ],
    [
      "the authority's key that is lost with its record",
      ["ca.key"],
      () => {
        rmSync(project.path("pki/ca.key"));
        rmSync(project.path("pki/authorities.records"));
      },
    ],
    [
      "a machine that has the state, and no files",
      ["ca.key"],
      () => {
        rmSync(project.path("pki"), { recursive: true });
      },
    ],
  ])("A plan stops and makes nothing for %s; restored files are enough to continue", async (_what, names, harm) => {
    const before = project.files("pki");
    harm();

    await expectStop(project, ...names.map((name) => name.replace(/^pki\/(?=brokers)/, "")));
    cpSync(project.path(".kept/pki"), project.path("pki"), { recursive: true, preserveTimestamps: true });
    expect(await project.planned()).toEqual({});
    expect(project.files("pki")).toEqual(before);
  });
});

describeOneBareEngine("an authority made by hand", (engine) => {
  const project = new Project(engine, { withoutProviders: true });

  afterAll(() => {
    project.remove();
  });

  it("An authority made by hand with an e-mail address in its subject alone is adopted as it is", async () => {
    project.declare(`new BrokerPki(app, "mqtt", {
      custody: "machine",
      authority: {
        subject: { commonName: "Test CA", emailAddress: "pki@example.com" },
        keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      },
      brokers: [{ address: "mqtt-1.example.com" }],
    });`);
    mkdirSync(project.path("pki"));
    makeAuthority(project.path("pki"), "ca", { subject: "/CN=Test CA/emailAddress=pki@example.com" });
    writeFileSync(project.path("pki/take-over"), "");
    const byHand = ["ca.key", "ca.pem"].map((name) => project.read("pki", name));
    await project.synth();
    await project.apply();
    rmSync(project.path("pki/take-over"));

    expect(["ca.key", "ca.pem"].map((name) => project.read("pki", name))).toEqual(byHand);
    expect(project.flaws()).toEqual([]);
    expect(await project.planned()).toEqual({});
  });
});

describeOneBareEngine("files made by hand", (engine) => {
  const project = fleetFor(engine, BROKERS, (fleet) => fleet.apply());

  it("Files made by hand are adopted as they are, with any line end", async () => {
    rmSync(project.path("pki/brokers.records"));
    appendFileSync(project.path(FIRST, "server.key"), "\n\n");
    writeFileSync(project.path(FIRST, "server.pem"), project.read(FIRST, "server.pem").trimEnd());
    const byHand = ["server.key", "server.pem"].map((name) => project.read(FIRST, name));
    writeFileSync(project.path("pki/take-over"), "");
    await project.apply();
    rmSync(project.path("pki/take-over"));

    expect(["server.key", "server.pem"].map((name) => project.read(FIRST, name))).toEqual(byHand);
    expect(await project.planned()).toEqual({});
  });
});

describeOneBareEngine("invalid records", (engine) => {
  const project = fleetFor(engine, BROKERS, (fleet) => fleet.apply());

  /** Damages a file of records and seals it again, as only its writer can. */
  const sealedAnew = (harm: (text: string) => string) => (text: string) => sealed(harm(unsealed(text) ?? ""));
  const field = (name: string, value: unknown) =>
    sealedAnew((json) =>
      JSON.stringify(JSON.parse(json), (key, it: unknown) =>
        key === "1" || key === "brokers/mqtt-1.example.com" ? { ...(it as object), [name]: value } : it,
      ),
    );

  const BROKEN: [string, (text: string) => string][] = [
    ["are cut short", (text) => text.slice(0, text.length / 2)],
    ["have one letter more", (text) => text.replace("CA", "CAA").replace("token", "tokens")],
    ["are empty", () => ""],
    ["are of another program", () => "not ours\n"],
    ["have no hash", (text) => text.slice(64)],
    ["are a list", sealedAnew(() => "[]\n")],
    ["are null", sealedAnew(() => "null\n")],
    ["are no JSON", sealedAnew(() => "not ours\n")],
    ["have a list instead of a record", sealedAnew((json) => json.replace(/(?<=: )\{"token[^\n]*\}/, "[]"))],
    ["have no token", field("token", undefined)],
    ["have a token that is a list", field("token", [])],
    ["have an empty token", field("token", "")],
    ["have an expiry date that is no time", field("not_after", "x")],
    ["have no expiry date", field("not_after", undefined)],
    ["have no hashes", field("key_sha256", undefined)],
  ];
  const RECORDS = ["pki/brokers.records", "pki/authorities.records"];
  /** Each damage to each file; the short tests damage one file each, in turn. */
  const HARMED = BROKEN.flatMap(([how, harm], index) =>
    RECORDS.filter((_, turn) => isLong() || turn === index % RECORDS.length).map(
      (record) => [record, how, harm] as const,
    ),
  );

  it.each(HARMED)(
    "%s that %s stop the plan; with pki/take-over, keys and certificates are adopted",
    async (record, _how, harm) => {
      const before = project.files("pki");
      writeFileSync(project.path(record), harm(project.read(record)));

      await expectStop(project, "take-over");
      writeFileSync(project.path("pki/take-over"), "");
      await project.apply();
      rmSync(project.path("pki/take-over"));
      const after = project.files("pki");
      expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
      for (const path of Object.keys(before).filter((name) => /\.(key|pem)$/.test(name))) {
        expect(after[path]?.content).toBe(before[path]?.content);
      }
      expect(project.flaws()).toEqual([]);
      expect(await project.planned()).toEqual({});
    },
  );
  it("A record with the hash of another key stops the plan, also with pki/take-over", async () => {
    const wrong = field("key_sha256", "x");
    writeFileSync(project.path("pki/brokers.records"), wrong(project.read("pki/brokers.records")));
    await expectStop(project, "take-over");
    writeFileSync(project.path("pki/take-over"), "");
    await expectStop(project, "brokers/mqtt-1.example.com");
  });
});
