import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { BrokerPki, type BrokerPkiProps, CertificateAuthority } from "../../../lib";
import { type Run, runsOf } from "../../support/machine";
import { inNewDirectory, synthesize, Synthesized } from "../../support/synth";

export const SUBJECT = { commonName: "Test CA" };

/** A fleet with custody "machine" and, by default, the single broker a.b. */
export function fleet(props: Partial<BrokerPkiProps> = {}): Synthesized {
  const declaration: BrokerPkiProps = { authority: { subject: SUBJECT }, brokers: [{ address: "a.b" }], ...props };
  const stacks = inNewDirectory(() =>
    synthesize((app) => new BrokerPki(app, "mqtt", { ...declaration, custody: "machine" })),
  );
  return stacks["mqtt"] ?? new Synthesized("");
}

/** The user's own stack. */
export function stackWith(declare: (stack: TerraformStack) => void): Synthesized {
  const stacks = inNewDirectory(() =>
    synthesize((app) => {
      declare(new TerraformStack(app, "own"));
    }),
  );
  return stacks["own"] ?? new Synthesized("");
}

export function authorityIn(scope: Construct, id = "ca", directory = "pki"): CertificateAuthority {
  return new CertificateAuthority(scope, id, { subject: SUBJECT, custody: "machine", directory });
}

/** The runs of the program in all resources. */
export function allRuns(stack: Synthesized): Run[] {
  return Object.keys(stack.resources).flatMap((address) => runsOf(stack, address));
}
