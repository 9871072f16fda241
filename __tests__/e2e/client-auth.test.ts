import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { CUSTODIES } from "./support/custodies";
import { machine } from "./support/machine";
import { Mosquitto } from "./support/mosquitto";
import { Project } from "./support/project";
import { listenTo, run, type Result, succeed } from "./support/run";

const HUB = "127.0.0.1";
const BRIDGE = "bridge.example.com";
const SERVER_ALONE = "mqtt-1.example.com";

const CLIENTS = join(__dirname, "support/clients");

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  describeEach(
    "a broker with clientAuth",
    (engine) => {
      const project = new Project(engine, { withoutProviders: custody === "machine" });
      const folder = (broker: string): string => project.path("pki/brokers", broker);
      const ca = (): string => project.path("pki/ca.pem");

      beforeAll(async () => {
        project.declareFleet(
          [HUB, SERVER_ALONE, `{ address: "${BRIDGE}", clientAuth: true }`],
          `custody: "${custody}"`,
        );
        await project.synth();
        await project.apply();
      });
      afterAll(() => {
        project.remove();
      });

      it.each([
        ["sslserver", BRIDGE, 0],
        ["sslclient", BRIDGE, 0],
        ["sslserver", SERVER_ALONE, 0],
        ["sslclient", SERVER_ALONE, 2],
      ])("A certificate has the purpose that openssl calls %s: %s", async (purpose, broker, status) => {
        const file = join(folder(broker), "server.pem");
        const options = ["verify", "-x509_strict", "-purpose", purpose, "-CAfile", ca(), file];

        expect(await run("openssl", options)).toMatchObject({ status });
      });

      it.each([
        [BRIDGE, "New bridge connected"],
        [SERVER_ALONE, "certificate verify failed"],
      ])("Mosquitto accepts a bridge only with a certificate with clientAuth: %s", async (broker, words) => {
        const own = (name: string) => ({
          certificate: join(folder(name), "server.pem"),
          key: join(folder(name), "server.key"),
        });
        const hub = await Mosquitto.start([{ host: HUB, ...own(HUB), clientsBy: ca() }]);
        const lines = [
          `connection ${broker}`,
          `address ${HUB}:${hub.ports[0]}`,
          "topic # out 0",
          `bridge_cafile ${ca()}`,
          `bridge_certfile ${own(broker).certificate}`,
          `bridge_keyfile ${own(broker).key}`,
        ];
        try {
          const bridge = await Mosquitto.start([{ host: HUB, ...own(broker) }], { lines });
          try {
            await hub.says(words);
          } finally {
            await bridge.stop();
          }
        } finally {
          await hub.stop();
        }
      });

      (machine().go.missing === undefined ? it : it.skip)("is taken by Go as a client's, and no other is", async () => {
        const program = project.path("server");
        await succeed("go", ["build", "-o", program, join(CLIENTS, "server.go")]);
        const files = [join(folder(HUB), "server.key"), join(folder(HUB), "server.pem"), ca()];

        expect(await presented(program, files, folder(BRIDGE))).toMatchObject({ status: 0 });
        expect(await presented(program, files, folder(SERVER_ALONE))).toMatchObject({
          status: 1,
          stdout: expect.stringContaining("incompatible key usage") as string,
        });
      });

      (machine().java.missing === undefined ? it : it.skip)(
        "is taken by Java as a client's, and no other is",
        async () => {
          await succeed("javac", ["-d", project.path(), join(CLIENTS, "Server.java")]);
          const store = project.path("hub.p12");
          const [key, certificate] = ["server.key", "server.pem"].map((name) => join(folder(HUB), name)) as [
            string,
            string,
          ];
          execFileSync("openssl", [
            ...[
              "pkcs12",
              "-export",
              "-inkey",
              key,
              "-in",
              certificate,
              "-out",
              store,
              "-passout",
              "pass:test-password",
            ],
          ]);
          const parameters = ["-cp", project.path(), "Server", store, "test-password", ca()];

          expect(await presented("java", parameters, folder(BRIDGE))).toMatchObject({ status: 0 });
          expect(await presented("java", parameters, folder(SERVER_ALONE))).toMatchObject({
            status: 1,
            stdout: expect.stringContaining("use for TLS client authentication") as string,
          });
        },
      );
    },
    [machine().openssl, machine().mosquitto],
  );
});

/** The answer of a server to a client that presents the certificate of a folder. */
async function presented(program: string, parameters: readonly string[], folder: string): Promise<Result> {
  const child = spawn(program, parameters);
  const said = listenTo(child);
  const ended = once(child, "close");
  try {
    let port: string | undefined;
    while (port === undefined) {
      await Promise.race([once(child.stdout, "data"), ended]);
      [, port] = /^port (\d+)$/m.exec(said.stdout) ?? [];
      if (child.exitCode !== null) {
        throw new Error(`${program} ended: ${said.stdout}${said.stderr}`);
      }
    }
    const [key, cert] = ["server.key", "server.pem"].map((name) => readFileSync(join(folder, name)));
    // Other tests check the server's certificate.
    const socket = connect({ host: "127.0.0.1", port: Number(port), key, cert, rejectUnauthorized: false });
    socket.on("error", () => undefined);
    await ended;
    socket.destroy();
    return { status: child.exitCode, ...said };
  } finally {
    child.kill();
  }
}
