import { X509Certificate } from "node:crypto";
import mqtt from "mqtt";
import { signByHand } from "./support/by-hand";
import { describeEachBareEngine, describeEachEngine, machine } from "./support/machine";
import { Mosquitto, type Listener } from "./support/mosquitto";
import { Project } from "./support/project";
import { expecting, nodeClient, pythonClient, sClient, type Target } from "./support/tls-clients";
import { allOf } from "./support/run";

const HOSTNAME = "mqtt-1.example.com";

const { mosquitto, openssl, python } = machine();

const CUSTODIES_EVERYWHERE = [
  ["state", describeEachEngine],
  ["machine", describeEachBareEngine],
] as const;

describe.each(CUSTODIES_EVERYWHERE)("custody %s", (custody, describeEach) => {
  describeEach(
    "real clients at a real mosquitto",
    (engine) => {
      const project = new Project(engine, { withoutProviders: custody === "machine" });
      let broker: Mosquitto;
      let byHostname: Target;
      let byIpv4: Target;
      let byIpv6: Target;
      let expired: Target;
      /** A server whose IP addresses are also DNS names. */
      let byBoth: Target[];
      const ca = (): string => project.path("pki/ca.pem");
      const foreignCa = (): string => project.path("foreign/ca.pem");

      beforeAll(async () => {
        project.declare(`
        const custody = "${custody}";
        const options = { keyAlgorithm: KeyAlgorithm.ECDSA_P256 };
        new BrokerPki(app, "mqtt", {
          custody,
          authority: { subject: { commonName: "Test CA", country: "US", emailAddress: "pki@example.com" } },
          brokers: [
            { address: "${HOSTNAME}", alternativeAddresses: ["localhost"] },
            { address: "127.0.0.1", ...options },
            { address: "::1", ...options },
            {
              address: "both.example.com",
              alternativeAddresses: ["127.0.0.1", "::1"],
              ipAddressesAsDnsNames: true,
              ...options,
            },
          ],
        });
        new BrokerPki(app, "foreign", {
          custody,
          authority: { subject: { commonName: "Foreign CA" }, ...options },
          brokers: [{ address: "${HOSTNAME}", ...options }],
          directory: "foreign",
        });`);
        await project.deploy();
        await signByHand(project, {
          folder: "expired",
          broker: HOSTNAME,
          commonName: HOSTNAME,
          days: -1,
          extensions: [`subjectAltName=DNS:${HOSTNAME}`, "extendedKeyUsage=serverAuth"],
        });
        const listener = (host: Listener["host"], folder: string): Listener => ({
          host,
          certificate: project.path(folder, "server.pem"),
          key: project.path(folder, "server.key"),
        });
        broker = await Mosquitto.start([
          listener("127.0.0.1", `pki/brokers/${HOSTNAME}`),
          listener("127.0.0.1", "pki/brokers/127.0.0.1"),
          listener("::1", "pki/brokers/0--1"),
          listener("127.0.0.1", "expired"),
          listener("127.0.0.1", "pki/brokers/both.example.com"),
        ]);
        const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = broker.ports;
        byHostname = { host: "127.0.0.1", port: first, name: HOSTNAME };
        byIpv4 = { host: "127.0.0.1", port: second, name: "127.0.0.1" };
        byIpv6 = { host: "::1", port: third, name: "::1" };
        expired = { host: "127.0.0.1", port: fourth, name: HOSTNAME };
        byBoth = ["127.0.0.1", "::1", "both.example.com"].map((name) => ({ host: "127.0.0.1", port: fifth, name }));
      });
      afterAll(async () => {
        await broker.stop();
        project.remove();
      });

      describe("mqtt.js", () => {
        it("mqtt.js publishes and receives with a certificate for a hostname, an IPv4 and an IPv6 address", async () => {
          for (const target of [byHostname, byIpv4, byIpv6]) {
            expect(await echo(target, project.read("pki/ca.pem"))).toBe(`hello ${target.name}`);
          }
        });

        it("mqtt.js accepts an alternative address", async () => {
          expect(await echo({ ...byHostname, host: "localhost", name: "localhost" }, project.read("pki/ca.pem"))).toBe(
            "hello localhost",
          );
        });

        it("mqtt.js refuses a name that is not in the certificate", async () => {
          const wrong = { ...byHostname, name: "mqtt-2.example.com" };
          await expect(echo(wrong, project.read("pki/ca.pem"))).rejects.toMatchObject({
            code: "ERR_TLS_CERT_ALTNAME_INVALID",
          });
        });

        it("mqtt.js refuses an IP address that is not in the certificate", async () => {
          const wrong = { ...byHostname, name: "127.0.0.1" };
          await expect(echo(wrong, project.read("pki/ca.pem"))).rejects.toMatchObject({
            code: "ERR_TLS_CERT_ALTNAME_INVALID",
          });
        });

        it("mqtt.js refuses a broker of another authority", async () => {
          await expect(echo(byHostname, project.read("foreign/ca.pem"))).rejects.toMatchObject({
            code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
          });
        });

        it("mqtt.js refuses an expired certificate", async () => {
          await expect(echo(expired, project.read("pki/ca.pem"))).rejects.toMatchObject({ code: "CERT_HAS_EXPIRED" });
        });
      });

      describe("openssl s_client, strict", () => {
        it("A strict openssl s_client accepts a certificate for a hostname, an IPv4 and an IPv6 address", async () => {
          for (const target of [byHostname, byIpv4, byIpv6]) {
            const { status, stdout } = await sClient(target, ca());
            expect(stdout).toContain("Verify return code: 0 (ok)");
            expect(status).toBe(0);
          }
        });

        it.each([
          ["a wrong name", "hostname mismatch", () => sClient({ ...byHostname, name: "mqtt-2.example.com" }, ca())],
          ["a wrong IP address", "IP address mismatch", () => sClient({ ...byIpv4, name: "192.0.2.1" }, ca())],
          ["another authority", "unable to get local issuer certificate", () => sClient(byHostname, foreignCa())],
          ["a certificate that has ended", "certificate has expired", () => sClient(expired, ca())],
        ])("A strict openssl s_client refuses %s: %s", async (_case, reason, connect) => {
          const result = await connect();
          expect(allOf(result)).toContain(reason);
          expect(result.status).not.toBe(0);
        });
      });

      it("Clients accept a certificate with IP addresses also as DNS names", async () => {
        for (const target of byBoth) {
          for (const connect of [sClient, pythonClient, nodeClient]) {
            expect(await connect(target, ca())).toMatchObject({ status: 0 });
            expect(await connect({ ...target, name: "192.0.2.1" }, ca())).not.toMatchObject({ status: 0 });
          }
        }
        const certificate = project.read("pki/brokers/both.example.com/server.pem");
        expect(new X509Certificate(certificate).subjectAltName).toBe(
          "DNS:both.example.com, DNS:127.0.0.1, DNS:::1, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
        );
      });

      describe("Python's ssl, with VERIFY_X509_STRICT", () => {
        it("Python with VERIFY_X509_STRICT accepts a certificate for a hostname, an IPv4 and an IPv6 address", async () => {
          for (const target of [byHostname, byIpv4, byIpv6]) {
            expect(await pythonClient(target, ca())).toMatchObject({ status: 0, stdout: "verified\n" });
          }
        });

        it.each([
          [
            "a wrong name",
            "Hostname mismatch",
            () => pythonClient({ ...byHostname, name: "mqtt-2.example.com" }, ca()),
          ],
          ["a wrong IP address", "IP address mismatch", () => pythonClient({ ...byIpv4, name: "192.0.2.1" }, ca())],
          ["another authority", "unable to get local issuer certificate", () => pythonClient(byHostname, foreignCa())],
          ["a certificate that has ended", "certificate has expired", () => pythonClient(expired, ca())],
        ])("Python with VERIFY_X509_STRICT refuses %s: %s", async (_case, reason, connect) => {
          const result = await connect();
          expect(allOf(result)).toContain(reason);
          expect(result.status).not.toBe(0);
        });
      });
    },
    [mosquitto, openssl, python],
  );
});

/** Subscribes, publishes, and returns the message that comes back; throws the client's error. */
async function echo(target: Target, ca: string): Promise<string> {
  const client = mqtt.connect({
    protocol: "mqtts",
    host: target.host,
    port: target.port,
    ca,
    rejectUnauthorized: true,
    reconnectPeriod: 0,
    // Clients expect the name that they dial. Here they dial loopback, and expect the name of the fleet.
    ...(target.name === target.host ? {} : { servername: target.name, checkServerIdentity: expecting(target.name) }),
  });
  try {
    return await new Promise<string>((resolve, reject) => {
      client.on("error", reject);
      client.on("message", (_topic, message) => {
        resolve(message.toString());
      });
      client.on("connect", () => {
        client.subscribe("greetings", () => client.publish("greetings", `hello ${target.name}`));
      });
    });
  } finally {
    client.end(true);
  }
}
