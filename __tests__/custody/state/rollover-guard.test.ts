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

/** The conditions that a plan of an existing fleet checks for each generation that signs. */
function conditions({ resources }: Synthesized): string[] {
  const { postcondition = [] } = (resources["terraform_data.fleet_since"]?.["lifecycle"] ?? {}) as {
    readonly postcondition?: readonly { readonly condition: string }[];
  };
  return postcondition.map(({ condition }) => condition);
}

const since = (name: string): string =>
  `\${self.input == plantimestamp() || !(terraform_data.${name}.input == plantimestamp())}`;

describe("rollover guard", () => {
  it("The rollover guard keeps the times of the plans that first declare the fleet and each generation", () => {
    const { resources } = fleet();

    for (const name of ["fleet_since", "authority_since", "authority_2_since"]) {
      expect(resources[`terraform_data.${name}`]).toMatchObject({
        input: "${plantimestamp()}",
        lifecycle: { ignore_changes: ["input"] },
      });
    }
  });

  it("The rollover guard lets each generation sign that existed before the plan", () => {
    const brokers = [{ address: "a.b" }, { address: "c.d", signingGeneration: 2 }];

    expect(conditions(fleet())).toEqual([since("authority_since")]);
    expect(conditions(fleet({ signingGeneration: 2 }))).toEqual([since("authority_2_since")]);
    expect(conditions(fleet({ brokers }))).toEqual([since("authority_since"), since("authority_2_since")]);
  });

  it("The rollover guard lets a generation with preventDestroy false sign at once", () => {
    const free = { ...SECOND, preventDestroy: false };

    expect(conditions(fleet({ authority: [FIRST, free], signingGeneration: 2 }))).toEqual([]);
    expect(conditions(fleet({ authority: [FIRST, free] }))).toEqual([since("authority_since")]);
  });

  it("The rollover guard treats an imported authority with another certificate as a new authority", () => {
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

  it('The rollover guard adds no resource with custody "machine", because its records do the work', () => {
    expect(Object.keys(fleet({ custody: "machine" }).resources).filter((name) => name.endsWith("_since"))).toEqual([]);
  });
});
