import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { codeOf } from "../files/error-code";

/** The process that holds a lock, or wants it: the content of the lock file. */
export interface Identity {
  readonly pid: number;
  readonly host: string;
  /** The space in which a process id is unique: a namespace of a boot. Empty if the system has no such thing. */
  readonly space: string;
  /** The start of the process, in the system's own unit, because ids are reused. Empty if unknown. */
  readonly start: string;
  /** RFC 3339. */
  readonly since: string;
  readonly nonce: string;
}

/** The identity of this process. */
export function ownIdentity(now: Date): Identity {
  const { space, start } = ownSpace();
  return { pid: process.pid, host: hostname(), space, start, since: now.toISOString(), nonce: randomUUID() };
}

function ownSpace(): Pick<Identity, "space" | "start"> {
  if (process.platform !== "linux") {
    return { space: "", start: "" };
  }
  try {
    const self = processOf(process.pid);
    // In a namespace with the /proc of another one, /proc shows other processes.
    if (self !== undefined && readlinkSync("/proc/self") === String(process.pid)) {
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      // Start times are those of a time namespace, which older kernels do not have.
      const time = existsSync("/proc/self/ns/time") ? readlinkSync("/proc/self/ns/time") : "";
      return { space: `${boot} ${readlinkSync("/proc/self/ns/pid")} ${time}`, start: self.start };
    }
  } catch {
    // A sandbox may not have these files.
  }
  // A unique space: other processes rely on the heartbeat.
  return { space: randomUUID(), start: "" };
}

/** What Linux knows about a process; undefined if it knows nothing. */
function processOf(pid: number): { readonly start: string; readonly hasEnded: boolean } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, a name in parentheses, may have spaces and parentheses: count from the third, behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, threads, start] = [fields[0], fields[17], fields[19]];
    // A zombie: its threads have ended, and its parent has not waited for it yet.
    return start === undefined ? undefined : { start, hasEnded: state === "Z" && Number(threads) <= 1 };
  } catch {
    return undefined;
  }
}

/**
 * Whether a process has ended.
 *
 * @param owner a process in the space of this process
 */
export function hasEnded(owner: Identity): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") {
      return true;
    }
  }
  const seen = owner.start === "" ? undefined : processOf(owner.pid);
  return seen !== undefined && (seen.hasEnded || seen.start !== owner.start);
}

/** The identity; undefined if the text is not one. */
export function parseIdentity(text: string): Identity | undefined {
  try {
    const { pid, host, space, start, since, nonce } = JSON.parse(text) as Partial<Record<keyof Identity, unknown>>;
    return isPid(pid) && isPlain(host) && isPlain(space) && isPlain(start) && isPlain(since) && isPlain(nonce)
      ? { pid, host, space, start, since, nonce }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a number can be a process id: zero and below mean groups of processes. */
function isPid(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value < 2 ** 31;
}

/** Whether a value is text that a terminal can show safely. */
function isPlain(value: unknown): value is string {
  return typeof value === "string" && !/\p{C}/u.test(value);
}
