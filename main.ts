import { App } from "cdktf";
import { BrokerPki, Duration, KeyAlgorithm } from "./lib";

const app = new App();

new BrokerPki(app, "mqtt", {
  // The authority that clients trust. They get pki/ca.pem; pki/ca.key never leaves the machine that signs.
  authority: {
    subject: {
      commonName: "Plant MQTT CA",
      organization: "Example Ltd",
      locality: "Austin",
      province: "Texas",
      country: "US",
    },
  },

  // Defaults for all brokers. Each broker can override them.
  subject: { organization: "Example Ltd" },
  duration: Duration.days(825),
  renewBefore: Duration.days(90),

  // One key and one certificate each, in pki/brokers/<address>/, for the name or IP address that clients dial.
  brokers: [
    { address: "mqtt-1.plant.example.com" },
    { address: "192.0.2.10" },
    { address: "2001:db8::10" },
    {
      address: "mqtt-2.plant.example.com",
      alternativeAddresses: ["mqtt.example.com", "192.0.2.20"],
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
    },
  ],
});

app.synth();
