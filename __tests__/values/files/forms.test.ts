import { Problems } from "../../../lib/errors";
import { parseBrokerForms, parseTrustForms } from "../../../lib/values/files/forms";

/** What is read, and all that is wrong, in lines. Props as plain JavaScript may give them. */
function parse<T>(read: (problems: Problems, props: object) => T, props: object): { forms: T; lines: string[] } {
  const problems = new Problems();
  const forms = read(problems, props);
  const lines = problems.toError("forms").problems.map(({ path, value, reason }) => `${path} ${value} ${reason}`);
  return { forms, lines };
}

describe("parseBrokerForms", () => {
  it.each([{}, { forms: undefined }, { forms: [] }])("parseBrokerForms reads no forms in %j", (props) => {
    expect(parse(parseBrokerForms, props)).toEqual({ forms: { names: [], password: undefined }, lines: [] });
  });

  it("parseBrokerForms sorts forms and drops repeated ones, in any order of declaration", () => {
    const forms = ["pem-key", "pkcs12", "pem-key"];

    expect(parse(parseBrokerForms, { forms, keystorePasswordVariable: "plant" })).toEqual({
      forms: { names: ["pkcs12", "pem-key"], password: { variable: "plant", version: 1 } },
      lines: [],
    });
  });

  it("parseBrokerForms reads another version of the password", () => {
    const props = { forms: ["pkcs12"], keystorePasswordVariable: "plant", keystorePasswordVersion: 3 };

    expect(parse(parseBrokerForms, props).forms.password).toEqual({ variable: "plant", version: 3 });
  });

  it.each<[object, string[]]>([
    [{ forms: "pkcs12" }, ['forms "pkcs12" is not a list of forms']],
    [{ forms: ["jks", "pem-key"] }, ['forms[0] "jks" is not a form']],
    [{ forms: ["pkcs12"] }, ['keystorePasswordVariable undefined is required with the form "pkcs12"']],
    [
      { keystorePasswordVariable: "plant", keystorePasswordVersion: 2 },
      [
        "keystorePasswordVariable (hidden text) is for the password of a PKCS #12 file, but no such file is declared",
        "keystorePasswordVersion (hidden text) is for the password of a PKCS #12 file, but no such file is declared",
      ],
    ],
    [
      { forms: ["pkcs12"], keystorePasswordVariable: "a secret!", keystorePasswordVersion: "hunter2" },
      [
        "keystorePasswordVariable (hidden text) is not the name of a Terraform variable",
        "keystorePasswordVersion (hidden text) is not a version",
      ],
    ],
  ])("parseBrokerForms refuses %j, and shows no password", (props, lines) => {
    expect(parse(parseBrokerForms, props).lines).toEqual(lines);
  });
});

describe("parseTrustForms", () => {
  it("parseTrustForms reads the forms of trust anchors with their own property names", () => {
    const props = { trustForms: ["pkcs12", "pem"], truststorePasswordVariable: "plant", truststorePasswordVersion: 2 };

    expect(parse(parseTrustForms, props)).toEqual({
      forms: { names: ["pem", "pkcs12"], password: { variable: "plant", version: 2 } },
      lines: [],
    });
    expect(parse(parseTrustForms, { trustForms: ["combined-pem", "pkcs12"] }).lines).toEqual([
      'trustForms[0] "combined-pem" is not a form',
      'truststorePasswordVariable undefined is required with the form "pkcs12"',
    ]);
  });
});
