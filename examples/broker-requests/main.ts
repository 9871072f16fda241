import { App } from "cdktf";
import { BrokerPki } from "cdktf-mqtt-pki";

const app = new App();

new BrokerPki(app, "mqtt", {
  authority: { subject: { commonName: "Plant MQTT CA" } },
  brokers: [
    // The key of this broker is made here, with the certificate.
    { address: "mqtt-1.plant.example.com" },
    // The key of this broker never leaves it: it sends a request.
    { address: "edge-7.plant.example.com", csrFile: "csr/edge-7.csr" },
  ],
});

app.synth();
