import { fixture } from "../fixtures";
import { mqttPki } from "../inventory/support";

const FILES = { "plan.json": fixture("terraform", "state", "authority-replaced") };

describe("mqtt-pki review --details", () => {
  it("review --details shows each certificate separately, while the default text groups similar ones", async () => {
    const together = await mqttPki(FILES, ["review", "plan.json"]);
    const each = await mqttPki(FILES, ["review", "plan.json", "--details"]);

    expect(together.output).toContain("\nre-issued  2 certificates\n");
    expect(each.output.match(/^re-issued {2}mqtt-\d\.example\.com$/gm)).toHaveLength(2);
    expect(each.output).toContain("\n  file        pki/brokers/mqtt-1.example.com/server.pem written\n");
  });

  it("review refuses --details with a format other than text", async () => {
    const { status, warnings, output } = await mqttPki(FILES, ["review", "plan.json", "--details", "--format", "json"]);

    expect({ status, output }).toEqual({ status: 2, output: "" });
    expect(warnings.join("\n")).toContain("--details");
  });
});
