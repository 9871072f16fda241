import { CommanderError } from "commander";
import { InvalidInputError } from "../errors";
import { InputError } from "./input-error";

/** The exit status and the messages of a failed command. */
export interface Failure {
  /** 0 if help was requested, and 2 for wrong usage, invalid input and a bug in mqtt-pki. */
  readonly status: 0 | 2;
  /** The lines for standard error; empty if commander has already written them. */
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

/** The stack of the error, without its message, which may quote a private key from the input. */
function framesOf(error: unknown): string[] {
  const { stack = "", message } = error instanceof Error ? error : new Error();
  const frames = stack.slice(stack.indexOf(message) + message.length);
  return frames.split("\n").filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line));
}
