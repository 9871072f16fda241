import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MadeAuthority, makeAuthority, openssl } from "../../support/authorities";
import { inventoried, inventory, makeServer } from "./support";

let folder: string;
let root: MadeAuthority;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "collection-"));
  root = makeAuthority(folder, "Plant CA");
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("mqtt-pki inventory of a PKCS #7 bundle", () => {
  let broker: MadeAuthority;

  beforeAll(() => {
    broker = makeServer(folder, "bundled", root, { days: 1 });
  });

  const bundleOf = (form: string, ...certificates: readonly MadeAuthority[]): Buffer => {
    const file = join(folder, "bundle");
    const options = certificates.flatMap(({ certificateFile }) => ["-certfile", certificateFile]);
    openssl(["crl2pkcs7", "-nocrl", ...options, "-outform", form, "-out", file]);
    return readFileSync(file);
  };

  it.each<[what: string, file: string, content: () => Uint8Array]>([
    ["PEM", "broker.crt", () => bundleOf("PEM", root, broker)],
    ["DER", "broker.p7b", () => bundleOf("DER", root, broker)],
    [
      "PEM of an older label",
      "broker.cer",
      () => Buffer.from(bundleOf("PEM", broker, root).toString().replaceAll("PKCS7", "CERTIFICATES")),
    ],
    ["PEM in UTF-16", "broker.pem", () => Buffer.from(`\ufeff${bundleOf("PEM", root, broker).toString()}`, "utf16le")],
  ])("inventory lists the certificates of a PKCS #7 bundle: %s", async (_what, file, content) => {
    const files = { "pki/ca.pem": root.certificatePem, [`pki/${file}`]: content() };
    const { certificates, unreadable } = await inventoried(files, ["pki"]);

    expect(unreadable).toEqual([]);
    expect(certificates.map(({ address, location, accepted }) => [address, location, accepted])).toEqual([
      ["Plant CA", "ca.pem", true],
      ["mqtt-1.example.com", file, true],
    ]);
    expect((await inventory(files, ["pki", "--expires-within", "30d"])).status).toBe(1);
  });

  it("inventory reports bundles and certificate files without certificates", async () => {
    const files = {
      "pki/empty.p7b": bundleOf("DER"),
      "pki/broken.p7b": bundleOf("DER", root).subarray(0, 200),
      "pki/request.crt": "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
      "pki/dash.crt": broker.certificatePem.replace("-----BEGIN", "----BEGIN"),
      "pki/key.pem": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    };
    const { unreadable } = await inventoried(files, ["pki"]);

    expect(unreadable.map(({ location, reason }) => `${location}: ${reason}`).sort()).toEqual([
      "broken.p7b: is not a certificate",
      "dash.crt: 1 of 1 certificates there cannot be read",
      "empty.p7b: holds no certificate",
      "request.crt: holds no certificate",
    ]);
  });
});
