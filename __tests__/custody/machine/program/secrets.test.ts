import { Secrets } from "../../../../lib/custody/machine/program/secrets";

const secrets = (value: string | undefined): Secrets => new Secrets({ TF_VAR_plant: value, plant: "another" });

describe("Secrets", () => {
  it("Secrets reads the value of a Terraform variable from the environment", () => {
    expect(secrets("s3cret").valueOf("plant", "key of the authority")).toBe("s3cret");
    expect(secrets("s3cret").passwordIn("plant")).toBe("s3cret");
  });

  it.each([undefined, ""])("Secrets names the variable that is missing: %p", (value) => {
    expect(() => secrets(value).valueOf("plant", "key of the authority")).toThrow(
      "the key of the authority is missing: set the environment variable TF_VAR_plant",
    );
    expect(() => secrets(value).passwordIn("plant")).toThrow(
      "the password of a key is missing: set the environment variable TF_VAR_plant",
    );
  });

  it.each(["a".repeat(1024), "é".repeat(512)])("Secrets accepts a password of 1,024 bytes: case %#", (password) => {
    expect(secrets(password).passwordIn("plant")).toBe(password);
  });

  it.each(["a".repeat(1025), `${"é".repeat(512)}a`])(
    "Secrets refuses a password of more than 1,024 bytes, and does not show it: case %#",
    (password) => {
      const read = () => secrets(password).passwordIn("plant");

      expect(read).toThrow(/^the password in TF_VAR_plant has more than 1024 bytes/);
      expect(read).not.toThrow(password.slice(0, 5));
    },
  );

  it("Secrets accepts a key of any length", () => {
    const key = "a".repeat(5000);

    expect(secrets(key).valueOf("plant", "key of the authority")).toBe(key);
  });
});
