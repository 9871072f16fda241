import { parsePlace } from "../../../../lib/cli/check/route/place";

describe("parsePlace", () => {
  it.each([
    ["mqtt-1.example.com", { host: "mqtt-1.example.com" }],
    ["mqtt_1", { host: "mqtt_1" }],
    ["mqtt-1.example.com:1", { host: "mqtt-1.example.com", port: 1 }],
    ["192.0.2.1:65535", { host: "192.0.2.1", port: 65535 }],
    ["2001:db8::1", { host: "2001:db8::1" }],
    ["[2001:db8::1]", { host: "2001:db8::1" }],
    ["[2001:db8::1]:8884", { host: "2001:db8::1", port: 8884 }],
  ])("parsePlace reads a host and a port: %s", (text, place) => {
    expect(parsePlace(text)).toEqual(place);
  });

  it.each([
    ...[
      "",
      ":8883",
      "a:",
      "a:0",
      "a:65536",
      "a:1:2",
      "a b",
      "a/b",
      "user@a",
      "*.example.com",
      "[a]",
      "[::1",
      "::1]:1",
      ".a",
    ],
  ])("parsePlace refuses %j", (text) => {
    expect(parsePlace(text)).toBeUndefined();
  });
});
