import { BrokerPki, type BrokerPkiProps } from "../../../lib";
import { makeAuthority } from "../../support/authorities";
import { inNewDirectory, synthesize, Synthesized } from "../../support/synth";

const FIRST = { subject: { commonName: "First CA" } };
const SECOND = { generation: 2, subject: { commonName: "Second CA" } };

function declared(props: Partial<BrokerPkiProps> = {}): Synthesized {
  const stacks = synthesize(
    (app) =>
      new BrokerPki(app, "mqtt", {
        authority: [FIRST, SECOND],
        signingGeneration: 1,
        brokers: [{ address: "a.b" }, { address: "c.d" }],
        ...props,
      }),
  );
  return stacks["mqtt"] ?? new Synthesized("");
}

function fleet(props: Partial<BrokerPkiProps> = {}): Synthesized {
  return inNewDirectory(() => declared(props));
}

/** What the plan of a fleet that exists must find, of each generation that signs. */
function conditions({ resources }: Synthesized): string[] {
  const { postcondition = [] } = (resources["terraform_data.fleet_since"]?.["lifecycle"] ?? {}) as {
    readonly postcondition?: readonly { readonly condition: string }[];
  };
  return postcondition.map(({ condition }) => condition);
}

const since = (name: string): string =>
  `\${self.input == plantimestamp() || !(terraform_data.${name}.input == plantimestamp())}`;

describe("the guard of a rollover", () => {
  it("keeps the time of the plan that declares the fleet first, and of each generation, through all later ones", () => {
    const { resources } = fleet();

    for (const name of ["fleet_since", "authority_since", "authority_2_since"]) {
      expect(resources[`terraform_data.${name}`]).toMatchObject({
        input: "${plantimestamp()}",
        lifecycle: { ignore_changes: ["input"] },
      });
    }
  });

  it("lets those sign that were there before the plan, each of them", () => {
    const brokers = [{ address: "a.b" }, { address: "c.d", signingGeneration: 2 }];

    expect(conditions(fleet())).toEqual([since("authority_since")]);
    expect(conditions(fleet({ signingGeneration: 2 }))).toEqual([since("authority_2_since")]);
    expect(conditions(fleet({ brokers }))).toEqual([since("authority_since"), since("authority_2_since")]);
  });

  it("lets one sign at once that may be destroyed", () => {
    const free = { ...SECOND, preventDestroy: false };

    expect(conditions(fleet({ authority: [FIRST, free], signingGeneration: 2 }))).toEqual([]);
    expect(conditions(fleet({ authority: [FIRST, free] }))).toEqual([since("authority_since")]);
  });

  it("takes an authority that was made elsewhere for another one when its certificate is another", () => {
    inNewDirectory((folder) => {
      const [one, other] = ["one", "other"].map((name) => makeAuthority(folder, name));
      const identityOf = (made = one) =>
        declared({ authority: { certificateFile: made?.certificateFile ?? "", keyFile: made?.keyFile ?? "" } })
          .resources["terraform_data.authority_since"]?.["triggers_replace"];

      expect(identityOf()).toMatch(/^[\da-f]{64}$/);
      expect(identityOf(one)).toBe(identityOf());
      expect(identityOf(other)).not.toBe(identityOf());
    });
  });

  it("stands in no resource of custody machine, whose records tell it", () => {
    expect(Object.keys(fleet({ custody: "machine" }).resources).filter((name) => name.endsWith("_since"))).toEqual([]);
  });
});
