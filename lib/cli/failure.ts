import { CommanderError } from "commander";
import { InvalidInputError } from "../errors";
import { InputError } from "./input-error";

/** How a command ends that did not get to its end. */
export interface Failure {
  /** 0 where help was asked for, and 2 for bad usage, bad input and a bug of ours. */
  readonly status: 0 | 2;
  /** What its user reads, where commander has not said it yet. */
  readonly lines: readonly string[];
}

export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) {
    return { status: error.exitCode === 0 ? 0 : 2, lines: [] };
  }
  if (error instanceof InputError) {
    return { status: 2, lines: [`error: ${error.message}`] };
  }
  if (error instanceof InvalidInputError) {
    return { status: 2, lines: `error: ${error.message}`.split("\n") };
  }
  const kind = error instanceof Error ? error.constructor.name : typeof error;
  return {
    status: 2,
    lines: [`error: this is a bug in mqtt-pki (${kind}): please report it, with these lines`, ...framesOf(error)],
  };
}

/** Where it was thrown. The message is left out: it may quote what was read, and that may be a private key. */
function framesOf(error: unknown): string[] {
  const { stack = "", message } = error instanceof Error ? error : new Error();
  const frames = stack.slice(stack.indexOf(message) + message.length);
  return frames.split("\n").filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line));
}
