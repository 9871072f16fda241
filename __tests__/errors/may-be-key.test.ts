import { createHash, generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { mayBeKey } from "../../lib/errors";

const KEYS = [
  generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
  generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
  generateKeyPairSync("ed25519").privateKey,
];
const PEMS = KEYS.map((key) => key.export({ type: "pkcs8", format: "pem" }).toString());
const DERS = KEYS.map((key) => key.export({ type: "pkcs8", format: "der" }));
// A label has 63 characters, and a name 253.
const LONGEST_NAME = `${`${"plant-north-line-3-edge-gateway-7".padEnd(63, "x")}.`.repeat(3)}${"y".repeat(61)}`;

describe("mayBeKey", () => {
  it.each([
    ["a PEM", PEMS],
    ["a PEM without its first dash", PEMS.map((pem) => pem.slice(1))],
    ["a PEM without its first line", PEMS.map((pem) => pem.slice(pem.indexOf("\n")))],
    ["a PEM without its lines", PEMS.map((pem) => pem.replace(/-----[^-]+-----/g, "").trim())],
    ["a PEM whose lines are joined by blanks", PEMS.map((pem) => pem.split("\n").slice(1, -2).join(" "))],
    ["a PEM whose lines are joined by escapes", PEMS.map((pem) => pem.split("\n").slice(1, -2).join("\\n"))],
    ["base64", DERS.map((der) => der.toString("base64"))],
    ["base64url", DERS.map((der) => der.toString("base64url"))],
    ["base64 of a base64", DERS.map((der) => Buffer.from(der.toString("base64")).toString("base64"))],
    ["base64 with words around it", DERS.map((der) => `the key is ${der.toString("base64")}, and more`)],
  ])("mayBeKey is true for %s", (_, texts) => {
    expect(texts.map(mayBeKey)).toEqual([true, true, true]);
  });

  it("mayBeKey is true for nearly any 40 characters of base64, and any 64", () => {
    const found = (bytes: number): number =>
      Array.from({ length: 1000 }, () => randomBytes(bytes).toString("base64")).filter(mayBeKey).length;

    expect(found(30)).toBeGreaterThan(980);
    expect(found(48)).toBeGreaterThan(996);
  });

  it.each([
    ["a name as long as there may be", LONGEST_NAME],
    ["such a name in capitals", LONGEST_NAME.toUpperCase()],
    ["a digest", createHash("sha256").update("a").digest("hex")],
    ["a digest in capitals", createHash("sha512").update("a").digest("hex").toUpperCase()],
    ["several UUIDs", `${randomUUID()}/${randomUUID()}_${randomUUID()}`],
    ["a path", "/home/deployer/projects/plant-north/2026/requests/edge-7.example.com.csr"],
    ["a path with capitals", "/Users/AnnaBerg/Projects/PlantNorth2/IoT/MQTT/Requests/Edge7"],
    ["a path of Windows", "C:/Users/AnnaBerg2/Documents/GitHub/MqttFleet/PlantNorth/Requests/Edge7"],
    ["a path with years and numbers", "/mnt/Data1/PKI/IssuingCA2/Requests/2026Q3/PlantA7/LineB3/Edge12"],
    ["a path of Java", "com/example/plant3/mqtt/configuration/DefaultTlsCertificateServiceAutoConfiguration2"],
    ["an engine's address", 'module.PlantNorth2.tls_locally_signed_cert.broker["EdgeGateway7.Line3.example.com"]'],
    ["an organization", "Vereinigte Maschinenfabriken Nord GmbH & Co. KG, Werk 3, Halle B2"],
    ["a name of words", "Plant-North-Line-3-Edge-Gateway-7-Unit-12A-Rack-B2"],
    ["an ARN", "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/12345678-1234-1234-1234-123456789012"],
    ["many small letters", "x".repeat(1000)],
  ])("mayBeKey is false for %s", (_, text) => {
    expect(mayBeKey(text)).toBe(false);
  });

  // Quadratic work would not end.
  it("mayBeKey is false for five million characters", () => {
    expect(mayBeKey("aaaaaaaaB1".repeat(500_000))).toBe(false);
  });
});
