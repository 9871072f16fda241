import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Problem } from "../../lib/errors";
import { Duration } from "../../lib/values/duration";
import { brokersFromFile } from "../../lib/fleet-file/fleet-file";
import type { BrokerProps } from "../../lib/spec/fleet-props";
import { KeyAlgorithm } from "../../lib/values/key-algorithm";
import { problemsOf } from "../support/problems";
import { inNewDirectory } from "../support/synth";

export const REPOSITORY = join(__dirname, "../..");

/** The content of a file: lines, text or bytes. */
export type Text = string | Buffer | readonly string[];

/** Runs `body` in a new directory with that file. */
export function withFile<T>(file: string, text: Text, body: () => T): T {
  return inNewDirectory(() => {
    writeFileSync(file, typeof text === "string" || Buffer.isBuffer(text) ? text : text.join("\n"));
    return body();
  });
}

/** The brokers in a file. */
export function read(file: string, text: Text): BrokerProps[] {
  return withFile(file, text, () => brokersFromFile(file));
}

/** The problems of a file. */
export function problems(file: string, text: Text): readonly Problem[] {
  return withFile(file, text, () => problemsOf(() => brokersFromFile(file)));
}

/** The problems of a file, one line each, without their fixes. */
export function lines(file: string, text: Text): string[] {
  return problems(file, text).map(({ path, value, reason }) => `${path}: ${value} ${reason}`);
}

/** A broker with every property: the type makes sure that none is missing. */
export const FULL: Required<BrokerProps> = {
  address: "mqtt-1.plant.example.com",
  alternativeAddresses: ["mqtt.example.com", "192.0.2.10"],
  ipAddressesAsDnsNames: true,
  clientAuth: true,
  subject: {
    country: "US",
    province: "Ohio",
    locality: "Springfield",
    organization: 'Example, "Ltd"',
    organizationalUnit: "Plant 7",
  } satisfies Required<BrokerProps["subject"]>,
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  keyVersion: 2,
  duration: Duration.days(90),
  renewBefore: Duration.hours(36),
  passwordVariable: "broker_password",
  passwordVersion: 3,
  passwordIterations: 100_000,
  reloadCommand: "systemctl reload mosquitto",
  forms: ["pkcs12", "pem-key"],
  keystorePasswordVariable: "keystore_password",
  keystorePasswordVersion: 2,
  fileOwner: "mosquitto",
  fileGroup: "1883",
  keyMode: "0440",
  folderMode: "0710",
  csrFile: "csr/mqtt-1.csr",
  csrPem: "a request\nin two lines",
  signingGeneration: 4,
  shard: "site-a",
};

export function refusalOf(file: string): Error {
  try {
    brokersFromFile(file);
  } catch (error) {
    if (error instanceof Error) {
      return error;
    }
  }
  throw new Error("Nothing was refused.");
}
