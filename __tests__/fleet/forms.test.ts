import { BrokerPki, type BrokerPkiProps, CertificateAuthority, ServerCertificate } from "../../lib";
import { TerraformStack } from "cdktf";
import { declaredOf } from "../support/machine";
import { makeRequest } from "../support/requests";
import { inNewDirectory, reasons, refusal, synthesize, type Synthesized } from "../support/synth";

const CA = { subject: { commonName: "Test CA" } };
const A = { address: "a.example.com" };
const STORE = { keystorePasswordVariable: "store" };

type Props = Partial<BrokerPkiProps>;

function fleet(props: Props): Synthesized | undefined {
  return inNewDirectory(() =>
    synthesize((app) => new BrokerPki(app, "mqtt", { custody: "machine", authority: CA, brokers: [A], ...props })),
  )["mqtt"];
}

function problems(props: Props): string[] {
  return reasons(refusal((app) => new BrokerPki(app, "mqtt", { authority: CA, brokers: [A], ...props })));
}

/** What is declared of the forms of each broker. */
function formsOf(props: Props): (string | undefined)[] {
  const synthesized = fleet(props);
  return synthesized === undefined ? [] : Object.values(declaredOf(synthesized).brokers).map(({ forms }) => forms);
}

function variablesOf(synthesized: Synthesized | undefined): unknown {
  return (JSON.parse(synthesized?.text ?? "{}") as { variable?: unknown }).variable;
}

const { pem } = makeRequest({ subject: { CN: "b.example.com" }, names: ["DNS:b.example.com"] });
const REQUESTED = { address: "b.example.com", csrPem: pem };

describe("The forms of brokers in a fleet", () => {
  it("The forms of a broker are its own, otherwise the fleet's; a broker with a request has none", () => {
    const brokers = [
      A,
      REQUESTED,
      { address: "c.example.com", forms: ["pem-key"] },
      { address: "d.example.com", forms: [] },
      { address: "e.example.com", keystorePasswordVariable: "own" },
      { address: "f.example.com", keystorePasswordVersion: 3 },
    ] as const;

    expect(formsOf({ ...STORE, forms: ["pkcs12"], keystorePasswordVersion: 2, brokers })).toEqual([
      "pkcs12 store/2",
      undefined,
      "pem-key",
      undefined,
      "pkcs12 own/1",
      "pkcs12 store/3",
    ]);
  });

  it("The forms of a broker use the fleet's password, which may be declared without forms of the fleet", () => {
    expect(formsOf({ ...STORE, brokers: [A, { address: "b.example.com", forms: ["pkcs12"] }] })).toEqual([
      undefined,
      "pkcs12 store/1",
    ]);
  });

  it("The forms of brokers have their passwords in variables that no plan has", () => {
    expect(variablesOf(fleet({ ...STORE, forms: ["pkcs12"] }))).toMatchObject({ store: { ephemeral: true } });
  });

  it.each<[string, Props, readonly (string | RegExp)[]]>([
    [
      "without a password, once for all",
      { custody: "machine", forms: ["pkcs12"], brokers: [A, { address: "b.example.com" }] },
      [/^keystorePasswordVariable: is required with the form "pkcs12"$/],
    ],
    [
      "that are none, once for all",
      { custody: "machine", forms: ["jks" as "pkcs12"], ...STORE, brokers: [A, { address: "b.example.com" }] },
      [/^forms\[0\]: is not a form$/],
    ],
    [
      "of a broker with a request",
      { custody: "machine", brokers: [{ ...REQUESTED, forms: ["pem-key"] }] },
      [/^brokers\[0\]\.forms: contain the key/],
    ],
    [
      "that no broker has, with a password",
      { custody: "machine", ...STORE },
      [/^keystorePasswordVariable: is for the password of server\.p12, which no broker has$/],
    ],
    [
      "with custody state: all, for each has the key",
      { ...STORE, custody: "state", forms: ["pkcs12", "pem-key"], brokers: [A, { ...REQUESTED }] },
      [/^forms: is PKCS #12, which the providers/, /^forms: would put another copy of the key into the state$/],
    ],
    [
      "with custody state and without a password, both at once",
      { custody: "state", forms: ["pkcs12"], brokers: [A] },
      [/^keystorePasswordVariable: is required with the form "pkcs12"$/, /^forms: is PKCS #12, which the providers/],
    ],
    [
      "of one broker with custody state",
      { custody: "state", brokers: [{ ...A, forms: ["combined-pem"] }] },
      [/^brokers\[0\]\.forms: would put another copy of the key into the state$/],
    ],
  ])("The forms of brokers are refused: %s", (_what, props, expected) => {
    const found = problems(props);

    expect(found).toHaveLength(expected.length);
    for (const [index, reason] of expected.entries()) {
      expect(found[index]).toMatch(reason);
    }
  });

  it('The forms of a broker are refused with custody "state" outside a fleet too', () => {
    const error = refusal((app) => {
      const stack = new TerraformStack(app, "own");
      const authority = new CertificateAuthority(stack, "ca", CA);
      new ServerCertificate(stack, "server", { authority, ...A, forms: ["pem-key"] });
    });

    expect(error.message).toContain('is a form that custody "state" does not make');
  });
});

describe("The forms of trust anchors in a fleet", () => {
  it("The forms of trust anchors are declared with the variable of the password", () => {
    const synthesized = fleet({
      trustForms: ["pkcs12", "der"],
      truststorePasswordVariable: "trust",
      truststorePasswordVersion: 2,
    });

    expect(synthesized && declaredOf(synthesized).trust_forms).toBe("der pkcs12 trust/2");
    expect(variablesOf(synthesized)).toMatchObject({ trust: { ephemeral: true } });
  });

  it.each<[string, Props, RegExp]>([
    [
      "PKCS #12 with custody state",
      { custody: "state", trustForms: ["pkcs12"], truststorePasswordVariable: "trust" },
      /^trustForms: is PKCS #12, which the providers/,
    ],
    [
      "any without files",
      { custody: "state", trustForms: ["pem"], files: false, outputs: true },
      /^files: leaves no place for the forms that trustForms declares$/,
    ],
    [
      "PKCS #12 without a password",
      { custody: "machine", trustForms: ["pkcs12"] },
      /^truststorePasswordVariable: is required with the form "pkcs12"$/,
    ],
  ])("The forms of trust anchors are refused: %s", (_what, props, reason) => {
    expect(problems(props)).toEqual([expect.stringMatching(reason)]);
  });
});
