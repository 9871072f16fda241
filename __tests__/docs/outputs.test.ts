import { BrokerPki } from "../../lib";
import { tableOf } from "../e2e/support/pages";
import { inNewDirectory, synthesize } from "../support/synth";

describe("docs/reference/outputs.md", () => {
  it("docs/reference/outputs.md lists the outputs of a fleet, and which are sensitive", () => {
    const { mqtt } = inNewDirectory(() =>
      synthesize((app) => {
        new BrokerPki(app, "mqtt", {
          authority: { subject: { commonName: "Plant MQTT CA" } },
          outputs: true,
          files: false,
          brokers: [{ address: "mqtt-1.plant.example.com" }],
        });
      }),
    );
    const rows = tableOf("reference/outputs.md", "Outputs of the stack").map(({ output = "", sensitive }) => [
      output.replaceAll("`", ""),
      sensitive === "yes",
    ]);

    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(
        Object.entries(mqtt?.json.output ?? {}).map(([name, output]) => [name, output["sensitive"] === true]),
      ),
    );
    expect(Object.keys(mqtt?.resources ?? {}).filter((address) => address.includes(".broker_"))).toHaveLength(3);
  });
});
