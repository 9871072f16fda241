import { Failure } from "./failure";

type Command = "authority" | "brokers" | "reload" | "remove";

/** The program's parameters, besides the values of declared variables (`TF_VAR_…`). */
export interface Settings {
  /** The command: the first argument. */
  readonly command: Command;
  /** The file with the declaration: the second argument. */
  readonly declaredFile: string;
  /** MQTT_PKI_TIME: the time of the plan, RFC 3339. */
  readonly time: string;
  /** MQTT_PKI_DECISIONS: the hash of the plan's decisions. */
  readonly decisions: string;
  /** MQTT_PKI_STATE: the id of the state. */
  readonly state: string;
  /** MQTT_PKI_WORKSPACE: the engine's workspace. */
  readonly workspace: string;
}

const COMMANDS: readonly unknown[] = ["authority", "brokers", "reload", "remove"] satisfies Command[];

/**
 * @param args the arguments after the name of the program
 * @throws Failure if something is missing
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
