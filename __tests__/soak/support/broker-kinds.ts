import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../e2e/support/mosquitto";
import { machine, type Tool } from "../../e2e/support/machine";
import type { Language } from "../../e2e/support/pages";
import { debian, fetching, installed, ofCargo, ofGo, ofMaven, ofNpm } from "./broker-programs";
import type { ServerCommand } from "./server";

/** The files and settings that a broker starts with. */
interface Setting {
  /** A block of the broker's section of the page, adapted to this machine. */
  readonly block: (language: Language, index?: number) => string;
  /** The folder for everything that it writes. */
  readonly folder: string;
  readonly address: string;
  /** The port of a broker without TLS, for a proxy in front of it. */
  readonly plainPort: number;
  /** The password of its key or keystore. */
  readonly password: string | undefined;
}

export interface Launch extends ServerCommand {
  /** Another server that it needs, started before it. */
  readonly beside?: readonly ServerCommand[];
  /** The signal of `systemctl reload` in its Debian unit. */
  readonly reloadSignal?: "HUP" | "USR2";
  /** The environment variables of the page's reload command. */
  readonly reloadEnv?: NodeJS.ProcessEnv;
  /** The user that logs in, if the broker requires one. */
  readonly username?: string;
}

export interface BrokerKind {
  /** The name in the page's table. */
  readonly name: string;
  /** The version, if the tests choose it. */
  readonly version: string;
  /** Its heading on the page. */
  readonly section: string;
  readonly tools: readonly Tool[];
  readonly launch: (setting: Setting) => Launch | Promise<Launch>;
}

const { go, java, mosquitto, npm } = machine();
const nats = debian("nats-server", "usr/sbin/nats-server");
const haproxy = debian("haproxy", "usr/sbin/haproxy");
const nginx = debian("libnginx-mod-stream", "usr/sbin/nginx");
const nginxStream = debian("libnginx-mod-stream", "usr/lib/nginx/modules/ngx_stream_module.so");

/** Runs a Java program of one file. */
function javaProgram(name: string, classPath: string, parameters: readonly string[]): ServerCommand {
  return { program: "java", parameters: ["-cp", classPath, join(__dirname, `${name}.java`), ...parameters] };
}

/** Writes a configuration, and returns its path. */
function written(folder: string, name: string, ...texts: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${texts.join("\n")}\n`);
  return path;
}

function libraries({ libraryPath }: Tool): NodeJS.ProcessEnv {
  return libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath };
}

/** The broker behind a proxy. */
function plainMosquitto({ folder, plainPort }: Setting): ServerCommand {
  const lines = [`listener ${plainPort} 127.0.0.1`, "allow_anonymous true"];
  const path = written(folder, "plain.conf", ...lines);
  return { program: mosquitto.program, parameters: ["-c", path], env: libraries(mosquitto) };
}

function natsServer(program: string, { block, folder }: Setting): Launch {
  const config = block("conf").replace("/var/lib/nats", join(folder, "data"));
  const path = written(folder, "nats.conf", 'listen: "127.0.0.1:-1"', config);
  return { program, parameters: ["-c", path], reloadSignal: "HUP" };
}

const NATS: readonly BrokerKind[] = [
  {
    name: "NATS",
    version: "installed",
    section: "NATS",
    tools: [nats],
    launch: (setting) => ({ ...natsServer(nats.program, setting), env: libraries(nats) }),
  },
  {
    name: "NATS",
    version: "2.15.3",
    section: "NATS",
    tools: [go],
    launch: async (setting) => natsServer(await ofGo("github.com/nats-io/nats-server/v2", "v2.15.3"), setting),
  },
];

const MOSQUITTO: BrokerKind = {
  name: "mosquitto",
  version: "installed",
  section: "mosquitto",
  tools: [mosquitto],
  launch: ({ block, folder, password }) => ({
    program: mosquitto.program,
    // Root would otherwise become another user, who cannot read the key.
    parameters: ["-c", written(folder, "mosquitto.conf", block("conf"), "allow_anonymous true", "user root")],
    env: libraries(mosquitto),
    reloadSignal: "HUP",
    input: password === undefined ? "" : `${password}\n`,
  }),
};

const RABBITMQ: BrokerKind = {
  name: "RabbitMQ",
  version: "installed",
  section: "RabbitMQ",
  tools: [installed("rabbitmq-server"), installed("epmd")],
  launch: async ({ block, folder, password }) => {
    const [epmdPort, distributionPort] = [await freePort("127.0.0.1"), await freePort("127.0.0.1")];
    const ofKey = password === undefined ? "" : block("conf", 1).replace("KEY_PASSWORD", password);
    const env = {
      HOME: folder,
      ERL_EPMD_PORT: String(epmdPort),
      PATH: `/usr/lib/rabbitmq/bin:${process.env["PATH"]}`,
      RABBITMQ_NODENAME: "rabbit@localhost",
      RABBITMQ_DIST_PORT: String(distributionPort),
      RABBITMQ_CONFIG_FILE: written(folder, "rabbitmq.conf", "listeners.tcp = none", block("conf"), ofKey),
      RABBITMQ_ENABLED_PLUGINS_FILE: written(folder, "enabled_plugins", "[rabbitmq_mqtt]."),
      RABBITMQ_CONF_ENV_FILE: written(folder, "rabbitmq-env.conf"),
      RABBITMQ_MNESIA_BASE: join(folder, "mnesia"),
      RABBITMQ_LOG_BASE: folder,
      RABBITMQ_LOGS: "-",
    };
    return {
      program: "/usr/lib/rabbitmq/bin/rabbitmq-server",
      parameters: [],
      env,
      reloadEnv: env,
      beside: [{ program: "epmd", parameters: ["-port", String(epmdPort), "-address", "127.0.0.1"] }],
    };
  },
};

const EJABBERD: BrokerKind = {
  name: "ejabberd",
  version: "installed",
  section: "ejabberd",
  tools: [
    process.getuid?.() === 0
      ? installed("ejabberdctl")
      : { program: "ejabberdctl", missing: "ejabberdctl wants to be root" },
  ],
  launch: async ({ block, folder, address }) => {
    const anonymous = ["auth_method: anonymous", "anonymous_protocol: login_anon", "allow_multiple_connections: true"];
    const env = {
      HOME: "/var/lib/ejabberd",
      ERL_DIST_PORT: String(await freePort("127.0.0.1")),
      CONFIG_DIR: folder,
      LOGS_DIR: folder,
      SPOOL_DIR: folder,
      EJABBERDCTL_CONFIG_PATH: join(folder, "ejabberdctl.cfg"),
      EJABBERD_CONFIG_PATH: written(folder, "ejabberd.yml", block("yaml"), ...anonymous),
    };
    return {
      program: "ejabberdctl",
      parameters: ["foreground"],
      env,
      reloadEnv: env,
      username: `somebody@${address}`,
    };
  },
};

const HIVEMQ: BrokerKind = {
  name: "HiveMQ CE",
  version: "2025.5",
  section: "HiveMQ CE",
  tools: [java, fetching("mvn")],
  launch: async ({ block, folder, password }) => {
    const artifact = "com.hivemq:hivemq-community-edition-embedded:2025.5";
    mkdirSync(join(folder, "data"));
    written(folder, "config.xml", block("xml"));
    return {
      ...javaProgram("HiveMq", await ofMaven("hivemq", [artifact]), [folder, join(folder, "data")]),
      env: { KEYSTORE_PASSWORD: password },
    };
  },
};

async function artemis({ folder }: Setting, acceptor: string): Promise<Launch> {
  const directories = ["bindings", "journal", "large-messages", "paging"].map(
    (name) => `<${name}-directory>${join(folder, name)}</${name}-directory>`,
  );
  const path = written(
    folder,
    "broker.xml",
    '<configuration xmlns="urn:activemq"><core xmlns="urn:activemq:core">',
    "<security-enabled>false</security-enabled><journal-type>NIO</journal-type>",
    ...directories,
    `<acceptors>${acceptor}</acceptors></core></configuration>`,
  );
  const artifacts = ["artemis-server", "artemis-mqtt-protocol"].map((name) => `org.apache.activemq:${name}:2.55.0`);
  return javaProgram("Artemis", await ofMaven("artemis", artifacts), [path]);
}

const ARTEMIS: readonly BrokerKind[] = [
  {
    name: "Artemis",
    version: "2.55.0",
    section: "Artemis",
    tools: [java, fetching("mvn")],
    launch: (setting) => {
      const path = written(setting.folder, "server.pemcfg", setting.block("conf"));
      return artemis(setting, setting.block("xml").replace("/etc/artemis/server.pemcfg", path));
    },
  },
  {
    name: "Artemis, keystore",
    version: "2.55.0",
    section: "Artemis",
    tools: [java, fetching("mvn")],
    launch: (setting) => artemis(setting, setting.block("xml", 1).replace("KEYSTORE_PASSWORD", setting.password ?? "")),
  },
];

const AEDES: BrokerKind = {
  name: "aedes",
  version: "1.2.0",
  section: "aedes",
  tools: [npm],
  launch: async ({ block, folder, password }) => {
    const modules = join(await ofNpm("aedes", "1.2.0"), "node_modules");
    return {
      program: process.execPath,
      parameters: [written(folder, "broker.js", block("js"))],
      env: { NODE_PATH: modules, ...(password !== undefined && { KEY_PASSWORD: password }) },
      reloadSignal: "HUP",
    };
  },
};

const RUMQTTD: BrokerKind = {
  name: "rumqttd",
  version: "0.20.0",
  section: "rumqttd",
  tools: [fetching("cargo")],
  launch: async ({ block, folder }) => ({
    program: await ofCargo("rumqttd", "0.20.0"),
    parameters: ["-c", written(folder, "rumqttd.toml", block("toml"))],
  }),
};

function inFront(setting: Setting, config: string): Launch {
  return {
    program: haproxy.program,
    parameters: ["-W", "-db", "-f", written(setting.folder, "haproxy.cfg", config)],
    env: libraries(haproxy),
    beside: [plainMosquitto(setting)],
    reloadSignal: "USR2",
  };
}

const HAPROXY: readonly BrokerKind[] = [
  {
    name: "HAProxy",
    version: "installed",
    section: "HAProxy in front",
    tools: [haproxy, mosquitto],
    launch: (setting) => inFront(setting, setting.block("conf")),
  },
  {
    name: "HAProxy, two files",
    version: "installed",
    section: "HAProxy in front",
    tools: [haproxy, mosquitto],
    launch: (setting) =>
      inFront(setting, setting.block("conf").replace(/^ *bind .*$/m, setting.block("conf", 1).trimEnd())),
  },
];

const NGINX: BrokerKind = {
  name: "nginx",
  version: "installed",
  section: "nginx in front",
  tools: [nginx, nginxStream, mosquitto],
  launch: (setting) => {
    const { block, folder, password } = setting;
    const ofKey = password === undefined ? "" : block("conf", 1);
    const config = [
      `load_module ${nginxStream.program};`,
      `pid ${join(folder, "nginx.pid")};`,
      "events {}",
      block("conf").replace(/^ *proxy_pass/m, (found) => `${ofKey}${found}`),
    ].map((text) => text.replace("/etc/nginx/mqtt.password", join(folder, "mqtt.password")));
    written(folder, "mqtt.password", password ?? "");
    return {
      program: nginx.program,
      parameters: ["-e", "stderr", "-p", folder, "-c", written(folder, "nginx.conf", ...config), "-g", "daemon off;"],
      env: libraries(nginx),
      beside: [plainMosquitto(setting)],
      reloadSignal: "HUP",
    };
  },
};

/** The brokers and proxies of docs/how-to/brokers.md that the tests run. */
export const BROKER_KINDS: readonly BrokerKind[] = [
  MOSQUITTO,
  RABBITMQ,
  ...NATS,
  EJABBERD,
  HIVEMQ,
  ...ARTEMIS,
  AEDES,
  RUMQTTD,
  ...HAPROXY,
  NGINX,
];
