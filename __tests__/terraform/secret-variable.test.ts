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

describe("the variable of a password", () => {
  const stack = () =>
    synth((own) => {
      ensurePasswordVariable(own, "plant");
      ensurePasswordVariable(own, "plant");
    });

  it("must be there, and have at most 1,024 bytes: with two more, those are 1,368 characters of Base64", () => {
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

  it("is in no plan, and shown nowhere", () => {
    expect(stack().json.variable?.["plant"]).toMatchObject({ sensitive: true, ephemeral: true, nullable: false });
    expect(stack().json.terraform.required_version).toBe(">= 1.11");
  });
});

describe("the variable of another secret", () => {
  const declare = (own: TerraformStack, isEphemeral: boolean): void => {
    ensureSecretVariable(own, { name: "plant", content: "private key", isEphemeral });
  };

  it("must be there, however long it is", () => {
    const stack = synth((own) => {
      declare(own, false);
    });

    expect(validationsOf(stack, "plant")).toEqual([isMissing("private key")]);
    expect(stack.json.variable?.["plant"]).not.toHaveProperty("ephemeral");
  });

  it("is refused where its name is that of a password", () => {
    const own = new TerraformStack(new App(), "own");
    declare(own, false);

    expect(() => {
      ensurePasswordVariable(own, "plant");
    }).toThrow('"plant" would hold both a private key and a password');
  });
});
