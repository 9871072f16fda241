import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { setImmediate as tick } from "node:timers/promises";
import { codeOf } from "../../../lib/custody/machine/program/files/error-code";
import type { Engine } from "./machine";
import type { Project } from "./project";

/**
 * Applies, and kills the engine and its child processes as soon as `isTime`, which is checked after each `pause`.
 *
 * @returns whether the engine was killed before it ended
 */
export async function killApply(
  engine: Engine,
  project: Project,
  isTime: () => boolean,
  pause: () => Promise<unknown> = tick,
): Promise<boolean> {
  const child = spawn(engine.program, ["apply", "-input=false", "-auto-approve"], {
    cwd: project.stackFolder,
    env: { ...process.env, ...project.engineEnv },
    stdio: "ignore",
    detached: true,
  });
  const ended = once(child, "exit");
  while (!isTime()) {
    if (child.exitCode !== null) {
      return false;
    }
    await pause();
  }
  try {
    process.kill(-(child.pid ?? NaN), "SIGKILL");
  } catch (error) {
    // The engine ended in the meantime.
    if (codeOf(error) !== "ESRCH") {
      throw error;
    }
  }
  await ended;
  return child.signalCode === "SIGKILL";
}

/** The condition of a state after its engine was killed: `empty` has no resource, `torn` cannot be parsed. */
export function stateOf(project: Project): "whole" | "empty" | "torn" {
  const isThere = existsSync(project.path("terraform.mqtt.tfstate"));
  if (!isThere || project.read("terraform.mqtt.tfstate") === "") {
    return "empty";
  }
  try {
    return Object.keys(project.state()).length === 0 ? "empty" : "whole";
  } catch {
    return "torn";
  }
}

/** An engine treats an empty state as no state, and refuses a torn one. */
export function forgetTornState(project: Project): void {
  if (stateOf(project) === "torn") {
    rmSync(project.path("terraform.mqtt.tfstate"));
  }
}

/**
 * Lets the next deployment continue from the remaining files. With custody machine, this takes pki/take-over if the state was
 * killed before it was written.
 *
 * @returns a function that removes pki/take-over
 */
export function letGoOn(project: Project): () => void {
  forgetTornState(project);
  const owner = project.path("pki/owner.json");
  const isKnown = stateOf(project) === "whole" && "terraform_data.owner" in project.state();
  if (isKnown || !existsSync(owner)) {
    return () => undefined;
  }
  const consent = project.path("pki/take-over");
  writeFileSync(consent, "");
  return () => {
    rmSync(consent);
  };
}
