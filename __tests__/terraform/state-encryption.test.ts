import { App } from "cdktf";
import { BrokerPki, type BrokerPkiProps, type Custody } from "../../lib";
import { problemsOf } from "../support/problems";
import { inNewDirectory, Synthesized, synthesize } from "../support/synth";

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

/** The problems of a refused fleet, one a line, and no line for an accepted fleet. */
function refused(props: Partial<BrokerPkiProps>): string[] {
  return inNewDirectory(() => problemsOf(() => create(new App(), props))).map(
    ({ path, value, reason }) => `${path}: ${value} ${reason}`,
  );
}

describe.each<[Custody]>([["state"], ["machine"]])('encryption with custody "%s"', (custody) => {
  const encrypted = (props: Partial<BrokerPkiProps> = {}) =>
    fleet({ custody, statePassphraseVariable: "state_passphrase", ...props });

  it("OpenTofu encrypts the state and plans with a key from the passphrase", () => {
    expect(encrypted().json.terraform.encryption).toEqual({
      key_provider: { pbkdf2: { TF_VAR_state_passphrase: { passphrase: "${var.state_passphrase}" } } },
      method: { aes_gcm: { TF_VAR_state_passphrase: { keys: "key_provider.pbkdf2.TF_VAR_state_passphrase" } } },
      state: { method: "method.aes_gcm.TF_VAR_state_passphrase", enforced: true },
      plan: { method: "method.aes_gcm.TF_VAR_state_passphrase", enforced: true },
    });
  });

  it("The passphrase comes from a variable that no plan has and that must not be empty", () => {
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

  it("The passphrase may be in the variable of a password", () => {
    const { json } = encrypted({ passwordVariable: "state_passphrase" });

    expect(Object.keys(json.variable ?? {})).toEqual(["state_passphrase"]);
    expect(json.variable?.["state_passphrase"]).toMatchObject({ ephemeral: true });
  });

  it("The synthesized text does not contain the passphrase from the environment", () => {
    process.env["TF_VAR_state_passphrase"] = "s3cret-of-the-state";
    try {
      expect(encrypted().wholeText).not.toContain("s3cret");
    } finally {
      delete process.env["TF_VAR_state_passphrase"];
    }
  });

  it("Encryption changes no resource, no local value and no backend", () => {
    const [{ json: own }, { json: plain }] = [encrypted(), fleet({ custody })];

    expect(own.resource).toEqual(plain.resource);
    expect(own.locals).toEqual(plain.locals);
    expect(own.terraform.backend).toEqual(plain.terraform.backend);
    expect(plain.terraform).not.toHaveProperty("encryption");
    expect(plain.terraform.required_version).toBe(">= 1.5");
    expect(plain).not.toHaveProperty("variable");
  });
});

describe("statePassphraseVariable", () => {
  const noName = /^statePassphraseVariable: "?\(hidden text\)"? is not the name of a Terraform variable$/;

  it.each<[unknown]>([[""], ["state-passphrase"], ["correct horse battery staple"], ["1"], [42], [null], [false]])(
    "statePassphraseVariable refuses %j without showing it, because it may be the passphrase",
    (statePassphraseVariable) => {
      const lines = refused({ statePassphraseVariable: statePassphraseVariable as string });

      expect(lines).toEqual([expect.stringMatching(noName)]);
    },
  );

  it("statePassphraseVariable hides an invalid name in its error", () => {
    const lines = refused({ statePassphraseVariable: "s3cret, or not" });

    expect(lines[0]).toMatch(noName);
    expect(lines.join("\n")).not.toContain("s3cret");
  });

  it("statePassphraseVariable is refused together with all other problems", () => {
    const lines = refused({ statePassphraseVariable: "state-passphrase", brokers: [], directory: "../pki" });

    expect(lines.map((line) => line.split(":")[0]).sort()).toEqual(["brokers", "directory", "statePassphraseVariable"]);
  });
});
