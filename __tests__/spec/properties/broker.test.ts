import { BrokerPki, type BrokerPkiProps, type BrokerProps, type Custody, Duration, KeyAlgorithm } from "../../../lib";
import { BROKER } from "../../../lib/spec/properties/broker";
import { makeRequest } from "../../support/requests";
import { inNewDirectory, synthesize } from "../../support/synth";

const { pem } = makeRequest({ subject: { CN: "a.example.com" }, names: ["DNS:a.example.com", "IP:192.0.2.1"] });

/** A value for each property, which is not what holds without it. */
const OTHER: Readonly<Record<Exclude<keyof typeof BROKER, "csrFile">, Partial<BrokerProps>>> = {
  address: { address: "b.example.com" },
  alternativeAddresses: { alternativeAddresses: ["c.example.com"] },
  ipAddressesAsDnsNames: { ipAddressesAsDnsNames: true },
  clientAuth: { clientAuth: true },
  subject: { subject: { organization: "Example Ltd" } },
  keyAlgorithm: { keyAlgorithm: KeyAlgorithm.ED25519 },
  keyVersion: { keyVersion: 2 },
  duration: { duration: Duration.days(90) },
  renewBefore: { renewBefore: Duration.days(1) },
  passwordVariable: { passwordVariable: "other" },
  passwordVersion: { passwordVersion: 2 },
  passwordIterations: { passwordIterations: 5000 },
  reloadCommand: { reloadCommand: "systemctl reload mosquitto" },
  forms: { forms: ["pem-key"] },
  keystorePasswordVariable: { forms: ["pkcs12"], keystorePasswordVariable: "other" },
  keystorePasswordVersion: { forms: ["pkcs12"], keystorePasswordVariable: "other", keystorePasswordVersion: 2 },
  fileOwner: { fileOwner: "mosquitto" },
  fileGroup: { fileGroup: "mosquitto" },
  keyMode: { keyMode: "0400" },
  folderMode: { folderMode: "0711" },
  csrPem: { csrPem: pem },
  signingGeneration: { signingGeneration: 2 },
  shard: { shard: "site-a" },
};

const AUTHORITY = [
  { subject: { commonName: "First CA" } },
  { generation: 2, subject: { commonName: "Second CA" } },
] as const satisfies BrokerPkiProps["authority"];

/** All that a fleet of one broker is synthesized to. */
function textOf(custody: "state" | "machine", broker: Partial<BrokerProps>): string {
  const { csrPem } = broker;
  const own = { passwordVariable: "broker_password", alternativeAddresses: ["192.0.2.1"], ...broker };
  const { passwordVariable: _, ...requested } = own;
  const brokers = [{ address: "a.example.com", ...(csrPem === undefined ? own : requested) }];
  const stacks = inNewDirectory(() =>
    synthesize((app) => new BrokerPki(app, "mqtt", { authority: AUTHORITY, signingGeneration: 1, custody, brokers })),
  );
  return JSON.stringify(stacks);
}

/** Those that one custody alone has. */
const ALONE: Readonly<Record<string, Custody>> = {
  shard: "state",
  forms: "machine",
  keystorePasswordVariable: "machine",
  keystorePasswordVersion: "machine",
  fileOwner: "machine",
  fileGroup: "machine",
  folderMode: "machine",
};

const NAMES = Object.entries(OTHER).flatMap(([name, broker]) =>
  (["state", "machine"] as const)
    .filter((custody) => (ALONE[name] ?? custody) === custody)
    .map((custody) => [name, custody, broker] as const),
);

describe("BROKER", () => {
  it.each(NAMES)(
    "Each property of BROKER changes what is synthesized: %s, with custody %s",
    (_name, custody, broker) => {
      expect(textOf(custody, broker)).not.toBe(textOf(custody, {}));
    },
  );
});
