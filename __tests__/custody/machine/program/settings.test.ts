import { readSettings } from "../../../../lib/custody/machine/program/settings";

const ENVIRONMENT = {
  MQTT_PKI_TIME: "2026-01-05T09:00:00Z",
  MQTT_PKI_DECISIONS: "a hash",
  MQTT_PKI_STATE: "an id",
  MQTT_PKI_WORKSPACE: "default",
};

describe("readSettings", () => {
  it.each(["authority", "brokers"] as const)("readSettings reads all settings of a deployment: %s", (command) => {
    expect(readSettings([command, "declared.json"], ENVIRONMENT)).toEqual({
      command,
      declaredFile: "declared.json",
      time: "2026-01-05T09:00:00Z",
      decisions: "a hash",
      state: "an id",
      workspace: "default",
    });
  });

  it("readSettings needs no plan to remove files", () => {
    expect(readSettings(["remove", "declared.json"], { MQTT_PKI_STATE: "an id" })).toMatchObject({
      command: "remove",
      state: "an id",
      time: "",
    });
  });

  it.each([[[]], [["authority"]], [["destroy", "declared.json"]], [["toString", "declared.json"]]])(
    "readSettings shows the usage for the arguments %j",
    (args) => {
      expect(() => readSettings(args, ENVIRONMENT)).toThrow(
        "A deployment runs this program: mqtt-pki.cjs authority|brokers|reload|remove DECLARED",
      );
    },
  );

  it.each([undefined, "", "soon"])("readSettings refuses %p as the time of the plan", (time) => {
    expect(() => readSettings(["brokers", "declared.json"], { ...ENVIRONMENT, MQTT_PKI_TIME: time })).toThrow(
      "MQTT_PKI_TIME is missing",
    );
  });
});
