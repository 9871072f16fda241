import { createHash, generateKeyPairSync, randomUUID } from "node:crypto";
import { publicText } from "../../../lib/cli/show/public-text";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PEM = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

describe("publicText", () => {
  it.each([
    "mqtt-1.plant.example.com",
    "2001:db8::10",
    'module.plant["north-1"].tls_locally_signed_cert.broker[0]',
    "x".repeat(63) + ".example.com",
    createHash("sha256").update("a").digest("hex"),
    createHash("sha256").update("a").digest("hex").toUpperCase(),
    randomUUID(),
    "CN=Müller & Söhne, O=Example Ltd",
    "/Users/AnnaBerg/Projects/PlantNorth2/requests/Edge7/server.pem",
    "",
  ])("publicText keeps %p", (text) => {
    expect(publicText(text)).toBe(text);
  });

  it("publicText returns one line without control and direction characters", () => {
    expect(publicText("a\r\nb\tc\u001b[31md\u202ee\u2028f")).toBe("a b c [31md e f");
  });

  it("publicText shortens a long text", () => {
    expect(publicText("ab ".repeat(1000)).length).toBe(300);
    expect(publicText("ab ".repeat(1000))).toMatch(/…$/);
  });

  it.each([
    ["a private key", PEM],
    ["a private key in a longer text", `broker ${PEM} and more`],
    ["a private key on one line", PEM.replaceAll("\n", "\\n")],
    ["its header alone", "-----BEGIN RSA PRIVATE KEY-----"],
    ["a line of its body", PEM.split("\n")[1] ?? ""],
    ["its bytes in base64url", privateKey.export({ type: "pkcs8", format: "der" }).toString("base64url")],
  ])("publicText withholds %s", (_what, text) => {
    expect(text.length).toBeGreaterThan(20);
    expect(publicText(text)).toBe("(withheld: it may be a key)");
  });
});
