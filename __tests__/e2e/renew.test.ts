import { X509Certificate } from "node:crypto";
import { cpSync } from "node:fs";
import { changed, CUSTODIES, letEnd } from "./support/custodies";
import { describeWith, machine } from "./support/machine";
import { Mosquitto } from "./support/mosquitto";
import { commandsBelow } from "./support/pages";
import { type FileFacts, Project } from "./support/project";
import { succeed } from "./support/run";
import { sClient } from "./support/tls-clients";

const tools = machine();

const DAY = 24 * 3_600_000;
const QUARTER_OF_AN_HOUR = 0.01;

const [FIRST, SECOND, THIRD] = ["mqtt-1.example.com", "mqtt-2.example.com", "mqtt-3.example.com"] as const;

/** Brokers with their renewal window and the duration of their certificates, in days. */
const BROKERS = [
  { address: FIRST, window: 90, days: 825, by: "by default" },
  { address: SECOND, window: 20, days: 825, by: "its own renewBefore" },
  { address: THIRD, window: 10, days: 30, by: "a third of its short duration" },
] as const;

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  describeEach(
    "a fleet whose certificates expire",
    (engine) => {
      const project = new Project(engine, { withoutProviders: custody === "machine" });
      const records = custody === "machine" ? ["brokers.records"] : [];
      let before: Record<string, FileFacts>;

      const read = (address: string, name: string): string => project.read("pki/brokers", address, name);

      /** The changes of a renewal in a plan, by resource. The key is not among them. */
      const renewalOf = (address: string): Record<string, string> => {
        const name = `broker_${address.replaceAll(".", "_")}`;
        return custody === "machine"
          ? { [`brokers/${address}`]: "new certificate, same key: the old one is due" }
          : { [`tls_locally_signed_cert.${name}`]: "replaced", [`local_file.${name}`]: "replaced" };
      };

      /** Plans and applies, and expects that this broker's certificate is renewed, and nothing else. */
      const expectRenewal = async (address: string, days: number): Promise<void> => {
        const key = read(address, "server.key");

        expect(await project.planned()).toEqual(renewalOf(address));
        await project.apply();
        expect(changed(before, project.files("pki"))).toEqual([...records, `brokers/${address}/server.pem`]);
        expect(read(address, "server.key")).toBe(key);
        expect(project.flaws()).toEqual([]);
        const left = Date.parse(new X509Certificate(read(address, "server.pem")).validTo) - Date.now();
        expect(left / DAY).toBeCloseTo(days, 2);
        expect(await project.planned()).toEqual({});
      };

      beforeAll(async () => {
        project.declareFleet(
          [
            FIRST,
            `{ address: "${SECOND}", renewBefore: Duration.days(20) }`,
            `{ address: "${THIRD}", duration: Duration.days(30) }`,
          ],
          `custody: "${custody}"`,
        );
        await project.synth();
        await project.apply();
        for (const { address, window } of BROKERS) {
          letEnd(project, custody, address, window + QUARTER_OF_AN_HOUR);
        }
        project.keep();
      });
      beforeEach(() => {
        project.restore();
        before = project.files("pki");
      });
      afterAll(() => {
        project.remove();
      });

      it("A plan is empty as long as no certificate is due", async () => {
        expect((await project.plan()).status).toBe(0);
      });

      it.each(BROKERS)(
        "A deployment renews a certificate that expires within $window days ($by), with its key, for $days days",
        async ({ address, window, days }) => {
          letEnd(project, custody, address, window - QUARTER_OF_AN_HOUR);

          await expectRenewal(address, days);
        },
      );

      it("A deployment renews a certificate that has expired", async () => {
        letEnd(project, custody, FIRST, -1);

        await expectRenewal(FIRST, 825);
      });

      it("The command of docs/how-to/renew.md lists certificates by expiry date", async () => {
        const text = await succeed("sh", ["-ec", commandsBelow("how-to/renew.md", "What is due")], {
          cwd: project.path(),
        });

        const lines = text.trimEnd().split("\n");
        const ends = lines.map((line) => Date.parse(/(?<=^notAfter=)\S+ \S+/.exec(line)?.[0] ?? ""));
        const endOf = (address: string) => Date.parse(new X509Certificate(read(address, "server.pem")).validTo);
        // Certificates of one deployment may differ by a second, in any order.
        const inOrder = [FIRST, SECOND].sort((one, other) => endOf(one) - endOf(other));
        expect(lines.map((line) => line.split(" ").at(-1))).toEqual(
          [THIRD, ...inOrder].map((address) => `pki/brokers/${address}/server.pem`),
        );
        expect(ends).toEqual([THIRD, ...inOrder].map(endOf));
      });

      describeWith([tools.mosquitto], "with a real mosquitto", () => {
        it("Mosquitto serves a renewed certificate after SIGHUP, and clients accept it", async () => {
          const handedOut = (name: string): string => project.path(`handed-out.${name}`);
          const handOut = (name: string): void => {
            cpSync(project.path("pki/brokers", FIRST, `server.${name}`), handedOut(name));
          };
          ["key", "pem"].forEach(handOut);
          const broker = await Mosquitto.start([
            { host: "127.0.0.1", certificate: handedOut("pem"), key: handedOut("key") },
          ]);
          const target = { host: "127.0.0.1", port: broker.ports[0] ?? 0, name: FIRST } as const;
          /** The served certificate, after a strict client has verified it. */
          const served = async (): Promise<string> => {
            const result = await sClient(target, project.path("pki/ca.pem"));
            expect(result).toMatchObject({ status: 0 });
            return /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\n/.exec(result.stdout)?.[0] ?? "";
          };
          try {
            const old = read(FIRST, "server.pem");
            letEnd(project, custody, FIRST, -1);
            await project.apply();
            handOut("pem");

            expect(await served()).toBe(old);
            await broker.reload();
            expect(await served()).toBe(read(FIRST, "server.pem"));
            expect(read(FIRST, "server.pem")).not.toBe(old);
          } finally {
            await broker.stop();
          }
        });
      });
    },
    [tools.openssl],
  );
});
