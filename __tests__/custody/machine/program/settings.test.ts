import { readSettings } from "../../../../lib/custody/machine/program/settings";

const ENVIRONMENT = {
  MQTT_PKI_TIME: "2026-01-05T09:00:00Z",
  MQTT_PKI_DECISIONS: "a hash",
  MQTT_PKI_STATE: "an id",
  MQTT_PKI_WORKSPACE: "default",
};

describe("readSettings", () => {
  it.each(["authority", "brokers"] as const)("has all that a deployment tells: %s", (command) => {
    expect(readSettings([command, "declared.json"], ENVIRONMENT)).toEqual({
      command,
      declaredFile: "declared.json",
      time: "2026-01-05T09:00:00Z",
      decisions: "a hash",
      state: "an id",
      workspace: "default",
    });
  });

  it("needs no plan where files are removed", () => {
    expect(readSettings(["remove", "declared.json"], { MQTT_PKI_STATE: "an id" })).toMatchObject({
      command: "remove",
      state: "an id",
      time: "",
    });
  });

  it.each([[[]], [["authority"]], [["destroy", "declared.json"]], [["toString", "declared.json"]]])(
    "says how it is run to who runs it by hand: %j",
    (args) => {
      expect(() => readSettings(args, ENVIRONMENT)).toThrow(
        "A deployment runs this program: mqtt-pki.cjs authority|brokers|reload|remove DECLARED",
      );
    },
  );

  it.each([undefined, "", "soon"])("refuses a plan's time that is none: %p", (time) => {
    expect(() => readSettings(["brokers", "declared.json"], { ...ENVIRONMENT, MQTT_PKI_TIME: time })).toThrow(
      "MQTT_PKI_TIME is missing",
    );
  });
});
