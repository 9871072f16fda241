import { hostname } from "node:os";
import { join } from "node:path";
import { Failure } from "../failure";
import type { Settings } from "../settings";
import { putInPlace, writeBeside } from "./replacing";
import { readTrusted } from "./trusted-file";

/** The owner of a directory: `owner.json`, which plans read too. */
interface Owner {
  /** The id of its state. */
  readonly state: string;
  /** For messages. */
  readonly name: string;
}

const OWNER_AT_MOST = 64 * 1024;

/**
 * Assigns a directory to the deploying state.
 *
 * @throws Failure if another state owns it, and there is no consent to adopt it
 */
export function claimDirectory(directory: string, fleet: string, settings: Settings, hasConsent: boolean): void {
  const owner = readOwner(directory);
  if (owner?.state === settings.state) {
    return;
  }
  if (owner !== undefined && !hasConsent) {
    throw new Failure(
      `${directory} belongs to ${owner.name}. Two states would overwrite each other's files. Choose another directory. If that state is lost, create an empty file ${join(directory, "take-over")}.`,
    );
  }
  const name = `the fleet ${fleet}, workspace ${settings.workspace}, deployed from ${process.cwd()} on ${hostname()}`;
  const path = join(directory, "owner.json");
  writeBeside(path, `${JSON.stringify({ state: settings.state, name })}\n`, 0o600);
  putInPlace(path);
}

/** Whether the state owns a directory, or no state does. */
export function isOwn(directory: string, { state }: Settings): boolean {
  const owner = readOwner(directory);
  return owner === undefined || owner.state === state;
}

/** The owner; undefined if the file is missing or corrupt. */
export function readOwner(directory: string): Owner | undefined {
  try {
    const text = readTrusted(join(directory, "owner.json"), { atMost: OWNER_AT_MOST })?.toString("utf8") ?? "";
    const { state, name } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return typeof state === "string" && typeof name === "string" ? { state, name } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
