import { titleOf } from "../../../lib/cli/review/certificate-change";

describe("titleOf", () => {
  it("titleOf returns a broker's address even if the certificate has other names", () => {
    const side = { subject: "O=Example Ltd, CN=192.0.2.10", names: ["mqtt.example.com", "192.0.2.10"] };

    expect(titleOf(false, side, "tls.a")).toBe("192.0.2.10");
    expect(
      titleOf(false, { ...side, subject: "CN=2001:DB8:0:0:0:0:0:10", names: ["a", "2001:db8::10"] }, "tls.a"),
    ).toBe("2001:DB8:0:0:0:0:0:10");
  });

  it("titleOf returns a broker's first name if its common name is not among its names", () => {
    expect(titleOf(false, { subject: "CN=Broker 1", names: ["a.example.com", "b.example.com"] }, "tls.a")).toBe(
      "a.example.com",
    );
  });

  it.each(["Plant 1/2 CA", "A\\, B \\+ C"])("titleOf returns the whole common name of an authority: %s", (name) => {
    expect(titleOf(true, { subject: `O=Example, CN=${name}, emailAddress=a@b`, names: ["a@b"] }, "tls.a")).toBe(
      name.replaceAll("\\", ""),
    );
  });

  it("titleOf returns the engine's address if the certificate is unknown", () => {
    expect(titleOf(true, undefined, "tls.a")).toBe("tls.a");
    expect(titleOf(false, { names: [] }, "tls.a")).toBe("tls.a");
  });
});
