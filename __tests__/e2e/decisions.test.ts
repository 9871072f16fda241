import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  isForeign,
  type Situation,
  trustFormWordsFor,
  trustWordsFor,
  wordsFor,
} from "../../lib/custody/machine/program/decide";
import { reloadWordsFor } from "../../lib/custody/machine/program/reload/decide-reloads";
import type { Declared, DeclaredAuthority, DeclaredServer } from "../../lib/machine-format/declared";
import {
  type CertificateRecord,
  sealed,
  sha256,
  type TrustFormRecord,
  type TrustRecord,
} from "../../lib/machine-format/record";
import { RELOAD_RULES, type ReloadRecord } from "../../lib/machine-format/reload";
import {
  authorityFiles,
  type FileNames,
  RULES,
  SERVER_FILES,
  TRUST_RULES,
  trustFormFiles,
  wordsOf,
} from "../../lib/machine-format/rules";
import { parseForms } from "../../lib/machine-format/forms";
import { BROKER_FORM_FILES, BROKER_FORMS, type TrustForm, TRUST_FORMS } from "../../lib/values/files/forms";
import { describeOneBareEngine } from "./support/custodies";
import { Project } from "./support/project";

const SERVERS = 600;
const GENERATIONS = 60;

/** A linear congruential generator (Numerical Recipes), which gives the same numbers each time. */
function randomFrom(seed: number): <T>(choices: readonly T[]) => T {
  let state = seed;
  return (choices) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return choices[Math.floor((state / 2 ** 32) * choices.length)] as (typeof choices)[number];
  };
}

interface Generated {
  readonly record: CertificateRecord;
  readonly known: "not" | "recorded" | "stopped";
  readonly declared: Pick<
    DeclaredServer,
    "key" | "key_version" | "intent" | "password" | "renew_before_hours" | "forms" | "access"
  >;
  /** The content of files, by their names. */
  readonly contents: Readonly<Record<string, string>>;
}

/** Mostly valid, so that later rules apply too. */
function generate(id: string, files: FileNames, pick: ReturnType<typeof randomFrom>, time: number): Generated {
  const mostly = (usual: string, ...others: string[]): string =>
    pick([...Array.from({ length: 12 }, () => usual), ...others]);
  const key = mostly("ECDSA-P256", "RSA-2048", "none");
  const [recordedKey, recordedCertificate] = [`key of ${id}`, `certificate of ${id}`];
  const forms = files.forms === undefined ? "" : pick(["", "", "pkcs12 pem-key plant/1", "combined-pem"]);
  const formFiles = parseForms(forms, BROKER_FORMS).names.map((form) => BROKER_FORM_FILES[form]);
  const hours = pick([-48, -1, 24, 24 * 89, 24 * 91, 24 * 800, 24 * 800, 24 * 800]);
  const record = {
    token: "2026-01-01T00:00:00Z new",
    intent: "a",
    issuer: mostly(sha256("certificate of CA 1"), "another"),
    key: mostly(key, "Ed25519", "none"),
    key_version: mostly("1", "2"),
    password: mostly("", "plant/1/2048"),
    not_after: new Date(time + hours * 3_600_000).toISOString().replace(/\.\d+Z/, "Z"),
    key_sha256: key === "none" ? "" : sha256(recordedKey),
    certificate_sha256: sha256(recordedCertificate),
    ...(forms !== "" && { forms, forms_sha256: formFiles.map((file) => sha256(`${file} of ${id}`)).join(" ") }),
    ...(files === SERVER_FILES && mostly("", ":plant 0640 0750") !== "" && { access: ":plant 0640 0750" }),
  };
  const contents = {
    [files.key]: key === "none" ? mostly("", "", recordedKey) : mostly(recordedKey, "other", "-", ""),
    [files.certificate]: mostly(recordedCertificate, "other", ""),
    ...(files.other !== undefined && { [files.other]: pick([recordedCertificate, "other", ""]) }),
    ...Object.fromEntries(formFiles.map((file) => [file, mostly(`${file} of ${id}`, "other", "-", "")])),
  };
  return {
    record,
    known: pick(["recorded", "recorded", "recorded", "recorded", "recorded", "not", "stopped"] as const),
    declared: {
      key,
      key_version: "1",
      intent: mostly("a", "b"),
      password: mostly(record.password, "plant/2/2048"),
      renew_before_hours: 24 * 90,
      ...declaredForms(files.forms === undefined ? "" : mostly(forms, "pem-key", "pkcs12 pem-key plant/2", "")),
      ...(files === SERVER_FILES && mostly("", ":plant 0640 0750") !== "" && { access: ":plant 0640 0750" }),
    },
    contents: Object.fromEntries(Object.entries(contents).filter(([, content]) => content !== "")),
  };
}

/** An empty list stands for a fleet that declares nothing. */
function declaredForms(forms: string): Pick<DeclaredServer, "forms"> {
  return forms === "" ? {} : { forms };
}

/** The signing authority, if nothing of it is due. */
function atRest(record: CertificateRecord): Partial<Generated> {
  const { key, intent, password } = record;
  return {
    known: "recorded",
    record: { ...record, not_after: "2099-01-01T00:00:00Z" },
    declared: { key, key_version: "1", intent, password, renew_before_hours: 0 },
    contents: { "ca.key": "key of CA 1", "authority.pem": "certificate of CA 1" },
  };
}

/** "-" stands for a file without content. */
const contentOf = (content: string): string => (content === "-" ? "" : content);

function situationOf(
  { record, known, declared, contents }: Generated,
  files: FileNames,
  issuer: string,
  time: number,
): Situation {
  return {
    files,
    record: known === "not" ? undefined : record,
    isStopped: known === "stopped",
    declared,
    issuer,
    hashOf: (file) => (contents[file] === undefined ? undefined : sha256(contentOf(contents[file]))),
    time: new Date(time),
  };
}

function write(folder: string, { contents }: Generated): void {
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), contentOf(content));
  }
}

function recordsOf(all: ReadonlyMap<string, Generated>, known: Generated["known"]): [string, CertificateRecord][] {
  return [...all].filter(([, one]) => one.known === known).map(([key, { record }]) => [key, record]);
}

/** Records are in the file of records, in the journal of a stopped run, or in both: then the journal counts. */
function writeReloads(
  directory: string,
  reloads: ReadonlyMap<string, ReloadRecord>,
  pick: ReturnType<typeof randomFrom>,
): void {
  const old: ReloadRecord = { token: "2025-01-01T00:00:00Z its files change", of: "" };
  const recorded: [string, ReloadRecord][] = [];
  const journal: [string, ReloadRecord][] = [];
  for (const [folder, record] of reloads) {
    const place = pick(["records", "records", "journal", "both"]);
    recorded.push(
      ...(place === "journal" ? [] : [[folder, place === "both" ? old : record] as [string, ReloadRecord]]),
    );
    journal.push(...(place === "records" ? [] : [[folder, record] as [string, ReloadRecord]]));
  }
  writeFileSync(join(directory, "reloads.records"), sealed(JSON.stringify({ reloads: Object.fromEntries(recorded) })));
  const lines = journal.map((entry) => JSON.stringify(entry));
  writeFileSync(join(directory, "reloads.journal"), [...lines, '["half a line'].join("\n"));
}

describeOneBareEngine("the rules", (engine) => {
  const project = new Project(engine, { withoutProviders: true });
  project.variables = { trust_password: "changeit" };

  interface Plan {
    readonly time: string;
    readonly due: Readonly<Record<string, string>>;
    readonly foreign: readonly string[];
    readonly generations: Readonly<Record<string, string>>;
    readonly trust: string;
    /** The reasons to run commands, by the folders of brokers with a command. */
    readonly reloads: Readonly<Record<string, string>>;
    readonly forms: Readonly<Record<TrustForm, string>>;
  }

  afterAll(() => {
    project.remove();
  });

  /** The engine's decisions about the files. All rules are evaluated, even if a plan would stop. */
  async function plan(): Promise<Plan> {
    const file = join(project.stackFolder, "cdk.tf.json");
    const text = JSON.parse(readFileSync(file, "utf8")) as {
      locals: Record<string, string>;
      output?: Record<string, unknown>;
      check?: unknown;
      resource: { terraform_data: Record<string, { lifecycle?: unknown }> };
    };
    for (const resource of Object.values(text.resource.terraform_data)) {
      delete resource.lifecycle;
    }
    delete text.check;
    const numbers = Array.from({ length: GENERATIONS }, (_, index) => index + 1);
    const generations = numbers.map((one) => `"${one}" = local.authority${one === 1 ? "" : `_${one}`}_words`);
    const forms = TRUST_FORMS.map((form) => `${form} = local.files_trust_${form.replace("-", "_")}_words`);
    text.output = {
      plan: {
        value: `\${jsonencode({time = plantimestamp(), due = local.brokers_due, foreign = local.brokers_foreign, generations = {${generations.join(", ")}}, trust = local.files_trust_words, forms = {${forms.join(", ")}}, reloads = local.reloads_due})}`,
      },
    };
    writeFileSync(file, JSON.stringify(text));
    const result = await project.run("plan", "-input=false", "-no-color", "-out=plan");
    expect(result).toMatchObject({ status: 0 });
    const { stdout } = await project.run("show", "-json", "plan");
    const { planned_values } = JSON.parse(stdout.slice(stdout.indexOf("{"))) as {
      planned_values: { outputs: { plan: { value: string } } };
    };
    return JSON.parse(planned_values.outputs.plan.value) as Plan;
  }

  it.each([1, 2, 3])("The engine and the program decide the same for generated fleet %i", async (seed) => {
    const pick = randomFrom(seed);
    const time = Date.now();
    const directory = project.path("pki");
    rmSync(directory, { recursive: true, force: true });
    const generations = Array.from({ length: GENERATIONS }, (_, index) => index + 1);
    project.declare(`new BrokerPki(app, "mqtt", {
      custody: "machine",
      trustForms: ${JSON.stringify(TRUST_FORMS)},
      truststorePasswordVariable: "trust_password",
      truststorePasswordVersion: 2,
      signingGeneration: 1,
      authority: [${generations.map((one) => `{ generation: ${one}, subject: { commonName: "CA ${one}" } }`).join(", ")}],
      reloadCommand: "true",
      brokers: Array.from({ length: ${SERVERS} }, (_, index) => ({
        address: "mqtt-" + index + ".example.com",
        ...(index % 5 === 0 && { reloadCommand: false }),
      })),
    });`);
    await project.synth();

    // The declaration is generated too.
    const asset = /assets\/\w+\/declared\.json/.exec(readFileSync(join(project.stackFolder, "cdk.tf.json"), "utf8"));
    const declaredFile = join(project.stackFolder, asset?.[0] ?? "");
    const declared = JSON.parse(readFileSync(declaredFile, "utf8")) as Declared;
    mkdirSync(directory);
    const hasConsent = seed === 3;
    if (hasConsent) {
      writeFileSync(join(directory, "take-over"), "");
    }

    const filesOf = (generation: string): FileNames => authorityFiles(Number(generation), false);
    const authorities = new Map(
      Object.keys(declared.authorities).map((generation) => {
        const one = generate(`CA ${generation}`, filesOf(generation), pick, time);
        // A record of an authority has no key version and no authority.
        const ownRecord = { ...one.record, key_version: "1", issuer: "" };
        return [generation, { ...one, record: ownRecord, ...(generation === "1" && seed === 1 && atRest(ownRecord)) }];
      }),
    );
    for (const [generation, one] of authorities) {
      write(generation === "1" ? directory : join(directory, "authorities", generation), one);
    }
    const servers = new Map(
      Object.keys(declared.brokers).map((folder) => [folder, generate(folder, SERVER_FILES, pick, time)]),
    );
    for (const [folder, one] of servers) {
      write(join(directory, folder), one);
    }
    const trust: TrustRecord = {
      token: pick(["", "2026-01-01T00:00:00Z new"]),
      files: "",
      certificates: pick(["", "x"]),
      sha256: "",
    };
    const formHashes = Object.fromEntries(
      TRUST_FORMS.map((form) => [form, trustFormFiles(form, generations).map((file) => sha256(file))] as const),
    );
    const certificatesAtRest = generations.map((generation) => sha256(`certificate of CA ${generation}`)).join(" ");
    const forms = Object.fromEntries(
      TRUST_FORMS.map((form): [TrustForm, TrustFormRecord] => [
        form,
        {
          token: pick(["", "2026-01-01T00:00:00Z new", "2026-01-01T00:00:00Z new"]),
          files: "",
          certificates: pick(["x", certificatesAtRest]),
          password: form === "pkcs12" ? pick(["trust_password/1", "trust_password/2"]) : "",
          sha256: formHashes[form]?.join(" ") ?? "",
        },
      ]),
    );
    for (const file of TRUST_FORMS.flatMap((form) => trustFormFiles(form, generations))) {
      mkdirSync(join(directory, "trust"), { recursive: true });
      writeFileSync(join(directory, file), pick([file, file, "other"]));
    }
    const trustFile = authorities.get("1")?.contents["ca.pem"];
    for (const [name, content, all] of [
      [
        "authorities",
        { generations: Object.fromEntries(recordsOf(authorities, "recorded")), trust, forms },
        authorities,
      ],
      ["brokers", { removed: "", brokers: Object.fromEntries(recordsOf(servers, "recorded")) }, servers],
    ] as const) {
      writeFileSync(join(directory, `${name}.records`), sealed(JSON.stringify(content)));
      const journal = recordsOf(all, "stopped").map((entry) => JSON.stringify(entry));
      writeFileSync(join(directory, `${name}.journal`), [...journal, '["half a line'].join("\n"));
    }
    const reloads = new Map(
      [...servers].flatMap(([folder, { record }]) => {
        const of = pick([undefined, record.token, record.token, record.token, "2025-01-01T00:00:00Z new"]);
        return of === undefined ? [] : [[folder, { token: "2026-01-01T00:00:01Z its files change", of }] as const];
      }),
    );
    writeReloads(directory, reloads, pick);
    // One authority signs for all brokers. Its state is independent of what the brokers' records contain.
    const issuerOf = (generation: string, words: string): string => {
      const record = authorities.get(generation);
      const rule = RULES.find((one) => [false, true].some((is) => wordsOf(one, filesOf(generation), is) === words));
      if (rule?.kind === "adopted") {
        const content = record?.contents[filesOf(generation).certificate];
        return content === undefined ? "" : sha256(contentOf(content));
      }
      return rule?.certificate === "new" || record?.known === "not" ? "" : (record?.record.certificate_sha256 ?? "");
    };
    writeFileSync(
      declaredFile,
      JSON.stringify({
        ...declared,
        authorities: Object.fromEntries(
          Object.entries(declared.authorities).map(([generation, one]): [string, DeclaredAuthority] => [
            generation,
            { ...(one as DeclaredAuthority), ...authorities.get(generation)?.declared },
          ]),
        ),
        brokers: Object.fromEntries(
          Object.entries(declared.brokers).map(([folder, one]) => [
            folder,
            { ...one, ...servers.get(folder)?.declared },
          ]),
        ),
      }),
    );

    const planned = await plan();

    const at = Date.parse(planned.time);
    const ofProgram = new Map(
      [...authorities].map(([generation, one]) => {
        const situation = situationOf(one, filesOf(generation), "", at);
        return [
          generation,
          wordsFor({ ...situation, declared: { ...situation.declared, renew_before_hours: 0 } }),
        ] as const;
      }),
    );
    expect(planned.generations).toEqual(Object.fromEntries(ofProgram));

    const issuer = issuerOf("1", ofProgram.get("1") ?? "");
    const situations = [...servers].map(
      ([folder, one]) => [folder, situationOf(one, SERVER_FILES, issuer, at)] as const,
    );
    const due = situations.map(([folder, situation]) => [folder, wordsFor(situation)] as const);
    const foreign = situations.filter(([, one]) => isForeign(one, { hasConsent, mayKeyBeMissing: true }));
    const foreignFolders = foreign.map(([folder]) => folder).sort();
    // No rule covers a key that differs from its record: the plan stops.
    const ofRules = Object.fromEntries(due.filter(([, words]) => words !== ""));
    const ofEngine = Object.fromEntries(Object.entries(planned.due).filter(([, words]) => words !== ""));
    expect(ofEngine).toEqual(ofRules);
    expect([...planned.foreign].sort()).toEqual(foreignFolders);

    const certificates = [...declared.trust].map((generation) => issuerOf(generation, ofProgram.get(generation) ?? ""));
    const trustHash = trustFile === undefined ? undefined : sha256(contentOf(trustFile));
    expect(planned.trust).toBe(
      trustWordsFor(trust.token === "" ? undefined : trust, certificates.join(" "), trustHash),
    );
    expect(TRUST_RULES.map(({ words }) => words)).toContain(planned.trust);

    const reloadWords = situations
      .filter(([folder]) => declared.brokers[folder]?.reload !== undefined)
      .map(([folder, { record }]) => {
        const words = ofRules[folder];
        const token = words === undefined ? (record?.token ?? "") : `${planned.time} ${words}`;
        return [folder, reloadWordsFor(token, reloads.get(folder), planned.time)] as const;
      });
    expect(planned.reloads).toEqual(Object.fromEntries(reloadWords));
    const found = new Set(reloadWords.map(([, words]) => words));
    expect(RELOAD_RULES.filter(({ words }) => !found.has(words))).toEqual([]);
    const wordsOfForms = TRUST_FORMS.map((form) => {
      const hashes = trustFormFiles(form, generations).map((file) => sha256(readFileSync(join(directory, file))));
      const record = forms[form];
      const words = trustFormWordsFor(form, record?.token === "" ? undefined : record, {
        certificates: certificates.join(" "),
        password: form === "pkcs12" ? "trust_password/2" : "",
        sha256: hashes.join(" "),
      });
      return [form, words] as const;
    });
    expect(planned.forms).toEqual(Object.fromEntries(wordsOfForms));

    // The generated situations cover most rules, and the case without a rule.
    const asked = new Set(Object.values(ofRules));
    expect(asked.size).toBeGreaterThan(10);
    expect(foreignFolders.length).toBeGreaterThan(0);
    if (seed === 1) {
      expect(Object.keys(ofRules).length).toBeLessThan(SERVERS - 50);
    }
  });
});
