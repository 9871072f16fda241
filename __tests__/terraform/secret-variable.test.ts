import { App, TerraformStack } from "cdktf";
import { ensurePasswordVariable, ensureSecretVariable } from "../../lib/terraform/secret-variable";
import { inNewDirectory, synthesize, Synthesized } from "../support/synth";

interface Validation {
  readonly condition: string;
  readonly error_message: string;
}

function synth(declare: (stack: TerraformStack) => void): Synthesized {
  const stacks = inNewDirectory(() =>
    synthesize((app) => {
      declare(new TerraformStack(app, "own"));
    }),
  );
  return stacks["own"] ?? new Synthesized("");
}

function validationsOf(stack: Synthesized, name: string): readonly Validation[] {
  return stack.json.variable?.[name]?.["validation"] as readonly Validation[];
}

const isMissing = (content: string): Validation => ({
  condition: "${length(var.plant) > 0}",
  error_message: `The ${content} is missing: set the environment variable TF_VAR_plant.`,
});

describe("ensurePasswordVariable", () => {
  const stack = () =>
    synth((own) => {
      ensurePasswordVariable(own, "plant");
      ensurePasswordVariable(own, "plant");
    });

  it("The variable of a password requires 1 to 1,024 bytes, which it counts in Base64", () => {
    expect(Buffer.alloc(1026).toString("base64")).toHaveLength(1368);
    expect(validationsOf(stack(), "plant")).toEqual([
      isMissing("password"),
      {
        condition: '${length(base64encode("${var.plant}..")) <= 1368}',
        error_message:
          "The password in TF_VAR_plant has more than 1024 bytes, and OpenSSL cannot open a key with it: choose a shorter one.",
      },
    ]);
  });

  it("The variable of a password is sensitive and ephemeral, so that no plan has it", () => {
    expect(stack().json.variable?.["plant"]).toMatchObject({ sensitive: true, ephemeral: true, nullable: false });
    expect(stack().json.terraform.required_version).toBe(">= 1.11");
  });
});

describe("ensureSecretVariable", () => {
  const declare = (own: TerraformStack, isEphemeral: boolean): void => {
    ensureSecretVariable(own, { name: "plant", content: "private key", isEphemeral });
  };

  it("The variable of a secret requires a value, of any length", () => {
    const stack = synth((own) => {
      declare(own, false);
    });

    expect(validationsOf(stack, "plant")).toEqual([isMissing("private key")]);
    expect(stack.json.variable?.["plant"]).not.toHaveProperty("ephemeral");
  });

  it("The variable of a secret cannot also be the variable of a password", () => {
    const own = new TerraformStack(new App(), "own");
    declare(own, false);

    expect(() => {
      ensurePasswordVariable(own, "plant");
    }).toThrow('"plant" would hold both a private key and a password');
  });
});
