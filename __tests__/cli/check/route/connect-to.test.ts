import type { Broker } from "../../../../lib/cli/check/broker";
import { parseRoute, refuseStrayRoutes } from "../../../../lib/cli/check/route/connect-to";

describe("parseRoute", () => {
  it.each([
    ["MQTT-1.example.com=127.0.0.1:18883", "mqtt-1.example.com"],
    ["2001:DB8:0::1=127.0.0.1:18883", "2001:db8::1"],
    ["[2001:db8::1]=127.0.0.1:18883", "2001:db8::1"],
  ])("parseRoute accepts any spelling of a broker's address: %s", (text, address) => {
    expect([...parseRoute(text)]).toEqual([[address, { host: "127.0.0.1", port: 18883 }]]);
  });
});

describe("refuseStrayRoutes", () => {
  const brokers = ["MQTT-1.example.com", "2001:db8::1"].map((address): Broker => {
    return { source: "pki", address, names: [address], declared: undefined, trust: undefined };
  });

  it("refuseStrayRoutes accepts the addresses of brokers", () => {
    const routes = parseRoute("[2001:db8:0::1]=[::1]:8883", parseRoute("MQTT-1.example.com=127.0.0.1"));

    expect(() => {
      refuseStrayRoutes(routes, brokers);
    }).not.toThrow();
  });

  it("refuseStrayRoutes refuses the address of no broker, with the one that was probably meant", () => {
    expect(() => {
      refuseStrayRoutes(parseRoute("mqt-1.example.com=127.0.0.1"), brokers);
    }).toThrow('"--connect-to mqt-1.example.com" is the address of no broker; did you mean mqtt-1.example.com?');
  });
});
