import { App } from "cdktf";
import { BrokerPki } from "cdktf-mqtt-pki";

const app = new App();

new BrokerPki(app, "mqtt", {
  authority: { certificateFile: "ca/ca.pem", keyFile: "ca/ca.key" },
  brokers: [{ address: "mqtt-1.plant.example.com" }, { address: "mqtt-2.plant.example.com" }],
});

app.synth();
