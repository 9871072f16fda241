import { X509Certificate } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import type { Check, CheckedBroker } from "../../lib/cli/check/checked-broker";
import { BrokerProcess, eventuallyServed, servedSerial } from "./support/broker-process";
import { BuiltProgram } from "./support/built-program";
import { CUSTODIES, letEnd } from "./support/custodies";
import { describeWith, machine } from "./support/machine";
import { freePort } from "./support/mosquitto";
import { blocksBelow, commandsBelow } from "./support/pages";
import { Project } from "./support/project";
import { Rabbitmq } from "./support/rabbitmq";
import { find, type Processes, secretsOf, watching } from "./support/secrets";
import { Sshd } from "./support/sshd";

const ADDRESS = "mqtt-1.example.com";

const tools = machine();

/** A running broker, and what a test does with it. */
interface Running {
  readonly port: number;
  readonly process: BrokerProcess;
  readonly stop: () => Promise<void>;
}

interface Files {
  readonly certificate: string;
  readonly key: string;
}

async function startMosquitto(project: Project, { certificate, key }: Files): Promise<Running> {
  const port = await freePort("127.0.0.1");
  const lines = [`listener ${port} 127.0.0.1`, `certfile ${certificate}`, `keyfile ${key}`, "allow_anonymous true"];
  // If root runs the tests, the broker would switch to a user that cannot read the key.
  writeFileSync(project.path("mosquitto.conf"), [...lines, "user root", ""].join("\n"));
  const process = await BrokerProcess.start(tools.mosquitto, ["-c", project.path("mosquitto.conf")], { port });
  writeFileSync(project.path("mosquitto.pid"), `${process.pid}\n`);
  return { port, process, stop: () => process.stop() };
}

async function startNats(project: Project, { certificate, key }: Files): Promise<Running> {
  const [port, other] = [await freePort("127.0.0.1"), await freePort("127.0.0.1")];
  writeFileSync(
    project.path("nats.conf"),
    `server_name: n1
     listen: "127.0.0.1:${other}"
     pid_file: "${project.path("nats-server.pid")}"
     jetstream { store_dir: "${project.path("nats")}" }
     mqtt { listen: "127.0.0.1:${port}", tls { cert_file: "${certificate}", key_file: "${key}" } }\n`,
  );
  const process = await BrokerProcess.start(tools.nats, ["-c", project.path("nats.conf")], { port });
  return { port, process, stop: () => process.stop() };
}

async function startRabbitmq(project: Project, files: Files): Promise<Running> {
  const rabbitmq = await Rabbitmq.start(project.path("rabbitmq"), files);
  putProgram(project, "rabbitmqctl", rabbitmq.control);
  return { port: rabbitmq.port, process: rabbitmq.process, stop: () => rabbitmq.stop() };
}

/** Puts a script into the first folder of PATH. */
function putProgram(project: Project, name: string, text: string): void {
  mkdirSync(project.path("programs"), { recursive: true });
  writeFileSync(project.path("programs", name), text);
  chmodSync(project.path("programs", name), 0o755);
}

const [signalOfMosquitto = "", signalOfNats = "", evalOfRabbitmq = ""] = blocksBelow(
  "how-to/hand-out.md",
  "A broker on this machine",
  "sh",
);

const BROKERS = [
  ["mosquitto", tools.mosquitto, startMosquitto, signalOfMosquitto],
  ["nats-server", tools.nats, startNats, signalOfNats],
  ["RabbitMQ", tools.rabbitmq, startRabbitmq, evalOfRabbitmq],
] as const;

const program = new BuiltProgram();

beforeAll(() => program.build());
afterAll(() => {
  program.remove();
});

/** The report and the exit status of `mqtt-pki check` for the broker. */
function checked(project: Project, { port }: Running): Partial<CheckedBroker> & { readonly status: number | null } {
  const place = `${ADDRESS}=127.0.0.1:${port}`;
  const args = ["check", project.path("pki"), "--connect-to", place, "--format", "json", "--fail-on", "any"];
  const { status, stdout } = program.run(args);
  return { status, ...(JSON.parse(stdout) as Check).brokers[0] };
}

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  /** A command of a page, with the project's folder instead of the page's folders. */
  const commandIn = (project: Project, text: string): string =>
    `PATH='${project.path("programs")}':/usr/sbin:/usr/bin:/bin; ${text.trim().replaceAll(/\/run\/\w+/g, project.path())}`;

  const declare = (project: Project, command?: string): Promise<void> => {
    const reload = command === undefined ? "" : `, reloadCommand: ${JSON.stringify(command)}`;
    project.declareFleet([ADDRESS], `custody: "${custody}"${reload}`);
    return project.synth();
  };

  const filesOf = (project: Project): Files => ({
    certificate: project.path("pki/brokers", ADDRESS, "server.pem"),
    key: project.path("pki/brokers", ADDRESS, "server.key"),
  });

  const serialIn = (project: Project): string =>
    new X509Certificate(project.read("pki/brokers", ADDRESS, "server.pem")).serialNumber;

  describeEach(
    "the recipes for a broker on this machine",
    (engine) => {
      describe.each(BROKERS)("a real %s", (name, tool, start, command) => {
        describeWith([tool], "that is at work", () => {
          const project = new Project(engine, { withoutProviders: custody === "machine" });

          afterAll(() => {
            project.remove();
          });

          it(`${name} serves a renewed certificate after a deployment with its recipe, and keeps running`, async () => {
            await declare(project);
            await project.apply();
            const broker = await start(project, filesOf(project));
            try {
              const old = serialIn(project);
              expect(await servedSerial(broker.port)).toBe(old);
              await declare(project, commandIn(project, command));
              letEnd(project, custody, ADDRESS, 1);
              await project.apply();

              expect(serialIn(project)).not.toBe(old);
              expect(await eventuallyServed(broker.port, serialIn(project))).toBe(serialIn(project));
              expect(broker.process.hasEnded).toBe(false);
              expect(await project.planned()).toEqual({});

              // The next deployment runs a failed command again. Until then, a check reports the old certificate.
              await declare(project, `test -e ${project.path("may-reload")} && { ${commandIn(project, command)}; }`);
              letEnd(project, custody, ADDRESS, 1);
              const failed = await project.tryApply();
              expect(failed.status).not.toBe(0);
              expect(failed.stderr + failed.stdout).toContain(ADDRESS);
              expect(checked(project, broker)).toMatchObject({ status: 1, kinds: ["stale"], sameKey: true });

              writeFileSync(project.path("may-reload"), "");
              await project.apply();
              expect(await eventuallyServed(broker.port, serialIn(project))).toBe(serialIn(project));
              expect(checked(project, broker)).toMatchObject({ status: 0, kinds: ["current"], accepted: true });
            } finally {
              await broker.stop();
            }
          });
        });
      });
    },
    [tools.openssl],
  );

  describeEach(
    "the recipe for a broker on another machine",
    (engine) => {
      const project = new Project(engine, { withoutProviders: custody === "machine" });
      const folder = (): string => project.path("remote");
      let sshd: Sshd;
      let broker: Running;

      beforeAll(async () => {
        await declare(project);
        await project.apply();
        cpSync(project.path("pki/brokers", ADDRESS), folder(), { recursive: true });
        broker = await startMosquitto(project, {
          certificate: project.path("remote/server.pem"),
          key: project.path("remote/server.key"),
        });
        sshd = await Sshd.create(project.path("sshd"));
        await sshd.start();
        putProgram(project, "ssh", sshd.client);
        const script = commandsBelow("how-to/hand-out.md", "A broker on another machine");
        const there = script
          .replace("/etc/mosquitto/tls", folder())
          .replace("/run/mosquitto", project.path())
          .replace("chown mosquitto", `chown ${userInfo().username}`);
        writeFileSync(project.path("hand-out.sh"), there);
        await declare(project, commandIn(project, "sh ./hand-out.sh"));
      });
      afterAll(async () => {
        await broker.stop();
        await sshd.stop();
        project.remove();
      });

      it("The recipe for another machine brings it a renewed certificate, and no key into an argument", async () => {
        const seen: Processes = { commandLines: new Set(), environments: new Set() };
        letEnd(project, custody, ADDRESS, 1);
        await watching(async () => {
          await project.apply();
        }, seen);

        expect(await eventuallyServed(broker.port, serialIn(project))).toBe(serialIn(project));
        expect(readdirSync(folder()).sort()).toEqual(["server.key", "server.pem"]);
        expect(project.read("remote/server.key")).toBe(project.read("pki/brokers", ADDRESS, "server.key"));
        expect(statSync(project.path("remote/server.key")).mode & 0o777).toBe(0o600);
        const secrets = secretsOf(project.read("remote/server.key"));
        expect(find(secrets, [...seen.commandLines, ...seen.environments].join("\n"))).toEqual([]);
        expect([...seen.commandLines].some((line) => line.includes("BatchMode"))).toBe(true);
      });

      it("The recipe keeps the old files if the machine is unreachable, and the next deployment brings the new ones", async () => {
        const old = project.read("remote/server.pem");
        await sshd.stop();
        letEnd(project, custody, ADDRESS, 1);
        const failed = await project.tryApply();

        expect(failed.status).toBe(1);
        expect(`${failed.stdout}${failed.stderr}`).toContain("Connection refused");
        expect(project.read("remote/server.pem")).toBe(old);
        expect(serialIn(project)).not.toBe(new X509Certificate(old).serialNumber);

        await sshd.start();
        await project.apply();
        expect(await eventuallyServed(broker.port, serialIn(project))).toBe(serialIn(project));
        expect(await project.planned()).toEqual({});
      });
    },
    [tools.openssl, tools.mosquitto, tools.sshd],
  );
});
