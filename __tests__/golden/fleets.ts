import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { App } from "cdktf";
import { BrokerPki, type BrokerPkiProps, type Custody, CUSTODY_CONTEXT, KeyAlgorithm } from "../../lib";
import { inNewDirectory, textsIn } from "../support/synth";

const MAIN = join(__dirname, "../../main.ts");

const CUSTODIES: readonly Custody[] = ["state", "machine"];

/** The program of custody `machine`, a bundle of this library and others: only its presence is compared. */
const PROGRAM = "/mqtt-pki.cjs";

interface Fleet {
  readonly custodies: readonly Custody[];
  readonly props: Omit<BrokerPkiProps, "custody">;
}

const FLEETS: Readonly<Record<string, Fleet>> = {
  generations: {
    custodies: CUSTODIES,
    props: {
      authority: [
        { subject: { commonName: "Plant MQTT CA" }, passwordVariable: "ca_password" },
        { generation: 2, subject: { commonName: "Plant MQTT CA 2" }, keyAlgorithm: KeyAlgorithm.ECDSA_P384 },
      ],
      signingGeneration: 1,
      brokers: [
        { address: "mqtt-1.plant.example.com", passwordVariable: "broker_password", passwordVersion: 2 },
        { address: "192.0.2.10", signingGeneration: 2 },
        {
          address: "edge-7.plant.example.com",
          subject: { organization: "Example Ltd" },
          csrPem: readFileSync(join(__dirname, "edge-7.csr"), "utf8"),
        },
      ],
    },
  },
  clients: {
    custodies: CUSTODIES,
    props: {
      authority: { subject: { commonName: "Plant MQTT CA" } },
      brokers: [
        { address: "mqtt-1.plant.example.com" },
        { address: "bridge.plant.example.com", clientAuth: true, keyAlgorithm: KeyAlgorithm.ECDSA_P256 },
      ],
    },
  },
  reload: {
    custodies: CUSTODIES,
    props: {
      authority: { subject: { commonName: "Plant MQTT CA" } },
      reloadCommand: "./hand-out.sh ${MQTT_PKI_ADDRESS}",
      brokers: [
        { address: "mqtt-1.plant.example.com", passwordVariable: "broker_password" },
        { address: "192.0.2.10", reloadCommand: false },
        {
          address: "edge-7.plant.example.com",
          subject: { organization: "Example Ltd" },
          csrPem: readFileSync(join(__dirname, "edge-7.csr"), "utf8"),
        },
      ],
    },
  },
  access: {
    custodies: ["machine"],
    props: {
      authority: { subject: { commonName: "Plant MQTT CA" } },
      fileGroup: "mosquitto",
      brokers: [
        { address: "mqtt-1.plant.example.com" },
        { address: "mqtt-2.plant.example.com", fileOwner: "1883", keyMode: "0440", folderMode: "0710" },
        {
          address: "edge-7.plant.example.com",
          subject: { organization: "Example Ltd" },
          csrPem: readFileSync(join(__dirname, "edge-7.csr"), "utf8"),
        },
      ],
    },
  },
  forms: {
    custodies: ["machine"],
    props: {
      authority: [
        { subject: { commonName: "Plant MQTT CA" } },
        { generation: 2, subject: { commonName: "Plant MQTT CA 2" } },
      ],
      signingGeneration: 1,
      trustForms: ["pem", "der", "c-header", "pkcs12"],
      truststorePasswordVariable: "truststore_password",
      keystorePasswordVariable: "keystore_password",
      brokers: [
        { address: "hivemq.plant.example.com", forms: ["pkcs12"], keystorePasswordVersion: 2 },
        { address: "haproxy.plant.example.com", forms: ["pem-key", "combined-pem"] },
        { address: "mqtt-1.plant.example.com" },
      ],
    },
  },
  "trust-forms": {
    custodies: ["state"],
    props: {
      authority: { subject: { commonName: "Plant MQTT CA" } },
      trustForms: ["pem", "der", "c-header"],
      brokers: [{ address: "mqtt-1.plant.example.com" }],
    },
  },
  modes: {
    custodies: ["state"],
    props: {
      authority: { subject: { commonName: "Plant MQTT CA" } },
      directoryMode: "0711",
      brokers: [{ address: "mqtt-1.plant.example.com" }, { address: "mqtt-2.plant.example.com", keyMode: "0640" }],
    },
  },
  shards: {
    custodies: ["state"],
    props: {
      authority: { subject: { commonName: "Plant MQTT CA" } },
      shards: 2,
      brokers: [
        { address: "mqtt-1.plant.example.com" },
        { address: "mqtt-3.plant.example.com" },
        { address: "mqtt.north.example.com", shard: "north" },
      ],
    },
  },
};

/**
 * The synthesized files of fleets with each custody: all files in the folders of their stacks, by
 * `<fleet>/<custody>/<stack>/<file>`. One of the fleets is that of main.ts.
 *
 * @param name the name of the folder for the synthesis
 */
export function fleetTexts(name: string): Record<string, string> {
  const texts = CUSTODIES.flatMap((custody) => [
    ...textsOf("main", custody, name, () => {
      runMain(custody);
    }),
    ...Object.entries(FLEETS)
      .filter(([, { custodies }]) => custodies.includes(custody))
      .flatMap(([fleet, { props }]) =>
        textsOf(fleet, custody, name, () => {
          const app = new App();
          new BrokerPki(app, "mqtt", { ...props, custody });
          app.synth();
        }),
      ),
  ]);
  return Object.fromEntries(texts);
}

function textsOf(fleet: string, custody: Custody, name: string, synthesize: () => void): [string, string][] {
  return inNewDirectory(() => {
    mkdirSync(name);
    process.chdir(name);
    synthesize();
    const texts = Object.entries(textsIn("cdktf.out/stacks"));
    return texts.map(([path, text]) =>
      path.endsWith(PROGRAM)
        ? [`${fleet}/${custody}/${path}.txt`, "The program is here.\n"]
        : [`${fleet}/${custody}/${path}`, text],
    );
  });
}

/** As cdktf runs it. */
function runMain(custody: Custody): void {
  const tsx = pathToFileURL(require.resolve("tsx")).href;
  const env = { ...process.env, CDKTF_CONTEXT_JSON: JSON.stringify({ [CUSTODY_CONTEXT]: custody }) };
  execFileSync(process.execPath, ["--import", tsx, MAIN], { env, stdio: "pipe" });
}
