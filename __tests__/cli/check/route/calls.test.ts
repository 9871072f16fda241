import type { Broker, DeclaredCertificate } from "../../../../lib/cli/check/broker";
import { callsOf } from "../../../../lib/cli/check/route/calls";
import { Trust } from "../../../../lib/cli/check/trust";

const DIALING = { port: 8883, protocol: "tls", path: "/mqtt", routes: new Map() } as const;

function declared(notBefore: string): DeclaredCertificate {
  return {
    serialNumber: "01",
    fingerprint: notBefore,
    notBefore,
    notAfter: "2030-01-01T00:00:00Z",
    keyFingerprint: "",
  };
}

function broker(source: string, given: Partial<Broker> = {}): Broker {
  const address = "mqtt-1.example.com";
  return { source, address, names: [address], declared: undefined, trust: undefined, ...given };
}

/** The places that are dialled, each with the source of its declared certificate. */
function dialled(...brokers: readonly Broker[]): string[] {
  return callsOf(brokers, DIALING).map(({ broker: { source }, target }) => `${source}: ${target?.port ?? "none"}`);
}

describe("callsOf", () => {
  const early = declared("2026-01-01T00:00:00Z");
  const late = declared("2026-02-01T00:00:00Z");

  it.each([
    ["first", [broker("new", { declared: late }), broker("old", { declared: early })]],
    ["last", [broker("old", { declared: early }), broker("new", { declared: late })]],
    ["before a source without certificates", [broker("new", { declared: early }), broker("state")]],
    ["after an address", [broker("--address", { port: 8883 }), broker("new", { declared: early })]],
  ])("callsOf takes the certificate that was issued last, if it is in the source that is named %s", (_, brokers) => {
    expect(dialled(...brokers)).toEqual(["new: 8883"]);
  });

  it("callsOf takes the first of several sources with the same certificate", () => {
    expect(dialled(broker("one", { declared: early }), broker("other", { declared: early }))).toEqual(["one: 8883"]);
  });

  it("callsOf dials an address at each of its ports", () => {
    expect(dialled(broker("pki", { declared: early }), broker("--address", { port: 8884 }))).toEqual([
      "pki: 8883",
      "--address: 8884",
    ]);
  });

  it("callsOf takes trust anchors from another source if its own has none", () => {
    const trust = new Trust([], new Date());
    const calls = callsOf(
      [broker("pki", { declared: early, trust }), broker("inventory", { declared: late })],
      DIALING,
    );

    expect(calls).toMatchObject([{ broker: { source: "inventory", trust } }]);
  });
});
