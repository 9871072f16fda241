import { hide, mayBeKey, type Problems } from "../../errors";

/** The number of times that a failing command is run before it counts as failed. */
export const RELOAD_ATTEMPTS = 3;

/** The time limit of one run, in seconds. A longer run is stopped and counts as failed. */
export const RELOAD_SECONDS_AT_MOST = 120;

/** The pause between two runs of a failing command, in seconds. */
export const RELOAD_PAUSE_SECONDS = 2;

/** The environment variables of a reload command: all are absolute paths, except the address. */
export interface ReloadEnvironment<Text = string> {
  /** The address that clients dial. */
  readonly MQTT_PKI_ADDRESS: Text;
  /** The folder of the broker's files. */
  readonly MQTT_PKI_FOLDER: Text;
  /** `server.key`; empty if the broker sent a certificate request and keeps its key. */
  readonly MQTT_PKI_KEY: Text;
  /** `server.pem`. */
  readonly MQTT_PKI_CERTIFICATE: Text;
  /** `ca.pem`. */
  readonly MQTT_PKI_CA: Text;
}

/** In characters: more than the call of a script needs. */
const LENGTH_AT_MOST = 4096;

/**
 * Reads a command, and files its problems. Plans and states show the command, so it must be one line without invisible
 * characters.
 *
 * @param given undefined or `false` for no command; plain JavaScript may give anything
 */
export function parseReloadCommand(problems: Problems, given: string | false | undefined): string | undefined {
  if (given === undefined || given === false) {
    return undefined;
  }
  const file = (reason: string, fix: string) => {
    problems.add("reloadCommand", hide(given), reason, fix);
  };
  if (typeof given !== "string" || given.trim() === "") {
    file("is not a command", 'write a shell command, as in "systemctl reload mosquitto"');
  } else if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(given)) {
    file("has a line break or an invisible character", "write one line, or put the commands into a script");
  } else if (given.length > LENGTH_AT_MOST) {
    file(`is longer than ${LENGTH_AT_MOST} characters`, "put the commands into a script");
  } else if (mayBeKey(given)) {
    file(
      "contains what may be a key, but plans and states show the command",
      "let the command read the key from a file",
    );
  } else {
    return given;
  }
  return undefined;
}
