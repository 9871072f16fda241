import { App } from "cdktf";
import { BrokerPki } from "cdktf-mqtt-pki";

const first = { subject: { commonName: "Plant MQTT CA" } };
const second = { generation: 2, subject: { commonName: "Plant MQTT CA 2036" } };

/** The declaration of the authority in each step. In your project, you edit it; here, STEP chooses. */
const STEPS = {
  start: { authority: first },
  trust: { authority: [first, second], signingGeneration: 1 },
  sign: { authority: [first, second], signingGeneration: 2 },
  finish: { authority: second },
};

const step = process.env["STEP"] ?? "start";
if (!(step in STEPS)) {
  throw new Error(`STEP is "${step}"; choose one of ${Object.keys(STEPS).join(", ")}`);
}

const app = new App();

new BrokerPki(app, "mqtt", {
  ...STEPS[step as keyof typeof STEPS],
  brokers: [{ address: "mqtt-1.plant.example.com" }, { address: "mqtt-2.plant.example.com" }],
});

app.synth();
