import { parseRoute } from "../../../../lib/cli/check/route/connect-to";

describe("parseRoute", () => {
  it.each([
    ["MQTT-1.example.com=127.0.0.1:18883", "mqtt-1.example.com"],
    ["2001:DB8:0::1=127.0.0.1:18883", "2001:db8::1"],
    ["[2001:db8::1]=127.0.0.1:18883", "2001:db8::1"],
  ])("parseRoute accepts any spelling of a broker's address: %s", (text, address) => {
    expect([...parseRoute(text)]).toEqual([[address, { host: "127.0.0.1", port: 18883 }]]);
  });
});
