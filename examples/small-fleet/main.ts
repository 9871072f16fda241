import { App } from "cdktf";
import { BrokerPki, Duration } from "cdktf-mqtt-pki";

const app = new App();

new BrokerPki(app, "mqtt", {
  authority: { subject: { commonName: "Plant MQTT CA", organization: "Example Ltd" } },
  subject: { organization: "Example Ltd" },
  duration: Duration.days(365),
  brokers: [
    { address: "mqtt-1.plant.example.com" },
    { address: "mqtt-2.plant.example.com", alternativeAddresses: ["mqtt.example.com", "192.0.2.20"] },
    { address: "2001:db8::10" },
  ],
});

app.synth();
