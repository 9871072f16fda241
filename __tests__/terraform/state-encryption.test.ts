import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { BrokerPki, type BrokerPkiProps, type Custody } from "../../lib";
import { problemsOf } from "../support/problems";
import { inNewDirectory, Synthesized, synthesize } from "../support/synth";

let folder: string;
const before = { ...process.env };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "engines-"));
  standIn("tofu", "OpenTofu v1.12.0");
  standIn("terraform", "Terraform v1.11.4");
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  process.env["PATH"] = `${folder}:${before["PATH"] ?? ""}`;
  process.env["TERRAFORM_BINARY_NAME"] = "tofu";
});

afterEach(() => {
  process.env["PATH"] = before["PATH"];
  delete process.env["TERRAFORM_BINARY_NAME"];
  if (before["TERRAFORM_BINARY_NAME"] !== undefined) {
    process.env["TERRAFORM_BINARY_NAME"] = before["TERRAFORM_BINARY_NAME"];
  }
});

/** A program that says which engine, of which version, it is. */
function standIn(name: string, version: string): string {
  const program = join(folder, name);
  writeFileSync(program, `#!/bin/sh\n[ "$*" = version ] && printf '%s\\non linux_amd64\\n' '${version}'\n`, {
    mode: 0o755,
  });
  return program;
}

function create(app: App, props: Partial<BrokerPkiProps>): BrokerPki {
  return new BrokerPki(app, "mqtt", {
    authority: { subject: { commonName: "Test CA" } },
    brokers: [{ address: "a.b" }],
    ...props,
  });
}

function fleet(props: Partial<BrokerPkiProps>): Synthesized {
  return inNewDirectory(() => synthesize((app) => create(app, props)))["mqtt"] ?? new Synthesized("");
}

/** What a fleet is refused for, in lines: nothing where it is taken. */
function refused(props: Partial<BrokerPkiProps>): string[] {
  return inNewDirectory(() => problemsOf(() => create(new App(), props))).map(
    ({ path, value, reason }) => `${path}: ${value} ${reason}`,
  );
}

describe.each<[Custody]>([["state"], ["machine"]])('the state, with custody "%s",', (custody) => {
  const encrypted = (props: Partial<BrokerPkiProps> = {}) =>
    fleet({ custody, statePassphraseVariable: "state_passphrase", ...props });

  it("is encrypted by OpenTofu, as are plans, with a key that is made of a passphrase", () => {
    expect(encrypted().json.terraform.encryption).toEqual({
      key_provider: { pbkdf2: { TF_VAR_state_passphrase: { passphrase: "${var.state_passphrase}" } } },
      method: { aes_gcm: { TF_VAR_state_passphrase: { keys: "key_provider.pbkdf2.TF_VAR_state_passphrase" } } },
      state: { method: "method.aes_gcm.TF_VAR_state_passphrase", enforced: true },
      plan: { method: "method.aes_gcm.TF_VAR_state_passphrase", enforced: true },
    });
  });

  it("has its passphrase in a variable that is in no plan and must not be empty", () => {
    const { json } = encrypted();

    expect(json.variable).toEqual({
      state_passphrase: {
        type: "string",
        description: "A passphrase. It comes from the environment, as TF_VAR_state_passphrase.",
        default: "",
        nullable: false,
        sensitive: true,
        ephemeral: true,
        validation: [
          {
            condition: "${length(var.state_passphrase) > 0}",
            error_message: "The passphrase is missing: set the environment variable TF_VAR_state_passphrase.",
          },
        ],
      },
    });
    expect(json.terraform.required_version).toBe(">= 1.11");
  });

  it("may have its passphrase in the variable of a password", () => {
    const { json } = encrypted({ passwordVariable: "state_passphrase" });

    expect(Object.keys(json.variable ?? {})).toEqual(["state_passphrase"]);
    expect(json.variable?.["state_passphrase"]).toMatchObject({ ephemeral: true });
  });

  it("has its passphrase in no text, though it is in the environment", () => {
    process.env["TF_VAR_state_passphrase"] = "s3cret-of-the-state";
    try {
      expect(encrypted().wholeText).not.toContain("s3cret");
    } finally {
      delete process.env["TF_VAR_state_passphrase"];
    }
  });

  it("is all that is other than without", () => {
    const [{ json: own }, { json: plain }] = [encrypted(), fleet({ custody })];

    expect(own.resource).toEqual(plain.resource);
    expect(own.locals).toEqual(plain.locals);
    expect(own.terraform.backend).toEqual(plain.terraform.backend);
    expect(plain.terraform).not.toHaveProperty("encryption");
    expect(plain.terraform.required_version).toBe(">= 1.5");
    expect(plain).not.toHaveProperty("variable");
  });
});

describe("the engine", () => {
  const byTerraform =
    'statePassphraseVariable: "state_passphrase" is for OpenTofu, and the engine is Terraform v1.11.4, which encrypts neither state nor plans';
  const props = { statePassphraseVariable: "state_passphrase" };

  it("may be OpenTofu, by name or by its path", () => {
    expect(refused(props)).toEqual([]);
    process.env["TERRAFORM_BINARY_NAME"] = join(folder, "tofu");
    expect(refused(props)).toEqual([]);
  });

  it("may be OpenTofu under the name of Terraform", () => {
    process.env["TERRAFORM_BINARY_NAME"] = standIn("renamed-terraform", "OpenTofu v1.12.0");
    expect(refused(props)).toEqual([]);
  });

  it("is refused where it is Terraform, by name or by its path", () => {
    process.env["TERRAFORM_BINARY_NAME"] = "terraform";
    expect(refused(props)).toEqual([byTerraform]);
    process.env["TERRAFORM_BINARY_NAME"] = join(folder, "terraform");
    expect(refused(props)).toEqual([byTerraform]);
  });

  it("is Terraform where nothing is said, or nothing with an empty variable", () => {
    delete process.env["TERRAFORM_BINARY_NAME"];
    expect(refused(props)).toEqual([byTerraform]);
    process.env["TERRAFORM_BINARY_NAME"] = "";
    expect(refused(props)).toEqual([byTerraform]);
  });

  it("is told how to be another", () => {
    process.env["TERRAFORM_BINARY_NAME"] = "terraform";
    const [problem] = inNewDirectory(() => problemsOf(() => create(new App(), props)));

    expect(problem?.fix).toBe("set TERRAFORM_BINARY_NAME=tofu, or leave it out and use a backend that encrypts");
  });

  it("need not be there at synth", () => {
    process.env["TERRAFORM_BINARY_NAME"] = join(folder, "no-such-engine");
    expect(refused(props)).toEqual([]);
  });

  it("is not asked where nothing is to be encrypted", () => {
    process.env["TERRAFORM_BINARY_NAME"] = "terraform";
    expect(refused({})).toEqual([]);
  });
});

describe("the variable of the passphrase", () => {
  const noName = /^statePassphraseVariable: "?\(a text\)"? is no name of a variable$/;

  it.each<[unknown]>([[""], ["state-passphrase"], ["correct horse battery staple"], ["1"], [42], [null], [false]])(
    "is not %j, which may be the passphrase and is not shown",
    (statePassphraseVariable) => {
      const lines = refused({ statePassphraseVariable: statePassphraseVariable as string });

      expect(lines).toEqual([expect.stringMatching(noName)]);
    },
  );

  it("is not shown where it is no name, whatever the engine is", () => {
    process.env["TERRAFORM_BINARY_NAME"] = "terraform";
    const lines = refused({ statePassphraseVariable: "s3cret, or not" });

    expect(lines[0]).toMatch(noName);
    expect(lines.join("\n")).not.toContain("s3cret");
  });

  it("is refused beside all else that is wrong", () => {
    process.env["TERRAFORM_BINARY_NAME"] = "terraform";
    const lines = refused({ statePassphraseVariable: "state_passphrase", brokers: [], directory: "../pki" });

    expect(lines.map((line) => line.split(":")[0]).sort()).toEqual(["brokers", "directory", "statePassphraseVariable"]);
  });
});
