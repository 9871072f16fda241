import { hide, mayBeKey, type Problems } from "../../errors";

/** How often a command is run that fails, before it counts as failed. */
export const RELOAD_ATTEMPTS = 3;

/** How long one run may take, in seconds: one that takes longer is ended, and counts as failed. */
export const RELOAD_SECONDS_AT_MOST = 120;

/** Between two runs of a command that fails, in seconds. */
export const RELOAD_PAUSE_SECONDS = 2;

/** What a command gets in its environment, all of it absolute paths but for the address. */
export interface ReloadEnvironment<Text = string> {
  /** What clients dial. */
  readonly MQTT_PKI_ADDRESS: Text;
  /** The folder of the broker's files. */
  readonly MQTT_PKI_FOLDER: Text;
  /** `server.key`; empty where the broker sent a request, and keeps its key. */
  readonly MQTT_PKI_KEY: Text;
  /** `server.pem`. */
  readonly MQTT_PKI_CERTIFICATE: Text;
  /** `ca.pem`. */
  readonly MQTT_PKI_CA: Text;
}

/** More than a line for a script's name and its parameters needs. */
const LENGTH_AT_MOST = 4096;

/**
 * Reads a command, and files what is wrong with it. Plans and states show it: so it is one line, which looks like what it is.
 *
 * @param given undefined or `false` where there is none; plain JavaScript may give anything
 */
export function parseReloadCommand(problems: Problems, given: string | false | undefined): string | undefined {
  if (given === undefined || given === false) {
    return undefined;
  }
  const file = (reason: string, fix: string) => {
    problems.add("reloadCommand", hide(given), reason, fix);
  };
  if (typeof given !== "string" || given.trim() === "") {
    file("is no command", 'write it as a shell has it, as in "systemctl reload mosquitto"');
  } else if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(given)) {
    file("has a line break, or a character that cannot be seen", "write one line, or put it into a script");
  } else if (given.length > LENGTH_AT_MOST) {
    file(`is longer than ${LENGTH_AT_MOST} characters`, "put it into a script");
  } else if (mayBeKey(given)) {
    file("has what may be a key, and plans and states show it", "let the command read it from a file");
  } else {
    return given;
  }
  return undefined;
}
