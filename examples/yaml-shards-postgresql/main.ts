import { App, PgBackend } from "cdktf";
import { BrokerPki, brokersFromFile } from "cdktf-mqtt-pki";

const app = new App();

new BrokerPki(app, "mqtt", {
  custody: "state",
  authority: { subject: { commonName: "Plant MQTT CA" } },
  brokers: brokersFromFile("brokers.yaml"),
  shards: 2,
  // One schema for each stack. PGUSER and PGPASSWORD come from the environment.
  backend: (stack) =>
    new PgBackend(stack, {
      connStr: "postgres://db.example.com/states?sslmode=verify-full",
      schemaName: stack.node.id.replaceAll("-", "_"),
    }),
});

app.synth();
