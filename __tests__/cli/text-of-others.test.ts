import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeAuthority } from "../support/authorities";
import { CANARIES, flawsOf, type Format, TAG } from "./canaries";
import { ENGINES, fixture, type Folder } from "./fixtures";
import { type Files, makeServer, mqttPki, type World } from "./inventory/support";
import { planted, shapesOf } from "./review/planted";

const FORMATS = {
  review: ["text", "markdown", "json", "html", "sarif", "junit", "github", "gitlab"],
  inventory: ["table", "markdown", "csv", "json", "prometheus", "html", "sarif", "junit", "github", "gitlab"],
  check: ["table", "markdown", "json", "prometheus", "sarif", "junit", "github", "gitlab"],
} as const;

const GATES = {
  review: ["--fail-on", "removed,renewed,re-keyed"],
  inventory: ["--expires-within", "9999w"],
  check: ["--expires-within", "9999w", "--fail-on", "any", "--retries", "0"],
} as const;

/** Rules that all certificates break. */
const RULES = `rules:
  - { name: names, names: "^$" }
  - { name: forbidden-names, forbiddenNames: . }
  - { name: authorities, authorities: [other] }
  - { name: keys, keyAlgorithms: [Ed25519] }
  - { name: changes, changesAtMost: 0 }
`;

/** The output of a command in all formats, and the parts that are more than text. */
async function flawsIn(
  command: keyof typeof FORMATS,
  files: Files,
  formats: readonly Format[] = FORMATS[command],
  world: World = {},
): Promise<{ readonly flaws: string[]; readonly outputs: string[] }> {
  const gate = GATES[command];
  const [first = ""] = Object.keys(files);
  const source = command === "review" ? first : (first.split("/")[0] ?? "");
  const flaws: string[] = [];
  const outputs: string[] = [];
  for (const format of formats) {
    const { output, warnings } = await mqttPki(
      { ...files, "mqtt-pki.yaml": RULES },
      [command, source, "--format", format, ...gate],
      world,
    );
    outputs.push(output);
    flaws.push(...(output === "" ? [] : flawsOf(format, output)).map((flaw) => `${format}: ${flaw}`));
    flaws.push(...flawsOf("warnings", warnings.join("\n")).map((flaw) => `warnings: ${flaw}`));
  }
  return { flaws, outputs };
}

/** Parts without which a document is invalid, or holds nothing to look for. */
const STRUCTURE =
  /^\.(format_version|timestamp|resource_changes\[\]\.(mode|type|change\.actions\[\])|values\.root_module\.resources\[\]\.type)$/;

/** Parts of a plan that a review does not parse. */
const UNREAD: readonly string[] = ["planned_values", "prior_state", "relevant_attributes", "checks"];

/** The output of an engine, without these parts. */
function documentOf(folder: Folder, name: string): unknown {
  const members = Object.entries(JSON.parse(fixture(ENGINES[0], folder, name)) as object);
  return Object.fromEntries(members.filter(([member]) => !UNREAD.includes(member)));
}

/** Parts that a command needs to find a certificate at all. */
const NEEDED =
  /(\.(triggers_replace|name|module_address|mode|cert_pem|ca_cert_pem|cert_request_pem|token|key|algorithm|ecdsa_curve|validity)|_pem)$/;

const INPUTS: readonly (readonly [keyof typeof FORMATS, Folder, string])[] = [
  ["review", "state", "several-at-once"],
  ["review", "machine", "several-at-once"],
  ["review", "hcl/module", "moved"],
  ["inventory", "state", "state"],
  ["inventory", "machine", "state"],
  ["inventory", "hcl/module", "state"],
];

function isValue(shape: string): boolean {
  return !shape.endsWith(" as a name");
}

function filesWith(document: unknown, isWanted: (shape: string) => boolean, text: string): Files {
  return { "document.json": JSON.stringify(planted(document, isWanted, () => text)) };
}

describe("hostile texts in the output of mqtt-pki", () => {
  // A format treats all texts alike, so the format with the most special characters is enough.
  it.each([
    ["review", "state", "several-at-once", ["markdown"]],
    ["review", "machine", "several-at-once", ["markdown"]],
    ["inventory", "state", "state", ["markdown"]],
  ] as const)(
    "mqtt-pki %s of %s, %s escapes a hostile text in each place in turn",
    async (command, folder, name, formats) => {
      const document = documentOf(folder, name);
      const shapes = [...shapesOf(document)].filter((shape) => !STRUCTURE.test(shape));
      const kinds = Object.values(CANARIES);
      const flaws: string[] = [];
      for (const [at, shape] of shapes.entries()) {
        const canary = [kinds[at % kinds.length], kinds[(at * 5 + 3) % kinds.length]].join(" ");
        const files = filesWith(document, (each) => each === shape, canary);
        const found = await flawsIn(command, files, formats);
        flaws.push(...found.flaws.map((flaw) => `${shape}: ${flaw}`));
      }

      expect(shapes.length).toBeGreaterThan(20);
      expect(flaws).toEqual([]);
    },
  );

  describe.each(INPUTS)("mqtt-pki escapes hostile texts: output of %s for %s, %s", (command, folder, name) => {
    const document = documentOf(folder, name);

    it.each(Object.entries(CANARIES))("mqtt-pki escapes hostile texts in all places at once: %s", async (_, canary) => {
      const isPart = (shape: string): boolean => isValue(shape) && !STRUCTURE.test(shape);
      const isOptional = (shape: string): boolean => isPart(shape) && !NEEDED.test(shape);
      const parts = await flawsIn(command, filesWith(document, isOptional, canary));
      const values = await flawsIn(command, filesWith(document, isPart, canary));
      const all = await flawsIn(
        command,
        filesWith(document, () => true, canary),
      );

      expect([...parts.flaws, ...values.flaws, ...all.flaws]).toEqual([]);
      // Some of it was read and shown.
      expect(parts.outputs.join("")).toContain(TAG);
    });
  });

  describe("hostile texts in certificates and in their file names", () => {
    const folder = mkdtempSync(join(tmpdir(), "canaries-"));
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });

    it.each(Object.entries(CANARIES))("%s", async (_, canary) => {
      // The limits of openssl: 64 characters in a name, a backslash before special characters, and no NUL.
      const text = (canary.startsWith("C".repeat(9)) ? canary.slice(90) : canary).replaceAll("\0", "").slice(0, 60);
      const subject = `/O=${text.replace(/[\\/+]/g, "\\$&")}/CN=${text.replace(/[\\/+]/g, "\\$&")}`;
      const ca = makeAuthority(folder, "ca", { subject });
      const ascii = text
        .replace(/[^\x20-\x7e]/g, "")
        .replaceAll(/[\\,"$#;]/g, "")
        .trim();
      const server = makeServer(folder, "server", ca, {
        subject,
        extensions: { subjectAltName: `DNS:${ascii}, URI:x${ascii}, email:a@${TAG}.example` },
      });
      const files = {
        "pki/ca.pem": ca.certificatePem,
        [`pki/brokers/${text}/server.pem`]: server.certificatePem,
        [`pki/brokers/${text}/broken.pem`]: server.certificatePem.slice(0, 200),
      };
      const { flaws, outputs } = await flawsIn("inventory", files);

      expect(flaws).toEqual([]);
      expect(outputs.filter((output) => output.includes(TAG)).length).toBeGreaterThan(3);

      // Presented by a broker that declares another certificate.
      const chain = [server, ca].map(({ certificatePem }) => new X509Certificate(certificatePem).raw);
      const [protocol, cipher, flaw] = [canary, canary, canary];
      const other = makeServer(folder, "other", ca, { extensions: { subjectAltName: `DNS:${ascii}` } });
      const declared = { "pki/ca.pem": ca.certificatePem, "pki/brokers/a/server.pem": other.certificatePem };
      const checked = await flawsIn("check", declared, FORMATS.check, {
        dial: () => Promise.resolve({ kind: "served", protocol, cipher, chain, flaw }),
      });

      expect(checked.flaws).toEqual([]);
      expect(checked.outputs.filter((output) => output.includes(TAG)).length).toBeGreaterThan(2);

      const plan = fixture("terraform", "state", "several-at-once");
      const isCertificate = (shape: string): boolean => shape.endsWith(".change.before.cert_pem");
      const corrupt = planted(JSON.parse(plan), isCertificate, () => server.certificatePem);
      const reviewed = await flawsIn("review", { "plan.json": JSON.stringify(corrupt) });

      expect(reviewed.flaws).toEqual([]);
      expect(reviewed.outputs.join("")).toContain(TAG);
    });
  });

  it.each(Object.entries(CANARIES))(
    "mqtt-pki escapes hostile texts in the names of its arguments: %s",
    async (_, canary) => {
      const { flaws } = await flawsIn("review", { [canary]: fixture("terraform", "state", "several-at-once") });
      const missing = await flawsIn("review", { [canary]: "{}" });
      const state = await flawsIn("inventory", {
        [canary.replaceAll("/", "")]: fixture("terraform", "state", "state"),
      });

      expect([...flaws, ...missing.flaws, ...state.flaws]).toEqual([]);
    },
  );

  it.each(Object.entries(CANARIES))(
    "mqtt-pki check escapes hostile texts in an inventory and in answers of brokers: %s",
    async (_, canary) => {
      const times = { notBefore: canary, notAfter: canary };
      const entry = { source: canary, kind: "broker", address: "a.example.com", names: [canary] };
      const inventory = {
        version: 1,
        certificates: [
          { ...entry, serialNumber: canary, fingerprint: canary, ...times },
          { ...entry, address: canary },
        ],
      };
      const { flaws, outputs } = await flawsIn("check", { "i.json": JSON.stringify(inventory) }, FORMATS.check, {
        dial: () => Promise.resolve({ kind: "unreachable", reason: canary }),
      });

      expect(flaws).toEqual([]);
      expect(outputs.filter((output) => output.includes(TAG)).length).toBeGreaterThan(2);
    },
  );

  it.each(Object.entries(CANARIES))("mqtt-pki affected escapes hostile texts in stacks: %s", async (_, canary) => {
    const folder = canary.replaceAll("/", "");
    const entry = {
      name: canary,
      constructPath: canary,
      workingDirectory: folder,
      synthesizedStackPath: `${folder}/cdk.tf.json`,
      dependencies: [canary],
    };
    const files = {
      "head/manifest.json": JSON.stringify({ stacks: { [canary]: entry } }),
      [`head/${folder}/cdk.tf.json`]: "{}",
    };
    const args = ["affected", "--base", "base", "--head", "head"];
    const { output, warnings } = await mqttPki(files, args);
    const broken = await mqttPki({ ...files, [`head/${folder}/cdk.tf.json`]: "" }, args);

    expect(flawsOf("json", output)).toEqual([]);
    expect(JSON.parse(output)).toMatchObject({ include: [{ stack: canary }] });
    expect(broken.warnings).toHaveLength(1);
    expect(flawsOf("warnings", [...warnings, ...broken.warnings].join("\n"))).toEqual([]);
  });
});

/** A page with visible text, data and a script. */
function pageWith(html: string): string {
  return `<!doctype html>\n${html}\n<script type="application/json" id="data">{}</script>\n<script>0</script></body></html>\n`;
}

describe("the search for hostile texts", () => {
  it.each<[Format, string]>([
    ["text", `  ::add-mask::${TAG}`],
    ["text", `a ##[group]${TAG}`],
    ["text", "a\u202eb"],
    ["table", "section_start:1:a"],
    ["markdown", `| \`a\` | ${TAG} |`],
    ["markdown", `- \`a\` @octocat`],
    ["markdown", "| a |\n| --- |\n| a | b |"],
    ["csv", `a,"b;=${TAG}"`],
    ["csv", `a, =${TAG}`],
    ["json", `{"a": "##[${TAG}]"}`],
    ["prometheus", `a{b="c" ${TAG}} 1`],
    ["html", pageWith(`<b>${TAG}</b>`)],
    ["html", pageWith(`<p title=""${TAG}">`)],
  ])("the search for hostile texts finds one in %s: %j", (format, output) => {
    expect(flawsOf(format, output)).not.toEqual([]);
  });

  it.each<[Format, string]>([
    ["text", "::1  ::2"],
    ["markdown", `| \`${TAG}\` |\n| --- |\n| \`a\` |`],
    ["csv", "a,-3"],
    ["prometheus", 'a{b="c"} 1'],
    ["html", pageWith(`<p title="&lt;b&gt;">&lt;b&gt;${TAG}</p>`)],
  ])("the search for hostile texts finds none in %s: %j", (format, output) => {
    expect(flawsOf(format, output)).toEqual([]);
  });
});
