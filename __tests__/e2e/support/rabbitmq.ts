import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BrokerProcess } from "./broker-process";
import { machine, type Tool } from "./machine";
import { freePort } from "./mosquitto";
import { run, succeed } from "./run";

export interface RabbitmqFiles {
  readonly certificate: string;
  readonly key: string;
}

/** A real RabbitMQ with an MQTT listener, and its own folder for data and Erlang cookie. */
export class Rabbitmq {
  private constructor(
    public readonly process: BrokerProcess,
    private readonly env: NodeJS.ProcessEnv,
    public readonly port: number,
  ) {}

  public static async start(folder: string, { certificate, key }: RabbitmqFiles): Promise<Rabbitmq> {
    mkdirSync(folder);
    const [port = 0, distribution = 0, names = 0] = await Promise.all([1, 2, 3].map(() => freePort("127.0.0.1")));
    const configuration = [
      "listeners.tcp = none",
      "mqtt.listeners.tcp = none",
      `mqtt.listeners.ssl.1 = 127.0.0.1:${port}`,
      `ssl_options.certfile = ${certificate}`,
      `ssl_options.keyfile = ${key}`,
      "ssl_options.verify = verify_none",
      "ssl_options.fail_if_no_peer_cert = false",
      "",
    ];
    writeFileSync(join(folder, "rabbitmq.conf"), configuration.join("\n"));
    writeFileSync(join(folder, "enabled_plugins"), "[rabbitmq_mqtt].\n");
    const env = {
      ...ofErlang(machine().rabbitmq, folder),
      HOME: folder,
      ERL_CRASH_DUMP: join(folder, "erl_crash.dump"),
      ERL_EPMD_PORT: `${names}`,
      ERL_EPMD_ADDRESS: "127.0.0.1",
      RABBITMQ_NODENAME: "reload@localhost",
      RABBITMQ_DIST_PORT: `${distribution}`,
      RABBITMQ_CONF_ENV_FILE: join(folder, "none"),
      RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
      RABBITMQ_MNESIA_BASE: join(folder, "data"),
      RABBITMQ_LOG_BASE: join(folder, "log"),
    };
    // RabbitMQ starts its name server with an installed Erlang only.
    await succeed("epmd", ["-daemon"], { env });
    try {
      const process = await BrokerProcess.start(machine().rabbitmq, [], { port, env });
      return new Rabbitmq(process, env, port);
    } catch (error) {
      await stopNames(env);
      throw error;
    }
  }

  /** A script that is `rabbitmqctl` for this one. */
  public get control(): string {
    const settings = Object.entries(this.env).map(([name, value]) => `export ${name}='${value ?? ""}'\n`);
    const program = join(dirname(machine().rabbitmq.program), "rabbitmqctl");
    return `#!/bin/sh\n${settings.join("")}exec ${program} "$@"\n`;
  }

  public async stop(): Promise<void> {
    await this.process.stop();
    await stopNames(this.env);
  }
}

/** Stops the name server, which outlives RabbitMQ. */
async function stopNames(env: NodeJS.ProcessEnv): Promise<void> {
  await run("epmd", ["-port", env["ERL_EPMD_PORT"] ?? "", "-kill"], { env });
}

/** The variables for an unpacked Erlang, whose own script `erl` only finds an installed one. */
function ofErlang({ program, libraryPath }: Tool, folder: string): NodeJS.ProcessEnv {
  const erlang = join(dirname(program), "../../erlang");
  if (libraryPath === undefined || !existsSync(erlang)) {
    return {};
  }
  const runtime = readdirSync(erlang).find((name) => name.startsWith("erts-")) ?? "";
  const variables = { ROOTDIR: erlang, BINDIR: join(erlang, runtime, "bin"), EMU: "beam", PROGNAME: "erl" };
  const settings = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'\n`);
  writeFileSync(join(folder, "erl"), `#!/bin/sh\n${settings.join("")}exec "$BINDIR/erlexec" "$@"\n`, { mode: 0o755 });
  return { PATH: `${folder}:${variables.BINDIR}:${process.env["PATH"]}`, LD_LIBRARY_PATH: libraryPath };
}
