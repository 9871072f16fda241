import { Failure } from "./failure";

type Command = "authority" | "brokers" | "reload" | "remove";

/** All that the program is told, beside the values of declared variables (`TF_VAR_…`). */
export interface Settings {
  /** What is to be done: the first argument. */
  readonly command: Command;
  /** The file with what is declared: the second. */
  readonly declaredFile: string;
  /** MQTT_PKI_TIME: when the plan was made, RFC 3339. */
  readonly time: string;
  /** MQTT_PKI_DECISIONS: the hash of what it decided. */
  readonly decisions: string;
  /** MQTT_PKI_STATE: what the state is known by. */
  readonly state: string;
  /** MQTT_PKI_WORKSPACE: the engine's workspace. */
  readonly workspace: string;
}

const COMMANDS: readonly unknown[] = ["authority", "brokers", "reload", "remove"] satisfies Command[];

/**
 * @param args behind the name of the program
 * @throws Failure where something is missing
 */
export function readSettings(args: readonly string[], environment: NodeJS.ProcessEnv): Settings {
  const [command, declaredFile] = args;
  if (!COMMANDS.includes(command) || declaredFile === undefined) {
    throw new Failure("A deployment runs this program: mqtt-pki.cjs authority|brokers|reload|remove DECLARED");
  }
  const read = (name: string): string => environment[`MQTT_PKI_${name}`] ?? "";
  const settings = {
    command: command as Command,
    declaredFile,
    time: read("TIME"),
    decisions: read("DECISIONS"),
    state: read("STATE"),
    workspace: read("WORKSPACE"),
  };
  if (command !== "remove" && Number.isNaN(Date.parse(settings.time))) {
    throw new Failure("MQTT_PKI_TIME is missing: a deployment sets it to the time of its plan.");
  }
  return settings;
}
