import { Construct } from "constructs";
import { BrokerPki, type BrokerPkiProps } from "../../../lib";
import { inNewDirectory, reasons, refusal, synthesize, type Synthesized } from "../../support/synth";

export const AUTHORITY = { subject: { commonName: "Test CA" } };

/** The resource addresses of a fleet with custody "machine" and any brokers. */
export const OF_MACHINE = [
  "terraform_data.authority",
  "terraform_data.brokers",
  "terraform_data.files",
  "terraform_data.owner",
];

export const AWKWARD = [
  "a.b",
  "ab",
  "a-b",
  "1a",
  "192.0.2.10",
  "2001:db8::10",
  "ipv6",
  "*.plant.example.com",
  "wildcard.plant.example.com",
  "bücher.example",
];

export function fleet(props: Partial<BrokerPkiProps> & Pick<BrokerPkiProps, "brokers">): Synthesized {
  return inNewDirectory(() => declared(props));
}

export function declared(props: Partial<BrokerPkiProps> & Pick<BrokerPkiProps, "brokers">): Synthesized {
  const stack = synthesize((app) => new BrokerPki(app, "mqtt", { authority: AUTHORITY, ...props }))["mqtt"];
  if (stack === undefined) {
    throw new Error("no stack mqtt");
  }
  return stack;
}

export function brokers(...addresses: string[]): { address: string }[] {
  return addresses.map((address) => ({ address }));
}

export function refused(props: Partial<BrokerPkiProps>): string[] {
  return inNewDirectory(() => reasons(refusal((app) => create(app, props))));
}

export function create(app: Construct, props: Partial<BrokerPkiProps>, id = "mqtt"): BrokerPki {
  return new BrokerPki(app, id, { authority: AUTHORITY, brokers: brokers("a.b"), ...props });
}

export const PASSWORDS = {
  authority: { ...AUTHORITY, passwordVariable: "ca_password" },
  passwordVariable: "broker_password",
} as const;
