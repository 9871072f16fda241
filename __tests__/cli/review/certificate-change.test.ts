import { titleOf } from "../../../lib/cli/review/certificate-change";

describe("the title of a certificate", () => {
  it("is a broker's address, whatever other names it has", () => {
    const side = { subject: "O=Example Ltd, CN=192.0.2.10", names: ["mqtt.example.com", "192.0.2.10"] };

    expect(titleOf(false, side, "tls.a")).toBe("192.0.2.10");
    expect(
      titleOf(false, { ...side, subject: "CN=2001:DB8:0:0:0:0:0:10", names: ["a", "2001:db8::10"] }, "tls.a"),
    ).toBe("2001:DB8:0:0:0:0:0:10");
  });

  it("is the first of a broker's names where its common name is none of them", () => {
    expect(titleOf(false, { subject: "CN=Broker 1", names: ["a.example.com", "b.example.com"] }, "tls.a")).toBe(
      "a.example.com",
    );
  });

  it.each(["Plant 1/2 CA", "A\\, B \\+ C"])("is the whole common name of an authority: %s", (name) => {
    expect(titleOf(true, { subject: `O=Example, CN=${name}, emailAddress=a@b`, names: ["a@b"] }, "tls.a")).toBe(
      name.replaceAll("\\", ""),
    );
  });

  it("is the engine's address where nothing else is known", () => {
    expect(titleOf(true, undefined, "tls.a")).toBe("tls.a");
    expect(titleOf(false, { names: [] }, "tls.a")).toBe("tls.a");
  });
});
